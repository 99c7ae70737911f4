//! One outcome for given inputs: all completions of a row are enumerated.
//!
//! The inputs of a row are what it takes: state, words read, instruction. From them alone, every column is derived in all
//! possible ways: a condition with one unknown column is solved (degree 2 at most) or, for a look-up, gone through value
//! by value; two unknowns with small domains, or in one linear equation, are gone through together. Nothing is sampled
//! on the side of the prover: for these inputs the result is a proof that no other output is accepted. Inputs are those
//! of honest rows.

use alloc::vec;
use alloc::vec::Vec;

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::parabola::Parabola;
use super::probe::{Role, Sample};
use super::search::Subject;
use crate::Felt;
use crate::bus::BUSES;

/// What an enumeration says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every completion says the same as the honest row.
    Unique,
    /// A completion says something else.
    Other(Vec<Felt>),
    /// Not decided: these columns hang together in too large a domain.
    Open(Vec<usize>),
}

/// A part of an item that has to be something: a value, or a number of so many bits.
#[derive(Clone, Copy, Debug)]
struct Condition {
    item: usize,
    part: usize,
    wanted: Wanted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Value(Felt),
    Bits(u32),
}

impl Wanted {
    fn holds(self, value: Felt) -> bool {
        match self {
            Self::Value(wanted) => value == wanted,
            Self::Bits(bits) => value.as_canonical_u32() >> bits == 0,
        }
    }
}

/// A looked-up sum: its condition, bits, and the unknown columns with their factors.
type Sum = (Condition, u32, Vec<(usize, Felt)>);

/// Largest number of pairs of values that are tried one by one.
const PAIRS: usize = 1 << 14;

/// Enumerates the completions of one honest row.
pub struct Enumeration<'a> {
    subject: &'a Subject,
    honest: &'a Sample,
    row: RowMajorMatrix<Felt>,
    known: Vec<bool>,
    seed: u64,
    /// Nodes left.
    budget: usize,
}

impl<'a> Enumeration<'a> {
    /// Of the completions of row `at`.
    pub fn new(subject: &'a Subject, at: usize, budget: usize) -> Self {
        let (row, honest) = subject.row(at);
        let width = row.len();
        Self {
            subject,
            honest,
            row: RowMajorMatrix::new(row.to_vec(), width),
            known: vec![false; width],
            seed: 1,
            budget,
        }
    }

    /// Forgets all columns and derives them again, first the flags that make the operation: all their values are tried.
    pub fn run(mut self) -> Outcome {
        self.scramble();
        let program = (self.honest.messages.iter()).position(|message| BUSES[message.bus].0 == "program");
        let program = self.honest.constraints.len() + program.expect("a row of an instruction");
        let flags: Vec<usize> =
            self.subject.flags().iter().copied().filter(|flag| self.subject.cells(program).contains(flag)).collect();
        assert!(flags.len() <= 16);
        let sample = self.sample();
        let mut decided = self.conditions(&sample);
        decided.retain(|condition| self.depends_on(condition, &flags));
        let mut outcome = Outcome::Unique;
        for choice in 0..1u32 << flags.len() {
            for (i, &flag) in flags.iter().enumerate() {
                self.row.values[flag] = Felt::from_u32(choice >> i & 1);
                self.known[flag] = true;
            }
            let sample = self.sample();
            let holds = |condition: &Condition| condition.wanted.holds(sample.part(condition.item, condition.part));
            if decided.iter().all(holds) {
                outcome = self.step();
            }
            if outcome != Outcome::Unique {
                break;
            }
        }
        outcome
    }

    /// Whether a condition depends on these columns alone.
    fn depends_on(&mut self, condition: &Condition, cells: &[usize]) -> bool {
        let now = self.sample().part(condition.item, condition.part);
        (0..self.known.len()).filter(|cell| !cells.contains(cell)).all(|cell| {
            let other = self.random();
            self.with(cell, other, condition) == now
        })
    }

    fn random(&mut self) -> Felt {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Felt::from_u32((self.seed >> 33) as u32)
    }

    /// Unknown columns hold anything, so that what depends on them shows.
    fn scramble(&mut self) {
        for cell in 0..self.known.len() {
            if !self.known[cell] {
                self.row.values[cell] = self.random();
            }
        }
    }

    fn sample(&self) -> Sample {
        let mut sample = Sample::default();
        sample.take(self.subject.table(), &self.row);
        sample
    }

    fn with(&mut self, cell: usize, value: Felt, condition: &Condition) -> Felt {
        let before = core::mem::replace(&mut self.row.values[cell], value);
        let found = self.sample().part(condition.item, condition.part);
        self.row.values[cell] = before;
        found
    }

    /// Everything that has to hold.
    fn conditions(&self, sample: &Sample) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for item in 0..sample.items() {
            let mut add = |part: usize, wanted: Wanted| conditions.push(Condition { item, part, wanted });
            let Some(message) = sample.message_of(item) else {
                add(0, Wanted::Value(Felt::ZERO));
                continue;
            };
            let at = item - sample.constraints.len();
            let honest = &self.honest.messages[at];
            let count = self.honest.parts(item) - 1;
            let bus = BUSES[message.bus].0;
            match self.subject.roles()[at] {
                Role::Receive => {
                    add(count, Wanted::Value(honest.count));
                    if honest.count != Felt::ZERO {
                        for part in 0..count {
                            add(part, Wanted::Value(self.honest.part(item, part)));
                        }
                    }
                }
                // Only those that the honest row makes: counts follow from flags, which come first.
                Role::LookUp if honest.count != Felt::ZERO => match bus {
                    "range16" => add(0, Wanted::Bits(16)),
                    "bytes" => (0..2).for_each(|part| add(part, Wanted::Bits(8))),
                    "and" => {
                        (0..2).for_each(|part| add(part, Wanted::Bits(8)));
                        let fields = sample.fields(message);
                        let [a, b] = [0, 1].map(|part| fields[part].as_canonical_u32());
                        if a < 256 && b < 256 {
                            add(2, Wanted::Value(Felt::from_u32(a & b)));
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        conditions
    }

    fn step(&mut self) -> Outcome {
        let Some(left) = self.budget.checked_sub(1) else { return Outcome::Open(Vec::new()) };
        self.budget = left;
        let sample = self.sample();
        let unknown: Vec<usize> = (0..self.known.len()).filter(|&cell| !self.known[cell]).collect();
        let mut touched: Vec<(Sample, Felt)> = Vec::new();
        for &cell in &unknown {
            let other = self.random();
            let before = core::mem::replace(&mut self.row.values[cell], other);
            touched.push((self.sample(), other));
            self.row.values[cell] = before;
        }
        let cells_of = |condition: &Condition| -> Vec<usize> {
            let now = sample.part(condition.item, condition.part);
            let moves = |(_, other): &(&usize, &(Sample, Felt))| other.0.part(condition.item, condition.part) != now;
            unknown.iter().zip(&touched).filter(moves).map(|(&cell, _)| cell).collect()
        };
        let conditions = self.conditions(&sample);
        let mut open: Vec<(Condition, Vec<usize>)> = Vec::new();
        let mut sums: Vec<Sum> = Vec::new();
        for condition in conditions {
            let cells = cells_of(&condition);
            if cells.is_empty() {
                if !condition.wanted.holds(sample.part(condition.item, condition.part)) {
                    // This branch is no completion.
                    return Outcome::Unique;
                }
            } else {
                if let Wanted::Bits(bits) = condition.wanted {
                    let slopes =
                        unknown.iter().zip(&touched).filter(|(cell, _)| cells.contains(cell)).map(|(&cell, other)| {
                            let part = |sample: &Sample| sample.part(condition.item, condition.part);
                            let (old, new) = (self.row.values[cell], other.1);
                            (cell, (part(&other.0) - part(&sample)) / (new - old))
                        });
                    sums.push((condition, bits, slopes.collect()));
                }
                open.push((condition, cells));
            }
        }
        if sums.iter().any(|(condition, bits, slopes)| self.is_too_great(&sample, condition, *bits, slopes, &open)) {
            return Outcome::Unique;
        }
        let says = self.says(&sample, &unknown, &touched);
        if says.is_empty() && self.compare(&sample) == Outcome::Unique {
            // Whatever the rest is, the row says what the honest one does.
            return Outcome::Unique;
        }
        // An equation in one unknown.
        let alone = |wanted: fn(&Wanted) -> bool| {
            open.iter().find(move |(condition, cells)| cells.len() == 1 && wanted(&condition.wanted))
        };
        if let Some((condition, cells)) = alone(|wanted| matches!(wanted, Wanted::Value(_))) {
            let Wanted::Value(target) = condition.wanted else { return Outcome::Unique };
            let cell = cells[0];
            let [zero, one, two, three] = [0u8, 1, 2, 3].map(|value| self.with(cell, Felt::from_u8(value), condition));
            let curve = Parabola::through(zero, one, two);
            if curve.at(Felt::from_u8(3)) == three {
                let values: Vec<Felt> = curve.reach(target).into_iter().flatten().collect();
                return self.branch(&[cell], values.into_iter().map(|value| vec![value]).collect());
            }
            return Outcome::Open(vec![cell]);
        }
        // The unknown of fewest values by its own look-ups.
        let mut domains: Vec<(usize, Vec<Felt>)> = Vec::new();
        for &cell in &unknown {
            let own: Vec<Condition> =
                open.iter().filter(|(_, cells)| cells[..] == [cell]).map(|(condition, _)| *condition).collect();
            if let Some(values) = self.domain(cell, &own) {
                domains.push((cell, values));
            }
        }
        domains.sort_by_key(|(_, values)| values.len());
        if let Some((cell, values)) = domains.first()
            && (values.len() <= 4)
        {
            return self.branch(&[*cell], values.iter().map(|&value| vec![value]).collect());
        }
        // Two unknowns.
        let domain = |cell: usize| domains.iter().find(|(of, _)| *of == cell).map(|(_, values)| values);
        let mut best: Option<(Vec<usize>, Vec<Vec<Felt>>)> = None;
        for (condition, cells) in open.iter().filter(|(_, cells)| cells.len() == 2) {
            let (Some(first), Some(second)) = (domain(cells[0]), domain(cells[1])) else { continue };
            if let Some(pairs) = self.pairs(condition, [cells[0], cells[1]], [first, second])
                && best.as_ref().is_none_or(|(_, least)| pairs.len() < least.len())
            {
                best = Some((cells.clone(), pairs));
            }
        }
        if let Some((cells, pairs)) = best
            && pairs.len() <= 1 << 12
        {
            return self.branch(&cells, pairs);
        }
        if open.is_empty() {
            // Nothing is left to hold, and still it says something else.
            return self.compare(&sample);
        }
        if let Some((cell, values)) = domains.first()
            && values.len() <= 1 << 8
        {
            return self.branch(&[*cell], values.iter().map(|&value| vec![value]).collect());
        }
        Outcome::Open(unknown)
    }

    /// Whether a looked-up sum is too great already, as what is unknown of it can only add to it: columns that are looked
    /// up themselves, each times a small number.
    fn is_too_great(
        &self,
        sample: &Sample,
        condition: &Condition,
        bits: u32,
        slopes: &[(usize, Felt)],
        open: &[(Condition, Vec<usize>)],
    ) -> bool {
        let is_small = |&(cell, slope): &(usize, Felt)| {
            slope.as_canonical_u32() <= 16
                && open.iter().any(|(own, cells)| {
                    cells[..] == [cell]
                        && own.wanted == Wanted::Bits(16)
                        && sample.part(own.item, own.part) == self.row.values[cell]
                })
        };
        let now = sample.part(condition.item, condition.part);
        let known = now - slopes.iter().map(|&(cell, slope)| slope * self.row.values[cell]).sum::<Felt>();
        let known = known.as_canonical_u32();
        // At most 16 unknowns below 2^16, times 16: far from wrapping around.
        slopes.len() <= 16 && known >> bits != 0 && known < Felt::ORDER_U32 / 2 && slopes.iter().all(is_small)
    }

    /// Unknown columns on which what the row says depends.
    fn says(&self, sample: &Sample, unknown: &[usize], touched: &[(Sample, Felt)]) -> Vec<usize> {
        let sends = |at: usize| matches!(self.subject.roles()[at], Role::Send | Role::Provide);
        let differs = |other: &Sample| (0..sample.messages.len()).any(|at| sends(at) && !sample.same(other, at));
        unknown.iter().zip(touched).filter(|(_, other)| differs(&other.0)).map(|(&cell, _)| cell).collect()
    }

    fn compare(&self, sample: &Sample) -> Outcome {
        let sends = |at: &usize| matches!(self.subject.roles()[*at], Role::Send | Role::Provide);
        match (0..sample.messages.len()).filter(sends).all(|at| sample.same(self.honest, at)) {
            true => Outcome::Unique,
            false => Outcome::Other(self.row.values.clone()),
        }
    }

    /// Values of a column by conditions on it alone.
    fn domain(&mut self, cell: usize, conditions: &[Condition]) -> Option<Vec<Felt>> {
        let mut lines: Vec<(Felt, Felt, u32)> = Vec::new();
        for condition in conditions {
            let Wanted::Bits(bits) = condition.wanted else { continue };
            let [zero, one, two] = [0u8, 1, 2].map(|value| self.with(cell, Felt::from_u8(value), condition));
            if two - one != one - zero || one == zero {
                return None;
            }
            lines.push((zero, one - zero, bits));
        }
        lines.sort_by_key(|line| line.2);
        let &(zero, slope, bits) = lines.first()?;
        let inverse = slope.inverse();
        let holds = |value: &Felt| {
            lines[1..].iter().all(|&(zero, slope, bits)| Wanted::Bits(bits).holds(zero + slope * *value))
        };
        Some((0..1u32 << bits).map(|number| (Felt::from_u32(number) - zero) * inverse).filter(holds).collect())
    }

    /// Pairs of values that meet a condition on two columns; `None` where they are too many to try.
    fn pairs(&mut self, condition: &Condition, cells: [usize; 2], domains: [&Vec<Felt>; 2]) -> Option<Vec<Vec<Felt>>> {
        let before = cells.map(|cell| self.row.values[cell]);
        let mut at = |x: Felt, y: Felt| {
            (self.row.values[cells[0]], self.row.values[cells[1]]) = (x, y);
            self.sample().part(condition.item, condition.part)
        };
        let small = |value: u8| Felt::from_u8(value);
        let origin = at(small(0), small(0));
        let (a, b) = (at(small(1), small(0)) - origin, at(small(0), small(1)) - origin);
        let check = at(small(5), small(9));
        let is_linear = check == origin + a * small(5) + b * small(9);
        let found = match (condition.wanted, is_linear) {
            (Wanted::Value(target), true) if b != Felt::ZERO => {
                let inverse = b.inverse();
                let mut second = domains[1].clone();
                second.sort_unstable();
                let solve = |&x: &Felt| (x, (target - origin - a * x) * inverse);
                let pairs = domains[0].iter().map(solve).filter(|(_, y)| second.binary_search(y).is_ok());
                Some(pairs.map(|(x, y)| vec![x, y]).collect())
            }
            (wanted, true) if domains[0].len() * domains[1].len() <= 1 << 17 => {
                Some(every(domains, |x, y| wanted.holds(origin + a * x + b * y)))
            }
            (wanted, false) if domains[0].len() * domains[1].len() <= PAIRS => {
                Some(every(domains, |x, y| wanted.holds(at(x, y))))
            }
            _ => None,
        };
        for (cell, value) in cells.into_iter().zip(before) {
            self.row.values[cell] = value;
        }
        found
    }

    /// Goes on with each of these values of the columns.
    fn branch(&mut self, cells: &[usize], choices: Vec<Vec<Felt>>) -> Outcome {
        let before: Vec<Felt> = cells.iter().map(|&cell| self.row.values[cell]).collect();
        let mut outcome = Outcome::Unique;
        for values in choices {
            for (&cell, value) in cells.iter().zip(values) {
                self.row.values[cell] = value;
                self.known[cell] = true;
            }
            outcome = self.step();
            if outcome != Outcome::Unique {
                break;
            }
        }
        for (&cell, value) in cells.iter().zip(before) {
            self.row.values[cell] = value;
            self.known[cell] = false;
        }
        outcome
    }
}

fn every(domains: [&Vec<Felt>; 2], mut holds: impl FnMut(Felt, Felt) -> bool) -> Vec<Vec<Felt>> {
    let mut found = Vec::new();
    for &x in domains[0] {
        found.extend(domains[1].iter().filter(|&&y| holds(x, y)).map(|&y| vec![x, y]));
    }
    found
}

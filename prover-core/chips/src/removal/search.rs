//! The search for a row on which one item alone is broken.
//!
//! It starts from an honest row, changes one cell or a few flags, and repairs what that has broken item by item: it
//! solves the broken item for a cell that has not been touched yet, where the item has degree 1 or 2 in that cell. What is
//! left broken at the end is the item that was to be removed, or nothing: then the row is just another honest one.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::parabola::Parabola;
use super::probe::{Inputs, Judge, Role, Sample};
use crate::Felt;
use crate::bus::BUSES;
use crate::tables::Table;

/// How much a row that breaks one item alone shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cheat {
    /// It takes and says what the honest row does: a column has a second value.
    Silent,
    /// It takes something else than the honest row, but what other chips can send.
    Input,
    /// It takes what the honest row takes and says something else.
    Output,
}

/// Rows of a chip that are tried, and of one pattern of flags.
const ROWS: usize = 40;
const ROWS_OF_A_PATTERN: usize = 2;
/// Flags that make a pattern: those that come first choose the operation.
const FLAGS_OF_A_PATTERN: usize = 24;

/// A chip with its honest rows.
pub struct Subject {
    table: Table,
    judge: Judge,
    rows: Vec<Vec<Felt>>,
    samples: Vec<Sample>,
    /// Cells that each item depends on: first those that a constraint sets equal to something, then those of few items.
    cells: Vec<Vec<usize>>,
    /// Columns that are a field of an item by themselves.
    pins: Vec<Vec<usize>>,
    /// Columns that a constraint of their own makes 0 or 1.
    flags: Vec<usize>,
}

impl Subject {
    /// Prepares the chip of `table`.
    pub fn new(table: Table, mut rows: Vec<Vec<Felt>>) -> Self {
        let width = table.columns();
        let samples: Vec<Sample> = rows.iter().map(|row| sample_of(table, row)).collect();
        let judge = Judge::new(&samples);
        let mut seed = 1u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Felt::from_u32((seed >> 33) as u32)
        };
        let row: Vec<Felt> = (0..width).map(|_| random()).collect();
        let sample = sample_of(table, &row);
        let mut cells = vec![Vec::new(); sample.items()];
        let mut degree = vec![0; width];
        let mut defined = vec![Vec::new(); sample.items()];
        let mut parts: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for cell in 0..width {
            let mut other = row.clone();
            let step = random();
            other[cell] += step;
            let changed = sample_of(table, &other);
            for (item, cells) in cells.iter_mut().enumerate() {
                let moved: Vec<usize> = (0..sample.parts(item))
                    .filter(|&part| sample.part(item, part) != changed.part(item, part))
                    .collect();
                for &part in &moved {
                    parts.entry((item, part)).or_default().push(cell);
                }
                if !moved.is_empty() {
                    cells.push(cell);
                    degree[cell] += 1;
                    let slope = (changed.part(item, 0) - sample.part(item, 0)) / step;
                    if item < sample.constraints.len() && (slope == Felt::ONE || slope == -Felt::ONE) {
                        defined[item].push(cell);
                    }
                }
            }
        }
        let mut pins = vec![Vec::new(); sample.items()];
        for ((item, _), cells) in parts {
            if let [cell] = cells[..] {
                pins[item].push(cell);
            }
        }
        let mut flags = Vec::new();
        for (item, cells) in cells.iter_mut().enumerate() {
            cells.sort_by_key(|cell| (!defined[item].contains(cell), degree[*cell]));
            if let ([cell], true) = (&cells[..], item < sample.constraints.len()) {
                flags.push(*cell);
            }
        }
        // Of each pattern of flags the rows of most and of fewest small numbers; the zero row is the last.
        let zero = rows.pop().expect("the zero row");
        let small = |row: &Vec<Felt>| row.iter().filter(|&&cell| cell != Felt::ZERO && cell != Felt::ONE).count();
        rows.sort_by_cached_key(small);
        let mut patterns: BTreeMap<Vec<bool>, Vec<Vec<Felt>>> = BTreeMap::new();
        for row in rows {
            let pattern = flags.iter().take(FLAGS_OF_A_PATTERN).map(|&flag| row[flag] == Felt::ONE).collect();
            let of_a_pattern = patterns.entry(pattern).or_default();
            of_a_pattern.truncate(ROWS_OF_A_PATTERN - 1);
            of_a_pattern.push(row);
        }
        let rows: Vec<_> = patterns.into_values().flatten().collect();
        let stride = rows.len().div_ceil(ROWS - 1).max(1);
        let mut rows: Vec<_> = rows.into_iter().step_by(stride).collect();
        rows.push(zero);
        let samples = rows.iter().map(|row| sample_of(table, row)).collect();
        Self { table, judge, rows, samples, cells, pins, flags }
    }

    /// Rows that are tried.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// A row and what it says.
    pub fn row(&self, at: usize) -> (&[Felt], &Sample) {
        (&self.rows[at], &self.samples[at])
    }

    /// The table.
    pub const fn table(&self) -> Table {
        self.table
    }

    /// Roles of the messages.
    pub fn roles(&self) -> &[Role] {
        &self.judge.roles
    }

    /// Columns that a constraint of their own makes 0 or 1.
    pub fn flags(&self) -> &[usize] {
        &self.flags
    }

    /// Columns that an item depends on.
    pub fn cells(&self, item: usize) -> &[usize] {
        &self.cells[item]
    }

    /// Number of constraints.
    pub fn constraints(&self) -> usize {
        self.samples[0].constraints.len()
    }

    /// Items whose removal can help a cheater: all but what the row says to others.
    pub fn items(&self) -> Vec<usize> {
        let constraints = self.constraints();
        let takes = |at: &usize| !matches!(self.judge.roles[*at], Role::Send | Role::Provide);
        (0..constraints).chain((0..self.judge.roles.len()).filter(takes).map(|at| constraints + at)).collect()
    }

    /// What an item is, for lists and reports.
    pub fn name(&self, item: usize) -> alloc::string::String {
        match self.samples[0].message_of(item) {
            None => alloc::format!("constraint {item}"),
            Some(message) => alloc::format!("message {} on {}", item - self.constraints(), BUSES[message.bus].0),
        }
    }

    /// The best cheat that is found if `item` is left out, with at most `effort` evaluations of a row; the first that is
    /// at least `enough`.
    pub fn search(&self, item: usize, effort: usize, enough: Cheat) -> Option<Cheat> {
        let mut best = None;
        let mut left = effort;
        for depth in DEPTHS {
            for start in Start::ALL {
                for inputs in [Inputs::Same, Inputs::Any] {
                    for row in 0..self.rows.len() {
                        let mut search = Search::new(self, row, Some(item), inputs, depth, left);
                        best = best.max(search.run(start));
                        left = search.left;
                        if best >= Some(enough) || left == 0 {
                            return best;
                        }
                    }
                }
            }
        }
        best
    }
}

impl Subject {
    /// Whether a row is found that takes what an honest row takes and says something else, though nothing is left out.
    pub fn has_second_outcome(&self, effort: usize) -> bool {
        let effort = effort / self.rows.len();
        let search = |row: usize| {
            let mut search = Search::new(self, row, None, Inputs::Same, DEPTHS[0], effort);
            [Start::Flags, Start::Other].map(|start| search.run(start)).contains(&Some(Cheat::Output))
        };
        (0..self.rows.len()).any(search)
    }
}

/// Evaluations for one starting point, first few, then as many as a chain of repairs needs.
const DEPTHS: [usize; 2] = [60, 800];

/// What a search changes first.
#[derive(Clone, Copy)]
enum Start {
    /// Cells of the item.
    Own,
    /// Other cells.
    Other,
    /// Two flags.
    Flags,
}

impl Start {
    const ALL: [Self; 3] = [Self::Own, Self::Other, Self::Flags];
}

fn sample_of(table: Table, row: &[Felt]) -> Sample {
    let mut sample = Sample::default();
    sample.take(table, &RowMajorMatrix::new(row.to_vec(), row.len()));
    sample
}

struct Search<'a> {
    subject: &'a Subject,
    honest: &'a Sample,
    /// What is left out, if anything.
    item: Option<usize>,
    inputs: Inputs,
    row: RowMajorMatrix<Felt>,
    touched: Vec<bool>,
    /// Evaluations for a starting point, and what is left of them and in all.
    depth: usize,
    budget: usize,
    left: usize,
    best: Option<Cheat>,
}

impl<'a> Search<'a> {
    fn new(subject: &'a Subject, row: usize, item: Option<usize>, inputs: Inputs, depth: usize, left: usize) -> Self {
        let honest = &subject.samples[row];
        let mut touched = vec![false; subject.table.columns()];
        if inputs == Inputs::Same {
            // What is taken by other messages stays as it is.
            let first = honest.constraints.len();
            let taken = |at: &usize| {
                let is_used = honest.messages[*at].count != Felt::ZERO;
                subject.judge.roles[*at] == Role::Receive && is_used && Some(first + at) != item
            };
            let items = (0..honest.messages.len()).filter(taken).map(|at| first + at);
            items.flat_map(|item| &subject.pins[item]).for_each(|&cell| touched[cell] = true);
        }
        Self {
            subject,
            honest,
            item,
            inputs,
            row: RowMajorMatrix::new(subject.rows[row].clone(), touched.len()),
            touched,
            depth,
            budget: 0,
            left,
            best: None,
        }
    }

    fn run(&mut self, start: Start) -> Option<Cheat> {
        let subject = self.subject;
        let own = self.item.map_or(&[][..], |item| &subject.cells[item]);
        match start {
            Start::Own => own.iter().for_each(|&cell| self.start_with_values_of(cell)),
            Start::Other => {
                (0..self.touched.len())
                    .filter(|cell| !own.contains(cell))
                    .for_each(|cell| self.start_with_values_of(cell));
            }
            Start::Flags => {
                let flags = &subject.flags;
                for (i, &first) in flags.iter().enumerate() {
                    for &second in &flags[i + 1..] {
                        let flips = [first, second].map(|cell| (cell, Felt::ONE - self.row.values[cell]));
                        self.start_with(&flips);
                    }
                }
            }
        }
        self.best
    }

    fn start_with_values_of(&mut self, cell: usize) {
        let value = self.row.values[cell];
        let others = [
            value + Felt::ONE,
            value - Felt::ONE,
            Felt::ONE - value,
            Felt::TWO,
            -Felt::ONE,
            Felt::ZERO,
            value + Felt::from_u32(1 << 16),
            value - Felt::from_u32(1 << 16),
            value + Felt::from_u32(1 << 8),
            Felt::from_u16(0xffff),
            value + Felt::from_u32(127 << 8),
            value - Felt::from_u32(127 << 8),
            value + Felt::TWO.inverse(),
            value * Felt::from_u32(0x1234_5677) + Felt::from_u32(77),
        ];
        for other in others {
            if other != value {
                self.start_with(&[(cell, other)]);
            }
        }
    }

    fn start_with(&mut self, changes: &[(usize, Felt)]) {
        if self.left == 0 || self.best >= Some(Cheat::Input) {
            return;
        }
        if changes.iter().any(|&(cell, _)| self.touched[cell]) {
            return;
        }
        let before: Vec<Felt> = changes.iter().map(|&(cell, _)| self.row.values[cell]).collect();
        for &(cell, value) in changes {
            self.row.values[cell] = value;
            self.touched[cell] = true;
        }
        self.budget = self.depth.min(self.left);
        self.left -= self.budget;
        self.repair();
        self.left += self.budget;
        for (&(cell, _), value) in changes.iter().zip(before) {
            self.row.values[cell] = value;
            self.touched[cell] = false;
        }
    }

    fn sample(&mut self) -> Option<Sample> {
        self.budget = self.budget.checked_sub(1)?;
        let mut sample = Sample::default();
        sample.take(self.subject.table, &self.row);
        Some(sample)
    }

    /// Repairs the row where that is possible. True when the search may stop.
    fn repair(&mut self) -> bool {
        let Some(sample) = self.sample() else { return true };
        let broken = self.subject.judge.broken(&sample, self.honest, self.inputs, self.item);
        // What has fewest ways out comes first.
        let untouched = |item: usize| self.subject.cells[item].iter().filter(|&&cell| !self.touched[cell]).count();
        let others = broken.iter().copied().filter(|&item| Some(item) != self.item);
        let next = others.min_by_key(|&item| untouched(item));
        let Some(next) = next else {
            if self.item.is_none() || !broken.is_empty() {
                let judge = &self.subject.judge;
                let cheat = match self.inputs {
                    Inputs::Same if judge.is_loud(&sample, self.honest) => Cheat::Output,
                    Inputs::Any if judge.takes_other(&sample, self.honest) => Cheat::Input,
                    _ => Cheat::Silent,
                };
                self.best = self.best.max(Some(cheat));
            }
            return self.best >= Some(Cheat::Input);
        };
        let (part, targets) = self.wanted(&sample, next);
        let now = sample.part(next, part);
        for &cell in &self.subject.cells[next] {
            if self.touched[cell] {
                continue;
            }
            let value = self.row.values[cell];
            let at = |search: &mut Self, value: Felt| {
                search.row.values[cell] = value;
                search.sample().map(|sample| sample.part(next, part))
            };
            let [Some(one), Some(two)] = [value + Felt::ONE, value + Felt::TWO].map(|other| at(self, other)) else {
                self.row.values[cell] = value;
                return true;
            };
            self.row.values[cell] = value;
            let curve = Parabola::through(now, one, two);
            self.touched[cell] = true;
            for step in targets.iter().flat_map(|&target| curve.reach(target)).flatten() {
                self.row.values[cell] = value + step;
                if self.repair() {
                    self.row.values[cell] = value;
                    self.touched[cell] = false;
                    return true;
                }
            }
            self.row.values[cell] = value;
            self.touched[cell] = false;
        }
        false
    }

    /// A part of a broken item, and values with which it could hold.
    fn wanted(&self, sample: &Sample, item: usize) -> (usize, Vec<Felt>) {
        let Some(message) = sample.message_of(item) else { return (0, vec![Felt::ZERO]) };
        let fields = sample.fields(message);
        let count = fields.len();
        let role = self.subject.judge.roles[item - sample.constraints.len()];
        let honest: Vec<Felt> = (0..=count).map(|part| self.honest.part(item, part)).collect();
        let bus = BUSES[message.bus].0;
        if role == Role::Receive {
            // Another instruction of the same operands, before anything else of it is tried.
            if self.inputs == Inputs::Any && bus == "program" && fields[1] != honest[1] {
                return (1, (1..=48).map(Felt::from_u8).collect());
            }
            let part = (0..=count).find(|&part| sample.part(item, part) != honest[part]).unwrap_or(count);
            return (part, vec![honest[part]]);
        }
        let range = |bits: u32, part: usize| {
            // The low bits of the field as an integer of small absolute value, then the ends of the range.
            let field = fields[part].as_canonical_u32();
            let is_negative = field > Felt::ORDER_U32 / 2;
            let low = field.wrapping_sub(if is_negative { Felt::ORDER_U32 } else { 0 }) & ((1 << bits) - 1);
            let most = Felt::from_u32((1 << bits) - 1);
            (part, vec![honest[part], Felt::from_u32(low), Felt::ZERO, Felt::ONE, most])
        };
        let bits = if bus == "range16" { 16 } else { 8 };
        let number = |part: usize| fields[part].as_canonical_u32();
        match bus {
            "hash" => {
                let wrong = (2..count).find_map(|part| {
                    let output = self.subject.judge.hash_output(fields, part)?;
                    (output != fields[part]).then_some((part, vec![output]))
                });
                wrong.unwrap_or((0, vec![honest[0]]))
            }
            "and" if number(0) < 256 && number(1) < 256 => (2, vec![Felt::from_u32(number(0) & number(1))]),
            _ => range(bits, (0..count).find(|&part| number(part) >> bits != 0).unwrap_or(0)),
        }
    }
}

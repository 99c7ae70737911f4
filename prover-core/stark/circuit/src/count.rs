//! What a verifier costs, step by step.

use core::ops::AddAssign;
use std::collections::BTreeMap;

use hearth_machine::hash::DIGEST;
use hearth_stark_verifier::field::E;
use hearth_stark_verifier::step::Step;

use crate::circuit::{Circuit, Gate, Operand, Operation};

/// Operations on what is not fixed by the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Words read from the proof.
    pub words: usize,
    /// Products of two elements of the base field.
    pub base_products: usize,
    /// Sums and differences in the base field.
    pub base_sums: usize,
    /// Products of an element of each field.
    pub mixed_products: usize,
    /// Products of two elements of the challenge field.
    pub ext_products: usize,
    /// Sums and differences in the challenge field.
    pub ext_sums: usize,
    /// Products with a number of the base field that the key fixes.
    pub scalings: usize,
    /// Permutations.
    pub permutations: usize,
    /// Elements whose bits are needed.
    pub decompositions: usize,
    /// Bits of them.
    pub bits: usize,
    /// Nodes selected from caps.
    pub selects: usize,
    /// Elements that these are selected from.
    pub selected_from: usize,
    /// Steps of the intervals' branching programs.
    pub interval_steps: usize,
    /// Steps of the powers' products.
    pub power_steps: usize,
    /// Assertions.
    pub assertions: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.words += other.words;
        self.base_products += other.base_products;
        self.base_sums += other.base_sums;
        self.mixed_products += other.mixed_products;
        self.ext_products += other.ext_products;
        self.ext_sums += other.ext_sums;
        self.scalings += other.scalings;
        self.permutations += other.permutations;
        self.decompositions += other.decompositions;
        self.bits += other.bits;
        self.selects += other.selects;
        self.selected_from += other.selected_from;
        self.interval_steps += other.interval_steps;
        self.power_steps += other.power_steps;
        self.assertions += other.assertions;
    }
}

impl Counts {
    /// The operations of some gates.
    pub fn of(gates: &[Gate]) -> Self {
        let mut counts = Self::default();
        for gate in gates {
            counts.add(gate);
        }
        counts
    }

    fn add(&mut self, gate: &Gate) {
        use Operand::Constant;
        let in_base_field = |constant: E| constant == E::from(constant.0[0]);
        match gate {
            Gate::Public | Gate::Pack(_) => {}
            Gate::Word => self.words += 1,
            Gate::Base(Operation::Mul, Constant(_), _) | Gate::Base(Operation::Mul, _, Constant(_)) => {
                self.scalings += 1;
            }
            Gate::Base(Operation::Mul, ..) => self.base_products += 1,
            Gate::Base(..) => self.base_sums += 1,
            Gate::Ext(Operation::Mul, Constant(constant), _) | Gate::Ext(Operation::Mul, _, Constant(constant))
                if in_base_field(*constant) =>
            {
                self.scalings += 1;
            }
            Gate::Ext(Operation::Mul, ..) => self.ext_products += 1,
            Gate::Ext(..) => self.ext_sums += 1,
            Gate::Mixed(..) => self.mixed_products += 1,
            Gate::Permutation(_) => self.permutations += 1,
            Gate::Bits(_, count) => {
                self.decompositions += 1;
                self.bits += count;
            }
            Gate::Select(nodes, _) => {
                self.selects += 1;
                self.selected_from += nodes.len() * DIGEST;
            }
            Gate::Interval(..) => self.interval_steps += 1,
            Gate::Power(..) => self.power_steps += 1,
            Gate::Zero(..) | Gate::Nonzero(..) => self.assertions += 1,
        }
    }

    /// Figures with their names, in the order of tables.
    pub fn figures(&self) -> [(&'static str, usize); 15] {
        [
            ("words", self.words),
            ("permutations", self.permutations),
            ("ext products", self.ext_products),
            ("mixed products", self.mixed_products),
            ("base products", self.base_products),
            ("scalings", self.scalings),
            ("ext sums", self.ext_sums),
            ("base sums", self.base_sums),
            ("decompositions", self.decompositions),
            ("bits", self.bits),
            ("selects", self.selects),
            ("selected from", self.selected_from),
            ("interval steps", self.interval_steps),
            ("power steps", self.power_steps),
            ("assertions", self.assertions),
        ]
    }
}

impl Circuit {
    /// The operations of each step, and of all of them.
    pub fn counts(&self) -> (BTreeMap<Step, Counts>, Counts) {
        let mut steps: BTreeMap<Step, Counts> = BTreeMap::new();
        let mut all = Counts::default();
        for (step, gates) in self.steps() {
            let counts = Counts::of(gates);
            *steps.entry(step).or_default() += counts;
            all += counts;
        }
        (steps, all)
    }
}

#[cfg(test)]
mod tests {
    use hearth_stark_verifier::field::{F, Quintic};
    use p3_field::PrimeCharacteristicRing;

    use super::*;

    #[test]
    fn a_gate_counts_as_what_it_is() {
        let wire = Operand::Wire(0);
        let two = Operand::Constant(E::TWO);
        let gates = [
            Gate::Ext(Operation::Mul, Operand::Wire(0), Operand::Wire(1)),
            Gate::Ext(Operation::Mul, two, Operand::Wire(1)),
            Gate::Ext(Operation::Mul, Operand::Wire(1), Operand::Constant(Quintic([F::TWO; 5]))),
            Gate::Ext(Operation::Sub, two, Operand::Wire(1)),
            Gate::Bits(wire, 7),
        ];
        let expected =
            Counts { ext_products: 2, scalings: 1, ext_sums: 1, decompositions: 1, bits: 7, ..Counts::default() };
        assert_eq!(Counts::of(&gates), expected);
    }
}

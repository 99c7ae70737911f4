//! Sums of products: `sum + a_0 b_0 + a_1 b_1 + ..`, which have rows of several products each.

use std::collections::HashMap;

use hearth_stark_circuit::circuit::{Gate, Operand, Operation};
use hearth_stark_verifier::field::{DEGREE, E, F};
use p3_field::PrimeCharacteristicRing;

use super::Compiler;
use super::arithmetic::Forms;
use crate::gate::arithmetic::Arithmetic;
use crate::gate::dot::Dot;
use crate::gate::inner::{Inner, PAIRS};
use crate::wires::Wire;

/// Chains of this many products on are worth it.
const WORTH: usize = 3;

/// The second factor of a product.
#[derive(Clone, Copy, Debug)]
enum Factor {
    /// A word of the proof.
    Word(Operand<F>),
    /// An element of the challenge field.
    Ext(Operand<E>),
}

/// A chain.
#[derive(Clone, Debug)]
pub struct Chain {
    /// What the first product is added to, if not the second.
    start: Option<Operand<E>>,
    terms: Vec<(Operand<E>, Factor)>,
    /// The sums: of start and first term, or of the first two terms, and so on.
    sums: Vec<u32>,
    /// The gates but the last sum.
    gates: Vec<usize>,
}

impl Chain {
    /// The wire of the sum of the first `terms` terms.
    fn sum(&self, terms: usize) -> Wire {
        Wire::Ext(self.sums[terms - if self.start.is_some() { 1 } else { 2 }])
    }

    fn takes(&self, factor: Factor) -> bool {
        matches!((self.terms[0].1, factor), (Factor::Word(_), Factor::Word(_)) | (Factor::Ext(_), Factor::Ext(_)))
    }
}

impl Compiler<'_> {
    /// Finds all chains.
    pub(super) fn match_chains(&mut self) {
        let uses = self.ext_uses();
        let once = |operand: &Operand<E>| matches!(operand, Operand::Wire(wire) if uses[*wire as usize] == 1);
        let product = |operand: &Operand<E>| {
            let Operand::Wire(wire) = *operand else { return None };
            let gate = self.ext_maker[wire as usize] as usize;
            if uses[wire as usize] != 1 || self.taken[gate] {
                return None;
            }
            match self.circuit.gates()[gate] {
                Gate::Mixed(weight, word) if matches!(self.maker(word), Some((_, Gate::Word))) => {
                    Some((gate, weight, Factor::Word(word)))
                }
                Gate::Ext(Operation::Mul, a @ Operand::Wire(_), b @ Operand::Wire(_)) => {
                    Some((gate, a, Factor::Ext(b)))
                }
                _ => None,
            }
        };
        // Chains that may go on, by their last sum.
        let mut open: HashMap<u32, Chain> = HashMap::new();
        for (number, gate) in self.circuit.gates().iter().enumerate() {
            let Gate::Ext(Operation::Add, sum, next) = gate else { continue };
            let Some((gate, weight, factor)) = product(next) else { continue };
            let going_on = match sum {
                Operand::Wire(wire) if once(sum) && open.get(wire).is_some_and(|chain| chain.takes(factor)) => {
                    open.remove(wire)
                }
                _ => None,
            };
            let mut chain = going_on.unwrap_or_else(|| match (product(sum), factor) {
                (Some((gate, weight, first @ Factor::Word(_))), Factor::Word(_))
                | (Some((gate, weight, first @ Factor::Ext(_))), Factor::Ext(_)) => {
                    Chain { start: None, terms: vec![(weight, first)], sums: Vec::new(), gates: vec![gate] }
                }
                _ => Chain { start: Some(*sum), terms: Vec::new(), sums: Vec::new(), gates: Vec::new() },
            });
            chain.terms.push((weight, factor));
            chain.gates.push(gate);
            let out = self.outputs[number].1;
            chain.sums.push(out);
            chain.gates.push(number);
            open.insert(out, chain);
        }
        for (out, mut chain) in open {
            if chain.terms.len() >= WORTH {
                chain.gates.pop();
                chain.gates.iter().for_each(|&gate| self.taken[gate] = true);
                self.chains.insert(self.ext_maker[out as usize] as usize, chain);
            }
        }
    }

    /// How often each wire of the challenge field is an operand.
    pub(super) fn ext_uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.ext_maker.len()];
        let mut of = |operand: &Operand<E>| {
            if let Operand::Wire(wire) = operand {
                uses[*wire as usize] += 1;
            }
        };
        for (gate, taken) in self.circuit.gates().iter().zip(&self.taken) {
            match gate {
                _ if *taken => {}
                Gate::Ext(_, a, b) => [a, b].into_iter().for_each(&mut of),
                Gate::Mixed(a, _) | Gate::Zero(_, a) | Gate::Nonzero(_, a) => of(a),
                Gate::Interval(operands, _) => operands.iter().for_each(&mut of),
                Gate::Power(operands, _) => operands.iter().for_each(&mut of),
                _ => {}
            }
        }
        // Operands of chains are those of gates that are taken.
        for chain in self.chains.values() {
            chain.start.iter().for_each(&mut of);
            for (weight, factor) in &chain.terms {
                of(weight);
                if let Factor::Ext(other) = factor {
                    of(other);
                }
            }
        }
        uses
    }

    /// Rows of a chain.
    pub(super) fn chain(&mut self, chain: &Chain, forms: &mut Forms) {
        let mut sum = chain.start.map(|start| self.read_ext(start, forms));
        let mut done = 0;
        let words = matches!(chain.terms[0].1, Factor::Word(_));
        for terms in chain.terms.chunks(if words { DEGREE } else { PAIRS }) {
            done += terms.len();
            let out = chain.sum(done.max(if chain.start.is_some() { 1 } else { 2 }));
            if words {
                self.dot(sum, terms, out, forms);
            } else {
                self.inner(sum, terms, out, forms);
            }
            sum = Some(out);
        }
    }

    fn dot(&mut self, sum: Option<Wire>, terms: &[(Operand<E>, Factor)], out: Wire, forms: &mut Forms) {
        let mut words = [Operand::Constant(F::ZERO); DEGREE];
        let mut weights = [None; DEGREE];
        for (i, &(weight, factor)) in terms.iter().enumerate() {
            if let Factor::Word(word) = factor {
                words[i] = word;
            }
            weights[i] = Some(self.read_ext(weight, forms));
        }
        let values = self.group(words);
        self.rows.dots.push(Dot { sum, values, weights, out });
    }

    fn inner(&mut self, sum: Option<Wire>, terms: &[(Operand<E>, Factor)], out: Wire, forms: &mut Forms) {
        let mut pairs = [None; PAIRS];
        for (pair, &(a, factor)) in pairs.iter_mut().zip(terms) {
            if let Factor::Ext(b) = factor {
                *pair = Some([a, b].map(|operand| self.read_ext(operand, forms)));
            }
        }
        if let ([Some([a, b]), None, ..], Some(c)) = (pairs, sum) {
            self.rows.arithmetic.push(Arithmetic {
                operands: [Some(a), Some(b), Some(c)],
                products: [F::ONE, F::ZERO],
                linear: [F::ZERO, F::ZERO, F::ONE],
                out: Some(out),
                ..Arithmetic::default()
            });
            return;
        }
        self.rows.inners.push(Inner { sum, pairs, out });
    }

    /// The wire of an operand that a row reads.
    pub(super) fn read_ext(&mut self, operand: Operand<E>, forms: &mut Forms) -> Wire {
        let wire = self.ext_operand(operand, forms);
        self.read(wire);
        wire
    }
}

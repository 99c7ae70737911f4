//! Chains of sums of a weight of the challenge field and a word of the proof: `w_0 x_0 + w_1 x_1 + ..`.

use std::collections::HashMap;

use hearth_stark_circuit::circuit::{Gate, Operand, Operation};
use hearth_stark_verifier::field::{E, F};

use super::Compiler;

/// Products from this many on are worth rows of their own kind.
const WORTH: usize = 4;

/// A chain.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// Weights and words.
    pub terms: Vec<(Operand<E>, Operand<F>)>,
    /// The sums of the first two, three, .. terms.
    pub sums: Vec<u32>,
    /// The gates but the last sum.
    gates: Vec<usize>,
}

impl Compiler<'_> {
    /// Finds all chains.
    pub(super) fn match_dots(&mut self) {
        let uses = self.ext_uses();
        let product = |operand: &Operand<E>| {
            let Operand::Wire(wire) = *operand else { return None };
            let gate = self.ext_maker[wire as usize] as usize;
            match self.circuit.gates()[gate] {
                Gate::Mixed(weight, word)
                    if uses[wire as usize] == 1 && matches!(self.maker(word), Some((_, Gate::Word))) =>
                {
                    Some((gate, weight, word))
                }
                _ => None,
            }
        };
        // Chains that may go on, by their last sum.
        let mut open: HashMap<u32, Chain> = HashMap::new();
        let mut ended = Vec::new();
        for (number, gate) in self.circuit.gates().iter().enumerate() {
            let Gate::Ext(Operation::Add, sum, next) = gate else { continue };
            let Some((gate, weight, word)) = product(next) else { continue };
            let chain = match sum {
                Operand::Wire(sum) if uses[*sum as usize] == 1 => open.remove(sum),
                _ => None,
            };
            let mut chain = match (chain, product(sum)) {
                (Some(chain), _) => chain,
                (None, Some((gate, weight, word))) => {
                    Chain { terms: vec![(weight, word)], sums: Vec::new(), gates: vec![gate] }
                }
                (None, None) => continue,
            };
            chain.terms.push((weight, word));
            chain.gates.push(gate);
            let out = self.outputs[number].1;
            chain.sums.push(out);
            chain.gates.push(number);
            open.insert(out, chain);
        }
        for (out, mut chain) in open {
            if chain.terms.len() >= WORTH {
                chain.gates.pop();
                ended.push((self.ext_maker[out as usize] as usize, chain));
            }
        }
        for (gate, chain) in ended {
            chain.gates.iter().for_each(|&gate| self.taken[gate] = true);
            self.chains.insert(gate, chain);
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
                _ => {}
            }
        }
        uses
    }
}

//! Step 2: permutations of sponges.

use hearth_machine::hash::{DIGEST, RATE, WIDTH};
use hearth_stark_circuit::circuit::{Gate, Operand};
use hearth_stark_verifier::field::{DEGREE, F};
use p3_field::PrimeCharacteristicRing;

use super::{CompileError, Compiler};
use crate::gate::sponge::{Capacity, GROUPS, Sponge};
use crate::values::Link;
use crate::wires::{DigestWire, Wire};

impl Compiler<'_> {
    /// Makes a row of every permutation that no path has taken.
    pub(super) fn match_sponges(&mut self) -> Result<(), CompileError> {
        for number in 0..self.circuit.gates().len() {
            if let Gate::Permutation(inputs) = &self.circuit.gates()[number]
                && !self.taken[number]
            {
                self.sponge(number, inputs)?;
            }
        }
        Ok(())
    }

    fn sponge(&mut self, gate: usize, inputs: &[Operand<F>; WIDTH]) -> Result<(), CompileError> {
        let capacity = self.capacity(gate, inputs)?;
        let mut links = [Link::None; GROUPS];
        for (link, operands) in links.iter_mut().zip(inputs[..RATE].as_chunks::<DEGREE>().0) {
            *link = self.input(*operands);
        }
        let first = self.outputs[gate].0;
        let outputs = core::array::from_fn(|i| {
            let from = first + (i * DEGREE) as u32;
            let operands = core::array::from_fn(|j| Operand::Wire(from + j as u32));
            self.home(operands)
        });
        self.rows.sponges.push(Sponge {
            inputs: links,
            outputs,
            capacity,
            capacity_out: DigestWire(first + RATE as u32),
            digest: DigestWire(first),
        });
        Ok(())
    }

    /// Makes a group in which its elements are at home.
    fn home(&mut self, operands: [Operand<F>; DEGREE]) -> Wire {
        let wire = self.new_group(operands);
        if let Wire::Group(group) = wire {
            for (place, operand) in operands.into_iter().enumerate() {
                if let Operand::Wire(element) = operand {
                    self.homes.insert(element, (group, place));
                }
            }
        }
        wire
    }

    /// Five elements that are absorbed: words that are nowhere else are at home here.
    fn input(&mut self, operands: [Operand<F>; DEGREE]) -> Link {
        let mut fresh = operands.iter().all(|operand| match operand {
            Operand::Wire(wire) => self.is_homeless_word(*wire),
            Operand::Constant(_) => false,
        });
        // A word that is there twice is at home once.
        for (i, operand) in operands.iter().enumerate() {
            fresh &= !operands[..i].contains(operand);
        }
        if fresh { Link::Provide(self.home(operands)) } else { Link::Read(self.group(operands)) }
    }

    fn capacity(&self, gate: usize, inputs: &[Operand<F>; WIDTH]) -> Result<Capacity, CompileError> {
        let capacity = &inputs[RATE..];
        if let [Operand::Constant(tag), Operand::Constant(length), rest @ ..] = capacity
            && rest.iter().all(|&operand| operand == Operand::Constant(F::ZERO))
        {
            return Ok(Capacity::First(*tag, *length));
        }
        let wrong = CompileError::Gate { gate, what: "a permutation whose capacity is not that of a sponge" };
        let Operand::Wire(first) = capacity[0] else { return Err(wrong) };
        let maker = self.base_maker[first as usize] as usize;
        let is_whole = capacity.iter().zip(first..).all(|(&operand, wire)| operand == Operand::Wire(wire));
        let is_sponge = matches!(self.circuit.gates()[maker], Gate::Permutation(_)) && !self.taken[maker];
        if is_whole && is_sponge && first == self.outputs[maker].0 + RATE as u32 && capacity.len() == DIGEST {
            Ok(Capacity::After(DigestWire(first)))
        } else {
            Err(wrong)
        }
    }
}

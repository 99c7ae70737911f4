//! Step 1: paths of Merkle trees.

use hearth_machine::hash::{BLOCK, DIGEST, Tag, WIDTH};
use hearth_stark_circuit::circuit::{Gate, Operand, Operation};
use hearth_stark_verifier::field::F;
use p3_field::PrimeCharacteristicRing;

use super::{CompileError, Compiler, Nodes};
use crate::gate::climb::{Climb, Node};
use crate::gate::node;
use crate::wires::{DigestWire, Wire};

impl Compiler<'_> {
    /// Finds all paths.
    pub(super) fn match_paths(&mut self) -> Result<(), CompileError> {
        let uses = self.base_uses();
        // Rows by their permutation's first output.
        let mut rows = std::collections::HashMap::new();
        for number in 0..self.circuit.gates().len() {
            match &self.circuit.gates()[number] {
                Gate::Permutation(inputs) if inputs[BLOCK] == Operand::Constant(F::from_u8(Tag::OracleNode as u8)) => {
                    let climb = self.climb(number, inputs, &uses)?;
                    rows.insert(self.outputs[number].0, self.rows.climbs.len());
                    self.rows.climbs.push(climb);
                }
                Gate::Select(nodes, bits) => {
                    let (found, cap, high) = self.path_end(number, nodes, bits)?;
                    let row =
                        rows.get(&found).ok_or(CompileError::Gate { gate: number, what: "a path of no steps" })?;
                    self.rows.climbs[*row].node = Node::Cap(cap, high);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// How often each wire of the base field is an operand.
    fn base_uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.base_maker.len()];
        let mut of = |operand: &Operand<F>| {
            if let Operand::Wire(wire) = operand {
                uses[*wire as usize] += 1;
            }
        };
        for gate in self.circuit.gates() {
            match gate {
                Gate::Base(_, a, b) => [a, b].into_iter().for_each(&mut of),
                Gate::Mixed(_, b) | Gate::Bits(b, _) | Gate::Power(_, b) => of(b),
                Gate::Pack(operands) => operands.iter().for_each(&mut of),
                Gate::Permutation(operands) => operands.iter().for_each(&mut of),
                Gate::Interval(_, operands) => operands.iter().for_each(&mut of),
                Gate::Select(nodes, bits) => nodes.iter().flatten().chain(bits).for_each(&mut of),
                Gate::Public | Gate::Word | Gate::Ext(..) | Gate::Zero(..) | Gate::Nonzero(..) => {}
            }
        }
        uses
    }

    /// A step: `difference = (sibling - child) bit`, `left = child + difference`, `right = sibling - difference`, and the
    /// permutation of both.
    fn climb(&mut self, gate: usize, inputs: &[Operand<F>; WIDTH], uses: &[u32]) -> Result<Climb, CompileError> {
        let wrong = || CompileError::Gate { gate, what: "a node whose children are not swapped as those of a path" };
        let [level, rest @ ..] = &inputs[BLOCK + 1..] else { return Err(wrong()) };
        let Operand::Constant(level) = *level else { return Err(wrong()) };
        if rest.iter().any(|&operand| operand != Operand::Constant(F::ZERO)) {
            return Err(wrong());
        }
        let once =
            |operand: Operand<F>, times: u32| matches!(operand, Operand::Wire(wire) if uses[wire as usize] == times);
        let mut replaced = vec![gate];
        let mut first = None;
        let mut of_all = None;
        for i in 0..DIGEST {
            let (left, right) = (inputs[i], inputs[DIGEST + i]);
            let (
                Some((add, Gate::Base(Operation::Add, child, difference))),
                Some((sub, Gate::Base(Operation::Sub, sibling, same))),
            ) = (self.maker(left), self.maker(right))
            else {
                return Err(wrong());
            };
            let Some((product, Gate::Base(Operation::Mul, apart, bit))) = self.maker(*difference) else {
                return Err(wrong());
            };
            let Some((minus, Gate::Base(Operation::Sub, same_sibling, same_child))) = self.maker(*apart) else {
                return Err(wrong());
            };
            let is_bit = matches!(self.maker(*bit), Some((_, Gate::Bits(..))));
            let is_free = matches!(self.maker(*sibling), Some((_, Gate::Word)));
            let is_alone =
                once(left, 1) && once(right, 1) && once(*difference, 2) && once(*apart, 1) && once(*sibling, 2);
            let Operand::Wire(child_wire) = *child else { return Err(wrong()) };
            let from = *first.get_or_insert(child_wire);
            let same_bit = *of_all.get_or_insert(*bit) == *bit;
            let agrees = difference == same && sibling == same_sibling && child == same_child;
            if !(is_bit && is_free && is_alone && same_bit && agrees && child_wire == from + i as u32) {
                return Err(wrong());
            }
            replaced.extend([add, sub, product, minus]);
        }
        let (Some(first), Some(bit)) = (first, of_all) else { return Err(wrong()) };
        let maker = self.base_maker[first as usize] as usize;
        if !matches!(self.circuit.gates()[maker], Gate::Permutation(_)) || self.outputs[maker].0 != first {
            return Err(wrong());
        }
        replaced.into_iter().for_each(|gate| self.taken[gate] = true);
        let bit = self.base_wire(bit);
        let child_wire = |operand: Operand<F>| match operand {
            Operand::Wire(wire) => Wire::Base(wire),
            Operand::Constant(_) => unreachable!("the children are outputs of gates"),
        };
        Ok(Climb {
            child: DigestWire(first),
            children: core::array::from_fn::<_, BLOCK, _>(|i| child_wire(inputs[i])),
            bit,
            level,
            node: Node::Inner(DigestWire(self.outputs[gate].0)),
        })
    }

    /// The end of a path: a node of the cap is selected, and the nine differences from the last node are asserted to be 0.
    /// Returns the first wire of that node, the cap, and the wire of the number of its node.
    fn path_end(
        &mut self,
        gate: usize,
        nodes: &Nodes,
        bits: &[Operand<F>],
    ) -> Result<(u32, usize, Wire), CompileError> {
        let wrong = || CompileError::Gate { gate, what: "a node of a cap that no path ends at" };
        let selected = self.outputs[gate].0;
        let gates = self.circuit.gates().get(gate + 1..gate + 1 + 3 * DIGEST).ok_or_else(wrong)?;
        let zero = Operand::Constant(F::ZERO);
        let mut first = None;
        for (i, three) in gates.as_chunks::<3>().0.iter().enumerate() {
            let at = gate + 1 + 3 * i;
            let [
                Gate::Base(Operation::Sub, Operand::Wire(found), Operand::Wire(expected)),
                Gate::Pack(lifted),
                Gate::Zero(_, Operand::Wire(asserted)),
            ] = three
            else {
                return Err(wrong());
            };
            let difference = Operand::Wire(self.outputs[at].0);
            let from = *first.get_or_insert(*found);
            let is_end = *found == from + i as u32
                && *expected == selected + i as u32
                && *lifted == [difference, zero, zero, zero, zero]
                && *asserted == self.outputs[at + 1].1;
            if !is_end {
                return Err(wrong());
            }
        }
        self.taken[gate..=gate + 3 * DIGEST].fill(true);
        let number = self.cap(nodes);
        let high = self.high(gate, bits)?;
        Ok((first.ok_or_else(wrong)?, number, high))
    }

    /// The number of a cap; its nodes get their rows.
    fn cap(&mut self, nodes: &Nodes) -> usize {
        if let Some(number) = self.caps.iter().position(|cap| cap == nodes) {
            return number;
        }
        let number = self.caps.len();
        self.caps.push(nodes.clone());
        for (at, elements) in nodes.iter().enumerate() {
            let digest = elements.map(|operand| self.base_wire(operand));
            self.rows.nodes.push(node::Node { place: (number, at), digest });
        }
        number
    }

    /// The wire of the number that the last bits of an element spell.
    fn high(&mut self, gate: usize, bits: &[Operand<F>]) -> Result<Wire, CompileError> {
        let wrong =
            || CompileError::Gate { gate, what: "the number of a node is not spelt by the last bits of an element" };
        let Some((maker, Gate::Bits(_, count))) = bits.first().and_then(|&bit| self.maker(bit)) else {
            return Err(wrong());
        };
        let first = self.outputs[maker].0;
        let from = count - bits.len().min(*count);
        let wires: Vec<u32> = (first + from as u32..first + *count as u32).collect();
        let are_last =
            bits.iter().zip(&wires).all(|(&bit, &wire)| bit == Operand::Wire(wire)) && bits.len() == wires.len();
        if !are_last || self.highs.get(&maker).is_some_and(|&(_, known)| known != from) {
            return Err(wrong());
        }
        let next = self.extra.highs.len() as u32;
        let (wire, _) = *self.highs.entry(maker).or_insert((Wire::High(next), from));
        if wire == Wire::High(next) {
            self.extra.highs.push(wires);
        }
        Ok(wire)
    }
}

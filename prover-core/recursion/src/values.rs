//! Values of a compiled circuit's wires.

use std::collections::HashMap;

use hearth_machine::hash::Digest;
use hearth_stark_circuit::Assignment;
use hearth_stark_circuit::circuit::Operand;
use hearth_stark_verifier::field::{DEGREE, E, F, Quintic};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::wires::{DigestWire, Wire};

/// What a port is connected to, and in which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing.
    None,
    /// The row uses the wire's value.
    Read(Wire),
    /// The row makes the wire's value.
    Provide(Wire),
    /// The row uses the digest.
    ReadDigest(DigestWire),
    /// The row makes the digest.
    ProvideDigest(DigestWire),
    /// The row reads a node of the cap with this number.
    ReadNode(usize),
}

/// Wires that the recorded circuit has not.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// Constants.
    pub constants: Vec<E>,
    /// Five values.
    pub groups: Vec<[Operand<F>; DEGREE]>,
    /// Numbers by their bits' wires, lowest first.
    pub highs: Vec<Vec<u32>>,
    /// Wires of the public values.
    pub public: Vec<u32>,
}

/// The values of all wires under an assignment of the recorded circuit.
pub struct Values<'a> {
    assignment: &'a Assignment,
    extra: &'a Extra,
    /// Uses of the caps' nodes.
    nodes: HashMap<(usize, usize), u32>,
}

impl<'a> Values<'a> {
    /// The values; `paths` are the ends of all paths: number of the cap, and the wire of its node's number.
    pub fn new(assignment: &'a Assignment, extra: &'a Extra, paths: impl Iterator<Item = (usize, Wire)>) -> Self {
        let mut values = Self { assignment, extra, nodes: HashMap::new() };
        for (cap, high) in paths {
            let node = values.get(high).0[0].as_canonical_u32() as usize;
            *values.nodes.entry((cap, node)).or_default() += 1;
        }
        values
    }

    /// The value of a wire.
    pub fn get(&self, wire: Wire) -> E {
        let base = |wire: u32| self.assignment.base[wire as usize];
        match wire {
            Wire::Base(wire) => base(wire).into(),
            Wire::Ext(wire) => self.assignment.ext[wire as usize],
            Wire::Constant(number) => self.extra.constants[number as usize],
            Wire::Group(number) => Quintic(self.extra.groups[number as usize].map(|operand| match operand {
                Operand::Constant(value) => value,
                Operand::Wire(wire) => base(wire),
            })),
            Wire::Public(number) => base(self.extra.public[number as usize]).into(),
            Wire::High(number) => {
                let bits = &self.extra.highs[number as usize];
                E::from(bits.iter().rev().fold(F::ZERO, |sum, &bit| sum.double() + base(bit)))
            }
        }
    }

    /// The value of a digest.
    pub fn digest(&self, wire: DigestWire) -> Digest {
        core::array::from_fn(|i| self.assignment.base[wire.0 as usize + i])
    }

    /// How many paths end at a node of a cap.
    pub fn uses(&self, place: (usize, usize)) -> F {
        F::from_u32(self.nodes.get(&place).copied().unwrap_or(0))
    }
}

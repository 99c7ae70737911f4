//! From a recorded verifier to rows.
//!
//! 1. [`paths`]: permutations that are steps up a Merkle path, with the gates that swap their children and those that compare
//!    their ends with a cap, become [`Climb`](crate::gate::climb::Climb) rows.
//! 2. [`sponges`]: all other permutations become [`Sponge`](crate::gate::sponge::Sponge) rows, which are connected by five elements
//!    at a time; so is what reads them.
//! 3. [`arithmetic`]: everything else becomes arithmetic rows, each a quadratic form of three wires ([`form`]): sums are put into the
//!    row that needs them where they fit.
//! 4. What of the elements of a group of five is needed by itself, a [`Pack`](crate::gate::pack::Pack) row takes out.
//!
//! **What has to hold.** For each assignment of the tables that satisfies all rows and balances the wires there is one of the
//! recorded circuit that satisfies its gates: each gate is either a row with the same equation, or a part of the macro row that the
//! matching step replaced with others, none of whose wires is used elsewhere (checked when they match; a circuit that does not
//! match is refused, not compiled otherwise).

mod arithmetic;
mod chains;
mod form;
mod paths;
mod sponges;

use std::collections::HashMap;

use hearth_stark_circuit::Circuit;
use hearth_stark_circuit::circuit::{Gate, Operand};
use hearth_stark_verifier::field::{DEGREE, E, F};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use thiserror::Error;

use crate::compiled::{Compiled, Rows};
use crate::gate::bits::Bits;
use crate::gate::pack::Pack;
use crate::gate::product::Product;
use crate::gate::scalar::Scalar;
use crate::values::{Extra, Link};
use crate::wires::Wire;

/// Why a circuit cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum CompileError {
    #[error("gate {gate}: {what}")]
    Gate { gate: usize, what: &'static str },
    #[error("{wire:?} is provided {provided} times and read {reads} times")]
    Wire { wire: Wire, provided: u32, reads: u32 },
    #[error("the digest at wire {first} is provided {provided} times and read {reads} times")]
    Digest { first: u32, provided: u32, reads: u32 },
    #[error("output {0} of the recorded circuit has no row that provides it")]
    Homeless(u32),
}

/// Compiles a recorded verifier.
///
/// # Errors
/// A [`CompileError`]; none for verifiers of size classes.
pub fn compile(circuit: &Circuit) -> Result<Compiled, CompileError> {
    let mut compiler = Compiler::new(circuit);
    compiler.match_paths()?;
    compiler.match_sponges()?;
    compiler.match_chains();
    compiler.arithmetic()?;
    compiler.unpack()?;
    let caps: Vec<usize> = compiler.caps.iter().map(Vec::len).collect();
    Compiled::new(compiler.rows, compiler.extra, &caps)
}

/// Five operands as a key of maps.
type GroupKey = [u64; DEGREE];

/// The nodes of a cap.
type Nodes = Vec<[Operand<F>; hearth_machine::hash::DIGEST]>;

struct Compiler<'c> {
    circuit: &'c Circuit,
    /// First outputs of each gate: base field, challenge field.
    outputs: Vec<(u32, u32)>,
    /// The gate that makes each wire.
    base_maker: Vec<u32>,
    ext_maker: Vec<u32>,
    /// Gates that a macro row replaces.
    taken: Vec<bool>,
    rows: Rows,
    extra: Extra,
    constants: HashMap<[u32; DEGREE], u32>,
    groups: HashMap<GroupKey, u32>,
    /// The group in which a wire that has no row of its own is, and its place there.
    homes: HashMap<u32, (u32, usize)>,
    /// Wires of the base field that rows read by themselves, in the order of demand.
    demanded: Vec<u32>,
    is_demanded: Vec<bool>,
    /// Wires of the base field that rows provide by themselves.
    is_provided: Vec<bool>,
    caps: Vec<Nodes>,
    /// By bits gate: the wire of the upper bits' number, and its lowest bit.
    highs: HashMap<usize, (Wire, usize)>,
    /// Chains of products: by the gate of the last sum.
    chains: HashMap<usize, chains::Chain>,
}

impl<'c> Compiler<'c> {
    fn new(circuit: &'c Circuit) -> Self {
        let (base, ext) = circuit.wires();
        let (mut base_maker, mut ext_maker) = (Vec::with_capacity(base), Vec::with_capacity(ext));
        let mut outputs = Vec::with_capacity(circuit.gates().len());
        let mut extra = Extra::default();
        let mut rows = Rows::default();
        for (number, gate) in circuit.gates().iter().enumerate() {
            outputs.push((base_maker.len() as u32, ext_maker.len() as u32));
            if matches!(gate, Gate::Public) {
                let (number, wire) = (extra.public.len() as u32, base_maker.len() as u32);
                extra.public.push(wire);
                rows.scalars.push(Scalar {
                    operands: [Some(Wire::Public(number)), None, None],
                    linear: [F::ONE, F::ZERO, F::ZERO],
                    out: Some(Wire::Base(wire)),
                    ..Scalar::default()
                });
            }
            base_maker.resize(base_maker.len() + gate.base_outputs(), number as u32);
            ext_maker.resize(ext_maker.len() + gate.ext_outputs(), number as u32);
        }
        Self {
            circuit,
            outputs,
            base_maker,
            ext_maker,
            taken: vec![false; circuit.gates().len()],
            rows,
            extra,
            constants: HashMap::new(),
            groups: HashMap::new(),
            homes: HashMap::new(),
            demanded: Vec::new(),
            is_demanded: vec![false; base],
            is_provided: vec![false; base],
            caps: Vec::new(),
            highs: HashMap::new(),
            chains: HashMap::new(),
        }
    }

    /// The gate that makes a wire of the base field, and its number.
    fn maker(&self, operand: Operand<F>) -> Option<(usize, &'c Gate)> {
        match operand {
            Operand::Constant(_) => None,
            Operand::Wire(wire) => {
                let gate = self.base_maker[wire as usize] as usize;
                Some((gate, &self.circuit.gates()[gate]))
            }
        }
    }

    /// The wire of a constant; its row is made with it.
    fn constant(&mut self, value: E) -> Wire {
        let next = self.extra.constants.len() as u32;
        let number = *self.constants.entry(value.0.map(|coordinate| coordinate.as_canonical_u32())).or_insert(next);
        let wire = Wire::Constant(number);
        if number == next {
            self.extra.constants.push(value);
            self.rows.products.push(Product { constant: value, out: Some(wire), ..Default::default() });
        }
        wire
    }

    /// The wire of an operand that a row reads by itself.
    fn base_wire(&mut self, operand: Operand<F>) -> Wire {
        match operand {
            Operand::Constant(value) => self.constant(value.into()),
            Operand::Wire(wire) => {
                self.demand(wire);
                Wire::Base(wire)
            }
        }
    }

    fn demand(&mut self, wire: u32) {
        if !core::mem::replace(&mut self.is_demanded[wire as usize], true) {
            self.demanded.push(wire);
        }
    }

    fn group_key(operands: &[Operand<F>; DEGREE]) -> GroupKey {
        operands.map(|operand| match operand {
            Operand::Constant(value) => u64::from(value.as_canonical_u32()) | 1 << 32,
            Operand::Wire(wire) => wire.into(),
        })
    }

    /// The wire of five operands, if somebody provides it.
    fn known_group(&mut self, operands: &[Operand<F>; DEGREE]) -> Option<Wire> {
        let constants = operands.map(|operand| match operand {
            Operand::Constant(value) => Some(value),
            Operand::Wire(_) => None,
        });
        if let [Some(a), Some(b), Some(c), Some(d), Some(e)] = constants {
            return Some(self.constant(hearth_stark_verifier::field::Quintic([a, b, c, d, e])));
        }
        self.groups.get(&Self::group_key(operands)).map(|&number| Wire::Group(number))
    }

    /// A wire for five operands that the caller provides, and a home for those of them that have no row of their own.
    fn new_group(&mut self, operands: [Operand<F>; DEGREE]) -> Wire {
        let number = self.extra.groups.len() as u32;
        self.extra.groups.push(operands);
        self.groups.insert(Self::group_key(&operands), number);
        Wire::Group(number)
    }

    /// The wire of five operands; a row puts them together if nobody did.
    fn group(&mut self, operands: [Operand<F>; DEGREE]) -> Wire {
        if let Some(wire) = self.known_group(&operands) {
            return wire;
        }
        let together = self.new_group(operands);
        let mut each = [Link::None; DEGREE];
        for (link, operand) in each.iter_mut().zip(operands) {
            *link = match operand {
                Operand::Wire(wire) if self.is_homeless_word(wire) => {
                    self.is_provided[wire as usize] = true;
                    Link::Provide(Wire::Base(wire))
                }
                operand => Link::Read(self.base_wire(operand)),
            };
        }
        self.rows.packs.push(Pack { together, makes: true, each });
        together
    }

    /// Whether a wire is a word of the proof that no row has yet.
    fn is_homeless_word(&self, wire: u32) -> bool {
        matches!(self.circuit.gates()[self.base_maker[wire as usize] as usize], Gate::Word)
            && !self.homes.contains_key(&wire)
            && !self.is_provided[wire as usize]
    }

    /// A row for words that nothing absorbs: the prover chooses them.
    fn free(&mut self, wires: &[u32]) {
        let mut operands = [Operand::Constant(F::ZERO); DEGREE];
        let mut each = [Link::None; DEGREE];
        for ((operand, link), &wire) in operands.iter_mut().zip(&mut each).zip(wires) {
            *operand = Operand::Wire(wire);
            *link = Link::Provide(Wire::Base(wire));
            self.is_provided[wire as usize] = true;
        }
        let together = self.new_group(operands);
        self.rows.packs.push(Pack { together, makes: true, each });
    }

    /// Step 4: rows that take elements out of their groups; and the rows of bits, whose values may be such elements.
    fn unpack(&mut self) -> Result<(), CompileError> {
        for (number, gate) in self.circuit.gates().iter().enumerate() {
            if let Gate::Bits(value, count) = gate {
                let value = self.base_wire(*value);
                let first = self.outputs[number].0;
                let bits: Vec<Wire> = (first..first + *count as u32).map(Wire::Base).collect();
                self.is_provided[first as usize..][..*count].fill(true);
                self.rows.bits.push(Bits { value, bits, high: self.highs.get(&number).copied() });
            }
        }
        for &wire in &self.extra.public {
            self.is_provided[wire as usize] = true;
        }
        let demanded = core::mem::take(&mut self.demanded);
        let free: Vec<u32> = demanded.iter().copied().filter(|&wire| self.is_homeless_word(wire)).collect();
        free.chunks(DEGREE).for_each(|wires| self.free(wires));
        let mut rows: HashMap<u32, usize> = HashMap::new();
        for wire in demanded {
            if self.is_provided[wire as usize] {
                continue;
            }
            let &(group, place) = self.homes.get(&wire).ok_or(CompileError::Homeless(wire))?;
            let row = *rows.entry(group).or_insert_with(|| {
                self.rows.packs.push(Pack { together: Wire::Group(group), makes: false, each: [Link::None; DEGREE] });
                self.rows.packs.len() - 1
            });
            self.rows.packs[row].each[place] = Link::Provide(Wire::Base(wire));
        }
        Ok(())
    }
}

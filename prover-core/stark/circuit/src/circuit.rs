//! Gates and wires.

use hearth_machine::hash::{DIGEST, WIDTH};
use hearth_stark_verifier::error::Check;
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::step::Step;
use hearth_stark_verifier::transcript::Event;

/// A number that the key fixes, or a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand<T> {
    /// A number of the key.
    Constant(T),
    /// A wire. Wires of the base field and of the challenge field are numbered apart.
    Wire(u32),
}

/// An operation of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
}

/// A gate. Those that have outputs take the next wires for them.
#[derive(Clone, Debug)]
pub enum Gate {
    /// The next public value.
    Public,
    /// The next word of the proof.
    Word,
    /// An operation in the base field.
    Base(Operation, Operand<F>, Operand<F>),
    /// An operation in the challenge field.
    Ext(Operation, Operand<E>, Operand<E>),
    /// A product of an element of either field.
    Mixed(Operand<E>, Operand<F>),
    /// An extension element from its coordinates.
    Pack([Operand<F>; DEGREE]),
    /// Poseidon2 of width 24.
    Permutation(Box<[Operand<F>; WIDTH]>),
    /// The lowest bits of the canonical representative, lowest first. A circuit has to prove that the representative is
    /// canonical: some elements have two of 31 bits.
    Bits(Operand<F>, usize),
    /// The node whose number the bits spell, lowest first.
    Select(Vec<[Operand<F>; DIGEST]>, Vec<Operand<F>>),
    /// [`interval_step`](hearth_stark_verifier::weights::interval_step): the state, then x and y; the bits of start and end.
    Interval(Box<[Operand<E>; 6]>, [Operand<F>; 2]),
    /// [`power_step`](hearth_stark_verifier::weights::power_step): product and rho; the power.
    Power([Operand<E>; 2], Operand<F>),
    /// Asserts that a value is 0.
    Zero(Check, Operand<E>),
    /// Asserts that a value is not 0.
    Nonzero(Check, Operand<E>),
}

impl Gate {
    /// Output wires of the base field.
    pub fn base_outputs(&self) -> usize {
        match self {
            Self::Public | Self::Word | Self::Base(..) | Self::Power(..) => 1,
            Self::Permutation(_) => WIDTH,
            Self::Bits(_, count) => *count,
            Self::Select(..) => DIGEST,
            _ => 0,
        }
    }

    /// Output wires of the challenge field.
    pub fn ext_outputs(&self) -> usize {
        match self {
            Self::Ext(..) | Self::Mixed(..) | Self::Pack(_) | Self::Power(..) => 1,
            Self::Interval(..) => 4,
            _ => 0,
        }
    }
}

/// A recorded verifier.
#[derive(Clone, Debug, Default)]
pub struct Circuit {
    pub(crate) gates: Vec<Gate>,
    /// Where steps begin: number of the first gate.
    pub(crate) steps: Vec<(usize, Step)>,
    pub(crate) transcript: Vec<Event<Operand<F>>>,
    pub(crate) base_wires: usize,
    pub(crate) ext_wires: usize,
    pub(crate) words: usize,
    pub(crate) public: usize,
}

impl Circuit {
    /// The gates, in an order in which inputs come before outputs.
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// The gates of each step; a step may come back.
    pub fn steps(&self) -> impl Iterator<Item = (Step, &[Gate])> {
        let ends = self.steps.iter().skip(1).map(|&(first, _)| first).chain([self.gates.len()]);
        self.steps.iter().zip(ends).map(|(&(first, step), end)| (step, &self.gates[first..end]))
    }

    /// What the transcript absorbs and squeezes, in order.
    pub fn transcript(&self) -> &[Event<Operand<F>>] {
        &self.transcript
    }

    /// Words of a proof.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Number of public values.
    pub fn public(&self) -> usize {
        self.public
    }

    /// Wires of the base field and of the challenge field.
    pub fn wires(&self) -> (usize, usize) {
        (self.base_wires, self.ext_wires)
    }

    /// Appends a gate; returns its first output wires.
    pub(crate) fn push(&mut self, gate: Gate) -> (usize, usize) {
        let outputs = (self.base_wires, self.ext_wires);
        self.base_wires += gate.base_outputs();
        self.ext_wires += gate.ext_outputs();
        match gate {
            Gate::Word => self.words += 1,
            Gate::Public => self.public += 1,
            _ => {}
        }
        self.gates.push(gate);
        outputs
    }
}

//! Values for the wires, and whether they satisfy the gates.

use hearth_machine::hash::{DIGEST, Hasher, WIDTH};
use hearth_stark_verifier::error::Check;
use hearth_stark_verifier::field::{E, F, Quintic};
use hearth_stark_verifier::transcript::Event;
use hearth_stark_verifier::weights::{interval_step, power_step};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use thiserror::Error;

use crate::circuit::{Circuit, Gate, Operand, Operation};

/// Values of all wires.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Wires of the base field.
    pub base: Vec<F>,
    /// Wires of the challenge field.
    pub ext: Vec<E>,
}

/// Why words cannot be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{found} {what}, the circuit has {expected}")]
pub struct Wrong {
    what: &'static str,
    expected: usize,
    found: usize,
}

/// A gate that an assignment does not satisfy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unsatisfied {
    /// An assertion of the verifier does not hold.
    #[error("gate {gate}: {check:?} does not hold")]
    Assertion {
        /// Number of the gate.
        gate: usize,
        /// The assertion.
        check: Check,
    },
    /// An output is not what the inputs give.
    #[error("gate {0}: its output does not follow from its inputs")]
    Output(usize),
    /// A wire has no value, or there are more values than wires.
    #[error("the assignment is of another circuit")]
    Wires,
}

impl Circuit {
    /// The values of all wires for a proof's words. Assertions are not looked at: [`Circuit::check`] does.
    ///
    /// # Errors
    /// Another number of public values or of words than the circuit has.
    pub fn assign(&self, public: &[F], words: &[F]) -> Result<Assignment, Wrong> {
        for (what, expected, found) in
            [("public values", self.public, public.len()), ("words", self.words, words.len())]
        {
            if expected != found {
                return Err(Wrong { what, expected, found });
            }
        }
        let (mut public, mut words) = (public.iter(), words.iter());
        let mut values =
            Assignment { base: Vec::with_capacity(self.base_wires), ext: Vec::with_capacity(self.ext_wires) };
        let hasher = Hasher::new();
        for gate in &self.gates {
            match gate {
                Gate::Public => values.base.extend(public.next()),
                Gate::Word => values.base.extend(words.next()),
                _ => {
                    let (base, ext) = values.outputs(&hasher, gate);
                    values.base.extend(base);
                    values.ext.extend(ext);
                }
            }
        }
        Ok(values)
    }

    /// Whether an assignment satisfies every gate. Words of the proof are free, public values are given.
    ///
    /// # Errors
    /// The first gate that is not satisfied.
    pub fn check(&self, public: &[F], values: &Assignment) -> Result<(), Unsatisfied> {
        if (values.base.len(), values.ext.len()) != self.wires() || public.len() != self.public {
            return Err(Unsatisfied::Wires);
        }
        let hasher = Hasher::new();
        let mut public = public.iter();
        let (mut base, mut ext) = (0, 0);
        for (number, gate) in self.gates.iter().enumerate() {
            let found = (&values.base[base..][..gate.base_outputs()], &values.ext[ext..][..gate.ext_outputs()]);
            base += gate.base_outputs();
            ext += gate.ext_outputs();
            let holds = match gate {
                Gate::Word => true,
                Gate::Public => public.next() == Some(&found.0[0]),
                Gate::Zero(check, value) if values.ext(*value) != E::ZERO => {
                    return Err(Unsatisfied::Assertion { gate: number, check: *check });
                }
                Gate::Nonzero(check, value) if values.ext(*value) == E::ZERO => {
                    return Err(Unsatisfied::Assertion { gate: number, check: *check });
                }
                _ => {
                    let (base, ext) = values.outputs(&hasher, gate);
                    found.0 == &base[..] && found.1 == &ext[..]
                }
            };
            if !holds {
                return Err(Unsatisfied::Output(number));
            }
        }
        Ok(())
    }

    /// What the transcript absorbs and squeezes under an assignment.
    pub fn transcript_of(&self, values: &Assignment) -> Vec<Event<F>> {
        let of = |event: &Event<Operand<F>>| match *event {
            Event::Absorbed(element) => Event::Absorbed(values.base(element)),
            Event::Squeezed(element) => Event::Squeezed(values.base(element)),
        };
        self.transcript.iter().map(of).collect()
    }
}

fn operate<T: PrimeCharacteristicRing>(operation: Operation, a: T, b: T) -> T {
    match operation {
        Operation::Add => a + b,
        Operation::Sub => a - b,
        Operation::Mul => a * b,
    }
}

impl Assignment {
    fn base(&self, operand: Operand<F>) -> F {
        match operand {
            Operand::Constant(value) => value,
            Operand::Wire(wire) => self.base[wire as usize],
        }
    }

    fn ext(&self, operand: Operand<E>) -> E {
        match operand {
            Operand::Constant(value) => value,
            Operand::Wire(wire) => self.ext[wire as usize],
        }
    }

    /// The outputs of a gate that computes them.
    fn outputs(&self, hasher: &Hasher, gate: &Gate) -> (Vec<F>, Vec<E>) {
        match gate {
            Gate::Base(operation, a, b) => (vec![operate(*operation, self.base(*a), self.base(*b))], vec![]),
            Gate::Ext(operation, a, b) => (vec![], vec![operate(*operation, self.ext(*a), self.ext(*b))]),
            Gate::Mixed(a, b) => (vec![], vec![self.ext(*a) * self.base(*b)]),
            Gate::Pack(coordinates) => (vec![], vec![Quintic(coordinates.map(|operand| self.base(operand)))]),
            Gate::Permutation(inputs) => {
                let mut state: [F; WIDTH] = inputs.map(|operand| self.base(operand));
                hasher.permute(&mut state);
                (state.to_vec(), vec![])
            }
            Gate::Bits(value, count) => {
                let value = self.base(*value).as_canonical_u32();
                ((0..*count).map(|i| F::from_bool(value >> i & 1 == 1)).collect(), vec![])
            }
            Gate::Select(nodes, bits) => {
                let bit = |operand: &Operand<F>| usize::from(self.base(*operand) == F::ONE);
                let index = bits.iter().rev().fold(0, |index, operand| index << 1 | bit(operand));
                let node: [F; DIGEST] = nodes[index].map(|operand| self.base(operand));
                (node.to_vec(), vec![])
            }
            Gate::Interval(elements, bits) => {
                let [a, b, c, d, x, y] = elements.map(|operand| self.ext(operand));
                let [start, end] = bits.map(|operand| self.base(operand));
                (vec![], interval_step(&[[a, b], [c, d]], x, y, start, end).concat())
            }
            Gate::Power([product, rho], power) => {
                let (product, power) = power_step(self.ext(*product), self.ext(*rho), self.base(*power));
                (vec![power], vec![product])
            }
            Gate::Public | Gate::Word | Gate::Zero(..) | Gate::Nonzero(..) => (vec![], vec![]),
        }
    }
}

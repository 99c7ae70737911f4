//! The context that records.

use hearth_machine::hash::{DIGEST, WIDTH};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::step::Step;
use hearth_stark_verifier::transcript::Event;
use hearth_stark_verifier::verify::verify;
use hearth_stark_verifier::weights::IntervalState;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::circuit::{Circuit, Gate, Operand};
use crate::element::{Base, Ext, Tape};

/// The circuit of a key's verifier.
///
/// # Errors
/// None by the verifier as it is: recorded assertions do not fail.
pub fn record<A: Chip>(key: &Key<A>) -> Result<Circuit, Rejection> {
    record_with(|recorder| {
        recorder.enter(Step::Statement);
        let public = recorder.public(key.public_values);
        verify(key, recorder, &public)
    })
}

/// The circuit of what a function does with the recorder.
///
/// # Errors
/// Those of the function.
pub fn record_with(run: impl for<'t> FnOnce(&mut Recorder<'t>) -> Result<(), Rejection>) -> Result<Circuit, Rejection> {
    let tape = Tape::default();
    run(&mut Recorder { tape: &tape })?;
    Ok(tape.finish())
}

/// Records gates on a tape.
pub struct Recorder<'t> {
    tape: &'t Tape,
}

impl<'t> Recorder<'t> {
    /// The `count` base outputs of a new gate.
    fn base(&mut self, gate: Gate, count: usize) -> Vec<Base<'t>> {
        let outputs = self.tape.with(|circuit| circuit.push(gate));
        (0..count).map(|i| Base::output(self.tape, outputs, i)).collect()
    }

    /// The next `count` public values.
    pub fn public(&mut self, count: usize) -> Vec<Base<'t>> {
        (0..count).map(|_| self.base(Gate::Public, 1)[0]).collect()
    }

    fn log(&mut self, event: Event<Operand<F>>) {
        self.tape.with(|circuit| circuit.transcript.push(event));
    }
}

impl<'t> Context for Recorder<'t> {
    type Base = Base<'t>;
    type Ext = Ext<'t>;

    fn read(&mut self) -> Result<Base<'t>, Rejection> {
        Ok(self.base(Gate::Word, 1)[0])
    }

    fn ext(&self, coordinates: [Base<'t>; DEGREE]) -> Ext<'t> {
        let gate = Gate::Pack(coordinates.map(|coordinate| coordinate.operand));
        Ext::output(self.tape, self.tape.with(|circuit| circuit.push(gate)), 0)
    }

    fn permute(&mut self, state: &mut [Base<'t>; WIDTH]) {
        let gate = Gate::Permutation(Box::new(state.map(|element| element.operand)));
        state.copy_from_slice(&self.base(gate, WIDTH));
    }

    fn low_bits(&mut self, value: Base<'t>, count: usize) -> Vec<Base<'t>> {
        match value.known() {
            Some(value) => (0..count).map(|i| Base::from_bool(value.as_canonical_u32() >> i & 1 == 1)).collect(),
            None => self.base(Gate::Bits(value.operand, count), count),
        }
    }

    fn select(&mut self, nodes: &[[Base<'t>; DIGEST]], bits: &[Base<'t>]) -> [Base<'t>; DIGEST] {
        let nodes = nodes.iter().map(|node| node.map(|element| element.operand)).collect();
        let bits = bits.iter().map(|bit| bit.operand).collect();
        let outputs = self.base(Gate::Select(nodes, bits), DIGEST);
        core::array::from_fn(|i| outputs[i])
    }

    fn interval_step(
        &mut self,
        state: &IntervalState<Ext<'t>>,
        x: Ext<'t>,
        y: Ext<'t>,
        start: Base<'t>,
        end: Base<'t>,
    ) -> IntervalState<Ext<'t>> {
        let [[a, b], [c, d]] = *state;
        let elements = Box::new([a, b, c, d, x, y].map(|element| element.operand));
        let outputs = self.tape.with(|circuit| circuit.push(Gate::Interval(elements, [start.operand, end.operand])));
        let output = |i| Ext::output(self.tape, outputs, i);
        [[output(0), output(1)], [output(2), output(3)]]
    }

    fn power_step(&mut self, product: Ext<'t>, rho: Ext<'t>, power: Base<'t>) -> (Ext<'t>, Base<'t>) {
        let gate = Gate::Power([product.operand, rho.operand], power.operand);
        let outputs = self.tape.with(|circuit| circuit.push(gate));
        (Ext::output(self.tape, outputs, 0), Base::output(self.tape, outputs, 0))
    }

    fn assert_zero(&mut self, check: Check, value: Ext<'t>) -> Result<(), Rejection> {
        self.tape.with(|circuit| circuit.push(Gate::Zero(check, value.operand)));
        Ok(())
    }

    fn assert_nonzero(&mut self, check: Check, value: Ext<'t>) -> Result<(), Rejection> {
        self.tape.with(|circuit| circuit.push(Gate::Nonzero(check, value.operand)));
        Ok(())
    }

    fn enter(&mut self, step: Step) {
        self.tape.with(|circuit| circuit.steps.push((circuit.gates.len(), step)));
    }

    fn absorbed(&mut self, element: Base<'t>) {
        self.log(Event::Absorbed(element.operand));
    }

    fn squeezed(&mut self, element: Base<'t>) {
        self.log(Event::Squeezed(element.operand));
    }
}

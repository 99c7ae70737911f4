//! The prover on a device that is not the processor: one that waits, fails, or computes wrongly.

// Their keys are those of a class, and take too long here.
#[allow(dead_code)]
#[path = "../toy/circuit.rs"]
mod circuit;
mod faulty;
#[allow(dead_code)]
#[path = "../toy/mod.rs"]
mod toy;

use std::sync::Arc;

use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::device::DeviceError;
use hearth_stark_prover::forge::{Watch, Watched};
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{CpuDevice, Preprocessed, Progress, ProveError, Stack, Unwatched, prove_on, prove_stack};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::step::Step;
use hearth_stark_verifier::verify::verify;
use pollster::block_on;

use faulty::{Fault, Faulty};

/// Little to grind and few queries, so that there is time for a proof per operation. Of each there is still some.
fn params() -> StarkParams {
    StarkParams {
        queries: &[20, 20],
        bus_grinding: 4,
        constraint_grinding: 4,
        fold_grinding: 4,
        query_grinding: 4,
        ..StarkParams::of(SizeClass::Test18)
    }
}

type Outcome = Result<Vec<u8>, ProveError<DeviceError, core::convert::Infallible>>;

/// A key, a trace and public values.
struct Claim<A> {
    key: Key<A>,
    stack: Stack,
    public: Vec<F>,
}

fn plain() -> Claim<toy::Toy> {
    let chips = vec![toy::Toy::Step, toy::Toy::Cube, toy::Toy::Range, toy::Toy::Ends];
    let key = Key::new(chips, 4, params()).expect("a key");
    let (tables, public) = toy::trace(3, 200);
    Claim { stack: Stack::new(&key, &tables).expect("a trace of the key"), key, public }
}

fn joint() -> Claim<circuit::Circuit> {
    let (columns, values) = circuit::wires();
    let (tables, public) = circuit::trace(values);
    let empty = || p3_matrix::dense::RowMajorMatrix::new(Vec::new(), 0);
    let preprocessed = [empty(), columns, empty(), empty()];
    let (key, preprocessed) =
        Preprocessed::setup::<Native, _>(circuit::chips(), 4, params(), &preprocessed).expect("a key");
    let stack = Stack::with_preprocessed(&key, &Arc::new(preprocessed), &tables).expect("a trace of the key");
    Claim { key, stack, public }
}

/// The places of the operations from `first` on.
fn from(operations: &[&str], first: &str) -> core::ops::Range<usize> {
    operations.iter().position(|&name| name == first).expect("the prover asks for it")..operations.len()
}

/// Where the operations begin that are other ones with preprocessed columns. `HEARTH_FULL=1` begins with the first of all.
fn of_joint() -> &'static str {
    if std::env::var_os("HEARTH_FULL").is_some() { "load" } else { "opening" }
}

impl<A: Chip> Claim<A> {
    /// The proof on a device with a fault, and the operations.
    fn prove(&self, fault: Option<(usize, Fault)>) -> (Outcome, Vec<&'static str>) {
        let device = Faulty::new(fault);
        let proof = block_on(prove_on(&device, &self.key, &self.stack, &self.public, Unwatched));
        (proof, device.log.into_inner())
    }

    /// The operations of a proof without a fault, which is that of the processor.
    fn operations(&self) -> Vec<&'static str> {
        let (proof, operations) = self.prove(None);
        let expected = prove_stack::<Native, _>(&self.key, &self.stack, &self.public).expect("a proof");
        assert!(proof.as_ref() == Ok(&expected), "the processor gives another proof");
        self.key.verify(&self.public, &expected).expect("accepted");
        operations
    }

    fn fails_at_each_operation(&self, first: &str) {
        let operations = self.operations();
        let errors = [DeviceError::Lost { reason: "unplugged".into() }, DeviceError::OutOfMemory { bytes: 1 << 30 }];
        for at in from(&operations, first) {
            let error = &errors[at % 2];
            let (proof, made) = self.prove(Some((at, Fault::Fails(error.clone()))));
            assert_eq!(proof, Err(ProveError::Device(error.clone())), "operation {at}, {}", operations[at]);
            assert_eq!(made, operations[..=at], "the prover went on");
        }
    }

    fn is_wrong_at_each_operation(&self, first: &str) {
        let operations = self.operations();
        // The stack cannot be changed, and the first layer has no variables, so that nothing depends on how it is batched.
        let layer = operations.iter().position(|&name| name == "layer");
        for at in from(&operations, first).filter(|&at| operations[at] != "load" && Some(at) != layer) {
            let (proof, made) = self.prove(Some((at, Fault::IsWrong)));
            let proof = proof.expect("the device does not fail");
            assert_eq!(made, operations);
            let verdict = self.key.verify(&self.public, &proof);
            assert!(verdict.is_err(), "operation {at}, {}, is wrong and the proof accepted", operations[at]);
        }
    }

    fn is_short_where_there_is_a_length(&self) {
        let lists = ["commit", "zerocheck_end", "fold", "last_fold", "open", "open_preprocessed"];
        let operations = self.operations();
        for at in (0..operations.len()).filter(|&at| lists.contains(&operations[at])) {
            let (proof, _) = self.prove(Some((at, Fault::IsShort)));
            let verdict = self.key.verify(&self.public, &proof.expect("the device does not fail"));
            assert!(verdict.is_err(), "operation {at}, {}, is short and the proof accepted", operations[at]);
        }
    }
}

#[test]
fn an_error_at_any_operation_ends_the_proof_with_it() {
    plain().fails_at_each_operation("load");
    joint().fails_at_each_operation(of_joint());
}

#[test]
fn a_wrong_answer_to_any_operation_makes_a_proof_that_is_refused() {
    plain().is_wrong_at_each_operation("load");
    joint().is_wrong_at_each_operation(of_joint());
}

#[test]
fn a_short_answer_makes_a_proof_that_is_refused() {
    plain().is_short_where_there_is_a_length();
    joint().is_short_where_there_is_a_length();
}

/// Hears of steps, and stops at one.
#[derive(Default)]
struct Stops {
    steps: Vec<Step>,
    at: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
struct Stopped;

impl Progress for &mut Stops {
    type Stop = Stopped;

    async fn enter(&mut self, step: Step) -> Result<(), Stopped> {
        self.steps.push(step);
        if self.at == Some(self.steps.len() - 1) { Err(Stopped) } else { Ok(()) }
    }
}

impl Watch for Stops {
    fn entered(&mut self, step: Step) {
        self.steps.push(step);
    }
}

#[test]
fn progress_hears_of_the_verifiers_steps_and_can_stop_at_each() {
    let Claim { key, stack, public } = plain();
    let device = CpuDevice::<Native>::default();
    let mut all = Stops::default();
    let proof = block_on(prove_on(&device, &key, &stack, &public, &mut all)).expect("a proof");

    let mut context = Watched::new(&proof, Stops::default());
    verify(&key, &mut context, &public).expect("accepted");
    let mut of_verifier = context.watch.steps;
    of_verifier.dedup();
    let mut of_prover = all.steps.clone();
    of_prover.dedup();
    // The last two are the verifier's alone: the prover has no weight to evaluate.
    of_prover.extend([Step::StackWeight, Step::QueryWeights]);
    assert_eq!(of_prover, of_verifier);

    for at in 0..all.steps.len() {
        let mut stops = Stops { at: Some(at), ..Stops::default() };
        let stopped = block_on(prove_on(&device, &key, &stack, &public, &mut stops));
        assert_eq!(stopped, Err(ProveError::Cancelled(Stopped)));
        assert_eq!(stops.steps, all.steps[..=at], "the prover went on");
    }
}

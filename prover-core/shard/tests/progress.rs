//! Who listens to a proof hears of each step, may take his time, and may end it.

use std::future::poll_fn;
use std::task::Poll;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_shard::progress::{GoOn, Step};
use hearth_shard::prover::{ShardError, ShardProver, Stage};
use hearth_shard::verifier::ShardVerifier;
use hearth_soundness::SizeClass;
use pollster::block_on;

const CLASS: SizeClass = SizeClass::Test20;

/// Says `answer` once it has been asked twice, as a tab does that has its other work done first.
fn later(answer: bool) -> GoOn {
    let mut has_waited = false;
    Box::pin(poll_fn(move |context| {
        if std::mem::replace(&mut has_waited, true) {
            return Poll::Ready(answer);
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }))
}

#[test]
fn a_listener_hears_of_each_step_and_can_end_the_work_at_it() {
    let hasher = Hasher::new();
    let elf = include_bytes!("../../../guests/elf/fibonacci.elf");
    let program = Program::from_elf(&hasher, elf).expect("a valid guest");
    let mut cutter = Cutter::new(&hasher, &program, &9u64.to_le_bytes(), Limits::steps(100)).expect("a short input");
    let package = cutter.next_shard().expect("the guest does not fault").expect("a first shard").package;
    let prover = ShardProver::new(CLASS).expect("the tables fit");

    let mut stages = Vec::new();
    let proof = block_on(prover.prove_watched(&package, |stage| {
        stages.push(stage);
        later(true)
    }));
    let (proof, _) = proof.expect("an honest package");
    let verifier = ShardVerifier::new(CLASS).expect("the tables fit");
    verifier.verify(&proof.statement, proof.key as u8, &proof.bytes).expect("an honest proof");
    assert_eq!(stages[..3], [Stage::Replaying, Stage::Tracing, Stage::Proving]);
    for step in [Step::Statement, Step::Fractions, Step::ZerocheckRounds, Step::Queries, Step::LastRounds] {
        assert!(stages.contains(&Stage::Step(step)), "nothing is heard of {step:?}");
    }

    for last in [0, 1, 2, 3, stages.len() / 2, stages.len() - 1] {
        let mut heard = 0;
        let ended = block_on(prover.prove_watched(&package, |_| {
            heard += 1;
            later(heard <= last)
        }));
        assert!(matches!(ended, Err(ShardError::Cancelled)), "stage {last}: {:?}", ended.map(|_| ()));
        assert_eq!(heard, last + 1, "the prover went on");
    }
}

//! The WHIR backend on the toy machine: honest proofs are accepted, everything else is refused.

use hearth_shard::backend::{F, HeightError, ProveError, VerifyError, WhirKey};
use hearth_soundness::SizeClass;
use p3_field::PrimeCharacteristicRing;

use crate::toy::{RANGE, Run, STATE, Toy, chips, run};

const BITS: u8 = 10;
/// Chips by their position.
const STEP: usize = 1;
const TABLE: usize = 2;

fn key() -> WhirKey<Toy> {
    WhirKey::setup(chips(BITS), SizeClass::Test18).expect("the toy chips make a key")
}

fn prove(key: &WhirKey<Toy>, run: Run) -> Vec<u8> {
    key.prove(run.traces, &run.public_values).expect("a proof comes out")
}

/// The cell at (chip, row, column) of a run.
fn cell(run: &mut Run, chip: usize, row: usize, column: usize) -> &mut F {
    let trace = &mut run.traces[chip];
    &mut trace.values[row * trace.width + column]
}

/// Refused by the proof system itself, not by a check of the envelope.
fn assert_invalid(result: Result<Vec<u8>, VerifyError>, step: &str) {
    match result {
        Err(VerifyError::Invalid(message)) => assert!(message.contains(step), "{message}"),
        other => panic!("expected an invalid proof, got {other:?}"),
    }
}

#[test]
fn honest_runs_of_several_heights_are_accepted_under_one_key() {
    let key = key();
    for (steps, log_height) in [(1, 7), (128, 7), (1000, 10), (5000, 13)] {
        let run = run(steps, log_height, BITS);
        let public_values = run.public_values.clone();
        let bytes = prove(&key, run);
        assert_eq!(key.verify(&public_values, &bytes), Ok(vec![7, log_height, BITS]));
    }
}

#[test]
fn every_public_value_is_bound() {
    let key = key();
    let run = run(100, 7, BITS);
    let public_values = run.public_values.clone();
    let bytes = prove(&key, run);
    for index in 0..public_values.len() {
        let mut other = public_values.clone();
        other[index] += F::ONE;
        assert!(key.verify(&other, &bytes).is_err(), "public value {index}");
    }
    assert_eq!(key.verify(&public_values[..2], &bytes), Err(VerifyError::PublicValues { expected: 3, actual: 2 }));
}

#[test]
fn a_broken_constraint_is_refused_by_the_sumcheck() {
    let key = key();
    for column in 20..30 {
        let mut run = run(100, 7, BITS);
        *cell(&mut run, STEP, 3, column) += F::ONE;
        let public_values = run.public_values.clone();
        assert_invalid(key.verify(&public_values, &prove(&key, run)), "zerocheck");
    }
}

#[test]
fn a_forged_state_chain_is_refused() {
    let key = key();
    let mut run = run(100, 7, BITS);
    // The run is claimed to end elsewhere.
    run.public_values[2] += F::ONE;
    let public_values = run.public_values.clone();
    let bytes = key.prove_muted(&[STATE], run.traces, &public_values).expect("a forged proof comes out");
    assert_invalid(key.verify(&public_values, &bytes), "zerocheck");
}

#[test]
fn a_forged_range_check_is_refused() {
    let key = key();
    let mut run = run(100, 7, BITS);
    *cell(&mut run, TABLE, 5, 1) += F::ONE;
    let public_values = run.public_values.clone();
    let bytes = key.prove_muted(&[RANGE], run.traces, &public_values).expect("a forged proof comes out");
    assert_invalid(key.verify(&public_values, &bytes), "zerocheck");
}

#[test]
fn an_active_second_row_of_the_ends_is_refused() {
    let key = key();
    let mut run = run(100, 7, BITS);
    *cell(&mut run, 0, 9, 0) = F::ONE;
    let public_values = run.public_values.clone();
    let bytes = key.prove_muted(&[STATE], run.traces, &public_values).expect("a forged proof comes out");
    assert_invalid(key.verify(&public_values, &bytes), "zerocheck");
}

#[test]
fn muting_nothing_is_an_honest_proof() {
    let key = key();
    let run = run(100, 7, BITS);
    let bytes = key.prove_muted(&[], run.traces, &run.public_values).expect("a proof comes out");
    assert!(key.verify(&run.public_values, &bytes).is_ok());
}

#[test]
fn wrong_traces_are_errors_of_the_prover() {
    let key = key();
    let mut few = run(10, 7, BITS);
    few.traces.pop();
    assert_eq!(key.prove(few.traces, &few.public_values), Err(ProveError::TraceCount { expected: 3, actual: 2 }));
    let table = run(10, 7, BITS + 1);
    assert!(matches!(
        key.prove(table.traces, &table.public_values),
        Err(ProveError::Heights(HeightError::Rule { actual: 11, min: 10, max: 10, .. }))
    ));
    let large = run(10, 13, BITS);
    assert!(key.prove(large.traces, &large.public_values).is_ok());
    let larger = run(10, 14, BITS);
    assert!(matches!(
        key.prove(larger.traces, &larger.public_values),
        Err(ProveError::Heights(HeightError::Cells { log_cells: 18, .. }))
    ));
}

#[test]
fn keys_differ_in_chips_order_class_and_constraints() {
    let digest = |chips, class| WhirKey::setup(chips, class).expect("a key").digest();
    let base = digest(chips(BITS), SizeClass::Test18);
    assert_eq!(base, digest(chips(BITS), SizeClass::Test18));
    assert_ne!(base, digest(chips(BITS), SizeClass::Test20));
    let mut swapped = chips(BITS);
    swapped.swap(0, 1);
    assert_ne!(base, digest(swapped, SizeClass::Test18));
    // The same shape and height rule with another constant in one constraint.
    let mut other = chips(BITS);
    other[TABLE].air = Toy::Range(BITS + 1);
    assert_ne!(base, digest(other, SizeClass::Test18));
}

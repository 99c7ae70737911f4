//! A proof inside a proof.

mod checker;
#[path = "../../stark/prover/tests/toy/mod.rs"]
mod toy;

use hearth_recursion::{Compiled, compile};
use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_circuit::{Circuit, record};
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{Preprocessed, Stack, prove, prove_stack};
use hearth_stark_verifier::field::F;
use p3_field::PrimeCharacteristicRing;
use std::sync::Arc;

fn words(proof: &[u8]) -> Vec<F> {
    proof.as_chunks::<4>().0.iter().map(|word| F::from_u32(u32::from_le_bytes(*word))).collect()
}

/// The compiled verifier of a small machine, and a proof of it with its public values.
fn honest() -> (Circuit, Compiled, Vec<F>, Vec<F>) {
    let key = toy::key(SizeClass::Test18);
    let circuit = record(&key).unwrap();
    let compiled = compile(&circuit).unwrap();
    let (tables, public) = toy::trace(3, 700);
    let proof = words(&prove::<Native, _>(&key, &tables, &public).unwrap());
    (circuit, compiled, public, proof)
}

#[test]
fn an_honest_assignment_satisfies_all_tables() {
    let (circuit, compiled, public, proof) = honest();
    let assignment = circuit.assign(&public, &proof).unwrap();
    let report = checker::check(&compiled, &compiled.preprocessed(), &compiled.trace(&assignment), &public);
    assert_eq!(report, checker::Report::default());
}

/// The compiled verifier is proved by the protocol that it verifies.
#[test]
fn a_proof_of_a_proof() {
    let (circuit, compiled, public, proof) = honest();
    let assignment = circuit.assign(&public, &proof).unwrap();
    let params = StarkParams::of(SizeClass::Test22);
    let (key, preprocessed) =
        Preprocessed::setup::<Native, _>(compiled.chips(), public.len(), params, &compiled.preprocessed()).unwrap();
    let stack = Stack::with_preprocessed(&key, &Arc::new(preprocessed), &compiled.trace(&assignment)).unwrap();
    let outer = prove_stack::<Native, _>(&key, &stack, &public).unwrap();
    assert_eq!(key.verify(&public, &outer), Ok(()));
    let mut other = public.clone();
    other[2] += F::ONE;
    assert!(key.verify(&other, &outer).is_err());
}

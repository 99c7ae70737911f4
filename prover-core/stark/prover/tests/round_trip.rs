//! Honest proofs are accepted, whatever the heights.

mod toy;

use hearth_soundness::SizeClass;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::prove;
use hearth_stark_verifier::field::F;
use p3_field::PrimeCharacteristicRing;

#[test]
fn honest_proofs_verify() {
    let key = toy::key(SizeClass::Test18);
    for steps in [5000, 0, 1, 128, 129, 3 * 128] {
        let (tables, public) = toy::trace(7, steps);
        let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
        assert_eq!(key.verify(&public, &proof), Ok(()), "{steps} steps, {} bytes", proof.len());
        let mut wrong = public.clone();
        wrong[2] += F::ONE;
        assert!(key.verify(&wrong, &proof).is_err());
    }
}

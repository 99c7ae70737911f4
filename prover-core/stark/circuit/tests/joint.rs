//! The recorded verifier of a key with preprocessed columns.

#[path = "../../prover/tests/toy/circuit.rs"]
mod circuit;
#[path = "../../prover/tests/toy/mod.rs"]
mod toy;

use hearth_machine::hash::RATE;
use hearth_stark_circuit::{Unsatisfied, record};
use hearth_stark_prover::forge::{Watch, Watched};
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{Stack, prove_stack};
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::verify::verify;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// Counts assertions.
#[derive(Default)]
struct Assertions(usize);

impl Watch for Assertions {
    fn asserted(&mut self, _: Check, _: E, outcome: Result<(), Rejection>) -> Result<(), Rejection> {
        self.0 += 1;
        outcome
    }
}

/// It has as many assertions as the native verifier makes, is satisfied by an honest proof, and is not by one with a wrong word,
/// of the leaves and paths of either oracle and of all that comes before them; both refuse by the same check.
#[test]
fn circuit_and_verifier_agree() {
    let (columns, values) = circuit::wires();
    let (key, preprocessed) = circuit::setup(columns);
    let (tables, public) = circuit::trace(values);
    let stack = Stack::with_preprocessed(&key, &preprocessed, &tables).unwrap();
    let proof = prove_stack::<Native, _>(&key, &stack, &public).unwrap();

    let recorded = record(&key).unwrap();
    let mut native = Watched::new(&proof, Assertions::default());
    verify(&key, &mut native, &public).unwrap();
    assert_eq!(recorded.counts().1.assertions, native.watch.0);

    // A leaf and a path more for each query of the first oracle, beside what the chip itself takes.
    let plain = record(&toy::key(circuit::CLASS)).unwrap().counts().1.permutations;
    let depth = key.params.log_domain(0) - key.params.log_cap(0);
    let leaf = (1usize << key.params.folds[0]).div_ceil(RATE);
    assert!(recorded.counts().1.permutations - plain > key.params.queries[0] * (leaf + depth));

    let mut words: Vec<F> =
        proof.as_chunks::<4>().0.iter().map(|word| F::from_u32(u32::from_le_bytes(*word))).collect();
    let assignment = recorded.assign(&public, &words).unwrap();
    assert_eq!(recorded.check(&public, &assignment), Ok(()));
    let count = words.len();
    for word in (0..count).step_by(count / 50) {
        words[word] += F::ONE;
        let assignment = recorded.assign(&public, &words).unwrap();
        let Err(Unsatisfied::Assertion { check, .. }) = recorded.check(&public, &assignment) else {
            panic!("word {word} of {count}");
        };
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.as_canonical_u32().to_le_bytes()).collect();
        assert_eq!(key.verify(&public, &bytes), Err(Rejection::Failed(check)), "word {word} of {count}");
        words[word] -= F::ONE;
    }
}

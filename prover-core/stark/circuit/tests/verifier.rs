//! The recorded verifier is the verifier: it accepts and refuses the same proofs by the same checks, absorbs and squeezes
//! the same, and every gate of it counts.

#[path = "../../prover/tests/hostile/parts.rs"]
mod parts;
#[path = "../../prover/tests/hostile/small.rs"]
mod small;
#[path = "../../prover/tests/toy/mod.rs"]
mod toy;

use std::collections::BTreeMap;
use std::mem::discriminant;

use hearth_soundness::SizeClass;
use hearth_stark_circuit::circuit::{Gate, Operand};
use hearth_stark_circuit::{Assignment, Circuit, Unsatisfied, record};
use hearth_stark_prover::forge::{Forgery, Log, Watch, Watched};
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{prove, prove_forged};
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::verify::verify;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

fn words(proof: &[u8]) -> Vec<F> {
    proof.as_chunks::<4>().0.iter().map(|word| F::from_u32(u32::from_le_bytes(*word))).collect()
}

fn bytes(words: &[F]) -> Vec<u8> {
    words.iter().flat_map(|word| word.as_canonical_u32().to_le_bytes()).collect()
}

/// A circuit with an honest proof and its assignment.
fn honest(ticks: usize) -> (Circuit, Vec<F>, Vec<F>, Assignment) {
    let key = small::key();
    let circuit = record(&key).unwrap();
    let (tables, public) = small::trace(ticks);
    let words = words(&prove::<Native, _>(&key, &tables, &public).unwrap());
    let assignment = circuit.assign(&public, &words).unwrap();
    (circuit, public, words, assignment)
}

#[test]
fn honest_proofs_satisfy_it() {
    for ticks in [0, 1, 200] {
        let (circuit, public, words, assignment) = honest(ticks);
        assert_eq!(circuit.check(&public, &assignment), Ok(()));
        assert_eq!(circuit.words(), words.len());
        assert!(circuit.assign(&public[1..], &words).is_err());
        assert!(circuit.assign(&public, &words[1..]).is_err());
    }
}

/// The parameters of a class: as many queries as a real proof has.
#[test]
fn a_proof_of_a_class_satisfies_it() {
    let key = toy::key(SizeClass::Test18);
    let circuit = record(&key).unwrap();
    let (tables, public) = toy::trace(3, 700);
    let mut words = words(&prove::<Native, _>(&key, &tables, &public).unwrap());
    let assignment = circuit.assign(&public, &words).unwrap();
    assert_eq!(circuit.check(&public, &assignment), Ok(()));
    for part in parts::of_kind(&key, "path").into_iter().step_by(100) {
        words[part.start] += F::ONE;
        let assignment = circuit.assign(&public, &words).unwrap();
        let refused = circuit.check(&public, &assignment);
        assert!(matches!(refused, Err(Unsatisfied::Assertion { check: Check::Path, .. })));
        words[part.start] -= F::ONE;
    }
}

/// A word of every part of a proof, changed: the circuit is not satisfied, by the check that the native verifier names.
#[test]
fn a_wrong_word_of_every_part_does_not() {
    let key = small::key();
    let (circuit, public, words, _) = honest(200);
    let mut refused: BTreeMap<Check, usize> = BTreeMap::new();
    for (kind, part) in parts::parts(&key) {
        for word in if part.is_empty() { vec![] } else { vec![part.start, part.end - 1] } {
            let mut forged = words.clone();
            forged[word] += F::ONE;
            let assignment = circuit.assign(&public, &forged).unwrap();
            let Err(Unsatisfied::Assertion { check, .. }) = circuit.check(&public, &assignment) else {
                panic!("{kind}: word {word}");
            };
            assert_eq!(key.verify(&public, &bytes(&forged)), Err(Rejection::Failed(check)), "{kind}: word {word}");
            *refused.entry(check).or_default() += 1;
        }
    }
    assert!(refused.len() >= 7, "{refused:?}");
    let mut other = public.clone();
    other[1] += F::ONE;
    let assignment = circuit.assign(&other, &words).unwrap();
    assert!(circuit.check(&other, &assignment).is_err());
}

/// Every word of the columns' values is in the last check of the zerocheck.
#[test]
fn every_column_counts() {
    let (circuit, public, words, _) = honest(200);
    for word in parts::of_kind(&small::key(), "columns")[0].clone() {
        let mut forged = words.clone();
        forged[word] += F::ONE;
        let assignment = circuit.assign(&public, &forged).unwrap();
        let refused = circuit.check(&public, &assignment);
        assert!(matches!(refused, Err(Unsatisfied::Assertion { check: Check::ZerocheckEnd, .. })), "word {word}");
    }
}

/// A public value is not the prover's to choose, whatever the words are.
#[test]
fn public_values_are_given() {
    let (circuit, public, _, assignment) = honest(200);
    let mut other = public.clone();
    other[0] += F::ONE;
    assert!(matches!(circuit.check(&other, &assignment), Err(Unsatisfied::Output(_))));
}

/// A gate, and its first output wires.
type Outputs = (usize, Option<usize>, Option<usize>);

/// Every kind of gate: a wrong output of it is noticed there, be it the first or the last gate of its kind.
#[test]
fn every_gate_counts() {
    let (circuit, public, _, assignment) = honest(200);
    let kind = |gate: &Gate| {
        let operation = match gate {
            Gate::Base(operation, ..) | Gate::Ext(operation, ..) => Some(discriminant(operation)),
            _ => None,
        };
        (discriminant(gate), operation)
    };
    // First output wires, by gate.
    let (mut base, mut ext) = (0, 0);
    let mut ends: Vec<(_, [Outputs; 2])> = Vec::new();
    for (number, gate) in circuit.gates().iter().enumerate() {
        let outputs = (gate.base_outputs() > 0).then_some(base);
        let ext_output = (gate.ext_outputs() > 0).then_some(ext);
        base += gate.base_outputs();
        ext += gate.ext_outputs();
        if matches!(gate, Gate::Word | Gate::Zero(..) | Gate::Nonzero(..)) {
            continue;
        }
        match ends.iter_mut().find(|(found, _)| *found == kind(gate)) {
            Some((_, pair)) => *pair = [pair[0], (number, outputs, ext_output)],
            None => ends.push((kind(gate), [(number, outputs, ext_output); 2])),
        }
    }
    assert_eq!((base, ext), circuit.wires());
    assert_eq!(ends.len(), 14, "public, 3 + 3 operations, mixed, pack, permutation, bits, select, interval, power");
    for (_, pair) in ends {
        for (number, base, ext) in pair {
            let mut forged = assignment.clone();
            if let Some(wire) = base {
                forged.base[wire] += F::ONE;
            }
            if let Some(wire) = ext {
                forged.ext[wire] += E::ONE;
            }
            assert_eq!(circuit.check(&public, &forged), Err(Unsatisfied::Output(number)));
        }
    }
    let mut short = assignment.clone();
    short.ext.pop();
    assert_eq!(circuit.check(&public, &short), Err(Unsatisfied::Wires));
}

/// FS-6: bits are those of the canonical representative: those of the same element plus p, where they fit, are refused.
#[test]
fn bits_are_canonical() {
    let (circuit, public, _, assignment) = honest(200);
    let mut base = 0;
    let mut tried = 0;
    for (number, gate) in circuit.gates().iter().enumerate() {
        if let Gate::Bits(Operand::Wire(wire), count) = gate {
            let value = u64::from(assignment.base[*wire as usize].as_canonical_u32()) + u64::from(F::ORDER_U32);
            let mut forged = assignment.clone();
            for bit in 0..*count {
                forged.base[base + bit] = F::from_bool(value >> bit & 1 == 1);
            }
            // p is 1 modulo 2^24: the lowest bit differs.
            assert_eq!(circuit.check(&public, &forged), Err(Unsatisfied::Output(number)));
            tried += 1;
        }
        base += gate.base_outputs();
    }
    assert!(tried > 20);
}

/// FS-1 (c): prover, native verifier and circuit absorb and squeeze the same.
#[test]
fn one_transcript() {
    let key = small::key();
    let circuit = record(&key).unwrap();
    let (tables, public) = small::trace(200);
    let (proof, log) = prove_forged::<Native, _>(&key, &tables, &public, &Forgery::default()).unwrap();
    let mut native = Watched::new(&proof, Log::default());
    verify(&key, &mut native, &public).unwrap();
    let assignment = circuit.assign(&public, &words(&proof)).unwrap();
    assert!(circuit.transcript_of(&assignment) == log && native.watch.0 == log);
    assert!(log.len() > 1000);
}

/// REC-5 in small, and section 6.4: the circuit has the native verifier's assertions, one by one in its order.
#[test]
fn the_same_assertions() {
    #[derive(Default)]
    struct Checks(Vec<Check>);
    impl Watch for Checks {
        fn asserted(&mut self, check: Check, _: E, outcome: Result<(), Rejection>) -> Result<(), Rejection> {
            self.0.push(check);
            outcome
        }
    }
    let key = small::key();
    let (circuit, public, words, _) = honest(200);
    let proof = bytes(&words);
    let mut native = Watched::new(&proof, Checks::default());
    verify(&key, &mut native, &public).unwrap();
    let recorded: Vec<Check> = circuit
        .gates()
        .iter()
        .filter_map(|gate| match gate {
            Gate::Zero(check, _) | Gate::Nonzero(check, _) => Some(*check),
            _ => None,
        })
        .collect();
    assert_eq!(recorded, native.watch.0);
}

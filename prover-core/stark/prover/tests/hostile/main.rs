//! Proofs that are not of an honest prover are refused, each by a typed rejection.
//!
//! | module | holds |
//! |---|---|
//! | here | the toy machine at a class's own parameters: words, cells, runs, statements |
//! | `assertions` | every assertion is needed |
//! | `steps` | a cheat in each step of the protocol |
//! | `transcript` | what challenges depend on |
//! | `encoding` | a proof has one form |
//! | `heights` | heights that disagree |
//! | `keys` | what gets no key |
//! | `mutants` | bytes at random |
//! | `lanes` | the same proof with all vectors |

mod assertions;
mod audit;
mod encoding;
mod heights;
mod keys;
mod lanes;
mod mutants;
mod parts;
mod small;
mod steps;
#[path = "../toy/mod.rs"]
mod toy;
mod transcript;
mod wide;

use std::collections::BTreeSet;

use hearth_soundness::SizeClass;
use hearth_soundness::stark::LOG_TILE;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::prove;
use hearth_stark_prover::stack::TraceError;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::F;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::parts::parts;

const CLASS: SizeClass = SizeClass::Test18;

/// FS-1 (a): a word of every part, changed in every way, is refused; the parts are the whole proof.
#[test]
fn every_part_counts() {
    let key = toy::key(CLASS);
    let (tables, public) = toy::trace(3, 700);
    let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
    assert_eq!(key.verify(&public, &proof), Ok(()));
    let mut seen = BTreeSet::new();
    let mut rejections = BTreeSet::new();
    for (number, (name, part)) in parts(&key).into_iter().enumerate() {
        // Openings and layers are many: the first of each kind, and every 40th.
        let tried = !part.is_empty() && (seen.insert(name) || number % 40 == 0);
        for word in [part.start, part.end.wrapping_sub(1)].into_iter().filter(|_| tried) {
            let place = word * 4..word * 4 + 4;
            let honest = u32::from_le_bytes(proof[place.clone()].try_into().unwrap());
            for value in [(honest + 1) % F::ORDER_U32, F::ORDER_U32 - 1 - honest, F::ORDER_U32, u32::MAX] {
                if value == honest {
                    continue;
                }
                let mut forged = proof.clone();
                forged[place.clone()].copy_from_slice(&value.to_le_bytes());
                let rejection = key.verify(&public, &forged).expect_err(name);
                if value >= F::ORDER_U32 {
                    assert_eq!(rejection, Rejection::NotCanonical(word), "{name}");
                }
                rejections.insert(format!("{rejection:?}").split('(').nth(1).unwrap_or_default().to_string());
            }
        }
    }
    assert_eq!(parts(&key).last().unwrap().1.end * 4, proof.len(), "the parts are the whole proof");
    for check in [
        Check::Grinding,
        Check::Balance,
        Check::FractionLayer,
        Check::ZerocheckSkip,
        Check::ZerocheckEnd,
        Check::Path,
        Check::Opening,
    ] {
        assert!(rejections.contains(&format!("{check:?})")), "{check:?} was never reached: {rejections:?}");
    }
}

/// FS-1: the statement is bound, and its length is the key's.
#[test]
fn other_statements_are_refused() {
    let key = toy::key(CLASS);
    let (tables, public) = toy::trace(3, 100);
    let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
    for i in 0..public.len() {
        let mut other = public.clone();
        other[i] += F::ONE;
        assert!(key.verify(&other, &proof).is_err(), "value {i}");
    }
    let short = &public[1..];
    assert_eq!(key.verify(short, &proof), Err(Rejection::PublicValues { expected: 4, found: 3 }));
    assert_eq!(prove::<Native, _>(&key, &tables, short), Err(TraceError::PublicValues { expected: 4, found: 3 }));
}

/// The prover does not judge: it makes a proof of a wrong trace, and the verifier refuses it. Every column of a first,
/// an inner and a last row.
#[test]
fn wrong_cells_are_refused() {
    let key = toy::key(CLASS);
    let (tables, public) = toy::trace(3, 130);
    for (table, name) in [(0, "step"), (1, "cube"), (2, "range")] {
        let width = tables[table].width;
        // The range table's first column is not committed: what a prover puts there does not matter.
        for column in usize::from(table == 2)..width {
            let rows = tables[table].values.len() / width;
            let row = [0, rows / 2, rows - 1][column % 3];
            let mut forged = tables.clone();
            forged[table].values[row * width + column] += F::ONE;
            let proof = prove::<Native, _>(&key, &forged, &public).unwrap();
            assert!(key.verify(&public, &proof).is_err(), "{name}: row {row}, column {column}");
        }
    }
}

/// A step that is left out, a step too many, a step twice.
#[test]
fn other_runs_are_refused() {
    let key = toy::key(CLASS);
    let (tables, public) = toy::trace(3, 130);
    let (shorter, _) = toy::trace(3, 129);
    let (longer, _) = toy::trace(3, 131);
    let mut twice = tables.clone();
    let step = twice[0].values[..toy::STEP_WIDTH].to_vec();
    twice[0].values.extend(step);
    for (what, forged) in [("shorter", shorter), ("longer", longer), ("twice", twice)] {
        let proof = prove::<Native, _>(&key, &forged, &public).unwrap();
        assert_eq!(key.verify(&public, &proof), Err(Rejection::Failed(Check::Balance)), "{what}");
    }
}

/// Heights are checked by the verifier, not only by the prover.
#[test]
fn heights_are_bounded() {
    let key = toy::key(CLASS);
    let (tables, public) = toy::trace(3, 100);
    let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
    for (height, check) in [
        (1 + (1 << (key.params.log_rows - LOG_TILE)), Check::Height),
        (F::ORDER_U32 - 1, Check::Height),
        (1 << (key.params.log_rows - LOG_TILE), Check::Area),
    ] {
        let mut forged = proof.clone();
        forged[..4].copy_from_slice(&height.to_le_bytes());
        assert_eq!(key.verify(&public, &forged), Err(Rejection::Failed(check)), "{height} tiles");
    }
    let mut short = tables.clone();
    short[2].values.truncate(2 << 15);
    assert!(matches!(prove::<Native, _>(&key, &short, &public), Err(TraceError::Rows { .. })));
    let mut high = tables.clone();
    high[0].values.resize(toy::STEP_WIDTH << 16, F::ZERO);
    assert!(matches!(prove::<Native, _>(&key, &high, &public), Err(TraceError::Area { .. })));
}

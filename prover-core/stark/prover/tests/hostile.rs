//! Proofs that are not of an honest prover are refused, each by a typed rejection.

mod toy;

use std::collections::BTreeSet;

use hearth_soundness::SizeClass;
use hearth_soundness::stark::{LOG_TILE, StarkParams};
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::stack::TraceError;
use hearth_stark_prover::{prove, prove_with_wrong_words};
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, F};
use hearth_stark_verifier::key::{Key, KeyError};
use hearth_stark_verifier::zerocheck::SKIP_VALUES;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use toy::Toy;

const CLASS: SizeClass = SizeClass::Test18;

/// Words of each part of a proof, in its order.
fn parts(key: &Key<Toy>) -> Vec<(&'static str, usize)> {
    let params = &key.params;
    let variables = key.tree_variables();
    let digest = 9;
    let mut parts = vec![
        ("heights", key.shapes.iter().filter(|shape| shape.fixed_rows.is_none()).count()),
        ("cap", digest << params.log_cap(0)),
        ("bus nonce", 1),
        ("sum", 2 * DEGREE),
    ];
    for layer in 0..variables {
        parts.push(("layer rounds", layer * 2 * DEGREE));
        parts.push(("layer halves", 4 * DEGREE));
    }
    parts.push(("constraint nonce", 1));
    parts.push(("skip", SKIP_VALUES * DEGREE));
    parts.push(("zerocheck rounds", (params.log_rows - 3) * 3 * DEGREE));
    parts.push(("columns", key.columns() * DEGREE));
    for k in 0..params.oracles() {
        for _ in 0..params.folds[k] {
            parts.push(("fold round", 2 * DEGREE));
            parts.push(("fold nonce", 1));
        }
        if k + 1 < params.oracles() {
            parts.push(("next cap", digest << params.log_cap(k + 1)));
        } else {
            parts.push(("last polynomial", DEGREE << params.variables(k + 1)));
        }
        parts.push(("query nonce", 1));
        let width = if k == 0 { 1 } else { DEGREE } << params.folds[k];
        let path = digest * (params.log_domain(k) - params.log_cap(k));
        for _ in 0..params.queries[k] {
            parts.push(("leaf", width));
            parts.push(("path", path));
        }
    }
    parts.push(("last rounds", params.variables(params.oracles()) * 2 * DEGREE));
    parts
}

/// PCS-1, FS-2: a word of every part, changed in every way, is refused; the parts are the whole proof.
#[test]
fn every_part_counts() {
    let key = toy::key(CLASS);
    let (tables, public) = toy::trace(3, 700);
    let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
    assert_eq!(key.verify(&public, &proof), Ok(()));
    let mut first = 0;
    let mut seen = BTreeSet::new();
    let mut rejections = BTreeSet::new();
    for (number, (name, words)) in parts(&key).into_iter().enumerate() {
        // Openings and layers are many: the first of each kind, and every 40th.
        let tried = words > 0 && (seen.insert(name) || number % 40 == 0);
        for word in [first, first + words.saturating_sub(1)].into_iter().filter(|_| tried) {
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
        first += words;
    }
    assert_eq!(first * 4, proof.len(), "the parts are the whole proof");
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

/// Section 6.5 of the protocol's acceptance tests: a prover that sends one wrong message of each kind and goes on from
/// there, with the challenges and nonces that follow from it, is refused by the check of that step.
#[test]
fn each_step_refuses_a_consistent_cheat() {
    let key = toy::key(CLASS);
    let (tables, public) = toy::trace(3, 400);
    let expected = [
        ("heights", Check::Opening),
        ("cap", Check::Path),
        ("sum", Check::Balance),
        ("layer rounds", Check::FractionLayer),
        ("layer halves", Check::FractionLayer),
        ("skip", Check::ZerocheckSkip),
        ("zerocheck rounds", Check::ZerocheckEnd),
        ("columns", Check::ZerocheckEnd),
        ("fold round", Check::Opening),
        ("next cap", Check::Path),
        ("last polynomial", Check::Opening),
        ("last rounds", Check::Opening),
    ];
    let parts = parts(&key);
    for (kind, check) in expected {
        let at = parts.iter().position(|&(name, words)| name == kind && words > 0).expect(kind);
        let first: usize = parts[..at].iter().map(|&(_, words)| words).sum();
        // One node of a cap may not be opened; all of them are.
        let words = if kind.ends_with("cap") { parts[at].1 } else { 1 };
        let proof = prove_with_wrong_words::<Native, _>(&key, &tables, &public, first..first + words).unwrap();
        assert_eq!(key.verify(&public, &proof), Err(Rejection::Failed(check)), "{kind}");
    }
}

/// PCS-5: a proof has one length.
#[test]
fn other_lengths_are_refused() {
    let key = toy::key(CLASS);
    let (tables, public) = toy::trace(3, 100);
    let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
    for length in [0, 1, 3, 4, proof.len() / 2, proof.len() - 4, proof.len() - 1] {
        assert_eq!(key.verify(&public, &proof[..length]), Err(Rejection::TooShort), "{length} bytes");
    }
    for more in [1, 4, 1000] {
        let longer = [&proof[..], &vec![0; more]].concat();
        assert_eq!(key.verify(&public, &longer), Err(Rejection::TooLong), "{more} more");
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

/// FS-3, PAR-2: keys that differ in one number, or in a chip, have different digests, and refuse each other's proofs.
#[test]
fn every_parameter_is_bound() {
    let chips = || vec![Toy::Step, Toy::Cube, Toy::Range, Toy::Ends];
    let params = StarkParams::of(CLASS);
    let mut keys = vec![params];
    keys.push(StarkParams { log_cells: params.log_cells + 1, ..params });
    keys.push(StarkParams { log_rows: params.log_rows + 1, ..params });
    keys.push(StarkParams { folds: &[5, 6], ..params });
    keys.push(StarkParams { log_inv_rates: &[1, 3, 5], ..params });
    keys.push(StarkParams { queries: &[311, 192, 135], ..params });
    keys.push(StarkParams { log_cap: params.log_cap - 1, ..params });
    keys.push(StarkParams { bus_grinding: params.bus_grinding - 1, ..params });
    keys.push(StarkParams { constraint_grinding: params.constraint_grinding - 1, ..params });
    keys.push(StarkParams { fold_grinding: params.fold_grinding - 1, ..params });
    keys.push(StarkParams { query_grinding: params.query_grinding - 1, ..params });
    let mut digests: BTreeSet<Vec<u32>> = BTreeSet::new();
    let count = keys.len();
    let mut insert = |key: &Key<Toy>| digests.insert(key.digest.iter().map(|x| x.as_canonical_u32()).collect());
    for params in keys {
        assert!(insert(&Key::new(chips(), 4, params).unwrap()), "{params:?}");
    }
    assert!(insert(&Key::new(chips(), 5, params).unwrap()));
    assert!(insert(&Key::new(vec![Toy::Cube, Toy::Step, Toy::Range, Toy::Ends], 4, params).unwrap()));
    assert!(insert(&Key::new(vec![Toy::Step, Toy::Cube, Toy::Range], 4, params).unwrap()));
    assert_eq!(digests.len(), count + 3);
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

/// Key time: a chip that the protocol cannot prove soundly gets no key.
#[test]
fn two_boundaries_get_no_key() {
    let params = StarkParams::of(CLASS);
    let key = Key::new(vec![Toy::Ends, Toy::Ends], 4, params);
    assert_eq!(key.err(), Some(KeyError::Boundaries));
}

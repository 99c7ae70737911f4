//! The FRI backend on the toy machine.

use hearth_shard::backend::forge::FriProof;
use hearth_shard::backend::{F, FriKey, VerifyError, WhirKey};
use hearth_soundness::{FriParams, FriTable, SHARD_CLAIM, SizeClass};
use p3_field::PrimeCharacteristicRing;
use p3_security::air::composition_error;
use p3_security::deep::deep_ali_error;
use p3_security::fri::{FriRegime, commit_phase_error_udr, query_phase_error};
use p3_security::logup::{LogUpAir, fingerprint_error};
use p3_security::proximity::alpha_udr;
use p3_security::{InstanceShape, SecurityAssumption, StarkAirParams};

use crate::toy::{Toy, chips, run};

const BITS: u8 = 8;

fn key() -> FriKey<Toy> {
    FriKey::setup(chips(BITS), SizeClass::Test18).expect("the toy chips make a key")
}

#[test]
fn the_same_run_is_accepted_and_another_end_is_not() {
    let key = key();
    let run = run(200, 9, BITS);
    let bytes = key.prove(&run.traces, &run.public_values).expect("a proof comes out");
    assert_eq!(key.verify(&run.public_values, &bytes), Ok(vec![7, 9, BITS]));
    for index in 0..run.public_values.len() {
        let mut other = run.public_values.clone();
        other[index] += F::ONE;
        assert!(matches!(key.verify(&other, &bytes), Err(VerifyError::Invalid(_))), "public value {index}");
    }
}

#[test]
fn proofs_of_one_backend_are_refused_by_the_other() {
    let fri = key();
    let whir = WhirKey::setup(chips(BITS), SizeClass::Test18).expect("the toy chips make a key");
    let run = run(20, 7, BITS);
    let bytes = fri.prove(&run.traces, &run.public_values).expect("a proof comes out");
    assert_eq!(whir.verify(&run.public_values, &bytes), Err(VerifyError::Backend(2)));
    let bytes = whir.prove(run.traces, &run.public_values).expect("a proof comes out");
    assert_eq!(fri.verify(&run.public_values, &bytes), Err(VerifyError::Backend(1)));
}

#[test]
fn changed_headers_truncations_and_bytes_are_refused() {
    let key = key();
    let run = run(20, 7, BITS);
    let bytes = key.prove(&run.traces, &run.public_values).expect("a proof comes out");
    for position in (0..64).chain((64..bytes.len()).step_by(bytes.len() / 64)) {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        assert!(key.verify(&run.public_values, &changed).is_err(), "byte {position}");
        assert!(key.verify(&run.public_values, &bytes[..position]).is_err(), "length {position}");
    }
}

/// The published bits are the ones that the parameters give.
#[test]
fn every_class_certifies_what_is_published() {
    for class in SizeClass::ALL {
        let key = FriKey::setup(chips(BITS), class).expect("the toy chips make a key");
        let greatest = u8::try_from(class.log_cells() - 5).expect("a small number");
        for log_heights in [[7, greatest, BITS], [7, 7, BITS]] {
            let report = key.security(&log_heights).expect("allowed heights");
            assert_eq!(report.whole_bits(), Some(SHARD_CLAIM.bits), "{class:?} at {log_heights:?}: {:?}", report.terms);
        }
    }
}

/// p3 has the same bounds for one table of one STARK: ours must not promise more.
#[test]
fn terms_are_those_of_p3_for_one_table() {
    const MODULUS_BITS: usize = 155;
    let table = FriTable { log_height: 20, constraints: 100, degree: 3, openings: 1000, messages: 16 };
    let widest = 30;
    let params = FriParams::of(SizeClass::Real24);

    let air = StarkAirParams {
        num_constraints: table.constraints,
        max_constraint_degree: table.degree,
        num_quotient_chunks: 2,
        max_combo: 2,
    };
    let shape = InstanceShape {
        log_trace_length: table.log_height.into(),
        modulus_bits: MODULUS_BITS,
        collision_resistance: 124,
        num_batched_functions: table.openings,
    };
    let regime = FriRegime {
        log_blowup: params.log_blowup,
        num_queries: params.num_queries,
        log_final_poly_len: params.log_final_poly_len,
        max_log_arity: params.max_log_arity,
        commit_pow_bits: params.commit_pow_bits,
        query_pow_bits: params.query_pow_bits,
    };
    let logup = LogUpAir { num_interactions: table.messages, max_message_width: widest };
    let queries = query_phase_error(alpha_udr(20, 1, 2), params.num_queries, params.query_pow_bits).bits();
    let batching = SecurityAssumption::UniqueDecoding.prox_gaps_error(20, 1, MODULUS_BITS, table.openings);
    // p3 rounds the field up to a whole number of bits, and counts one round of folding where ours sums over all.
    let rounded = MODULUS_BITS as f64 - 154.943;
    let theirs = [
        ("messages", fingerprint_error(&logup, &shape).bits() - rounded, 0.0),
        ("constraints", composition_error(table.constraints, 1.0, MODULUS_BITS).bits() - rounded, 0.0),
        ("out of domain", deep_ali_error(&air, &shape, 1.0).bits() - rounded, 0.0),
        ("batching", batching - rounded, 0.01),
        ("folding", commit_phase_error_udr(&regime, &shape).expect("there are folds").bits() - rounded, 1.2),
        ("queries", queries, 0.0),
    ];
    let ours = params.terms(&[table], widest);
    for (label, bits, less) in theirs {
        let term = ours.iter().find(|term| term.label == label).expect("a known label");
        assert!(term.bits <= bits + 1e-6 && term.bits >= bits - less - 1e-6, "{label}: {} and {bits}", term.bits);
    }
}

/// One structural change of a decoded proof.
type Change = (&'static str, fn(&mut FriProof));

/// Longer, shorter and emptier lists in every place of a proof, and parts that should not be there.
const CHANGES: &[Change] = &[
    ("no heights", |p| p.degree_bits.clear()),
    ("a height less", |p| shorten(&mut p.degree_bits)),
    ("a height more", |p| p.degree_bits.push(7)),
    ("another height", |p| p.degree_bits[1] += 1),
    ("a height beyond all bounds", |p| p.degree_bits[1] = usize::MAX),
    ("no look-ups", |p| p.commitments.permutation = None),
    ("a mask", |p| p.commitments.random = Some(p.commitments.main.clone())),
    ("a terminal less", |p| shorten(&mut p.lookup_terminals)),
    ("no terminal", |p| p.lookup_terminals[0] = None),
    ("another terminal", |p| p.lookup_terminals[0] = p.lookup_terminals[1]),
    ("a chip less", |p| shorten(&mut p.opened_values.instances)),
    ("swapped chips", |p| p.opened_values.instances.swap(0, 1)),
    ("a column less", |p| shorten(&mut p.opened_values.instances[1].base_opened_values.trace_local)),
    ("no next row", |p| p.opened_values.instances[0].base_opened_values.trace_next = None),
    ("a next row", |p| {
        let values = &mut p.opened_values.instances[1].base_opened_values;
        values.trace_next = Some(values.trace_local.clone());
    }),
    ("a quotient less", |p| shorten(&mut p.opened_values.instances[1].base_opened_values.quotient_chunks)),
    ("a shorter quotient", |p| shorten(&mut p.opened_values.instances[1].base_opened_values.quotient_chunks[0])),
    ("no look-up columns", |p| p.opened_values.instances[1].permutation_local.clear()),
    ("a look-up column less", |p| shorten(&mut p.opened_values.instances[1].permutation_next)),
    ("another opening", |p| p.opened_values.instances[1].permutation_next[0] += F::ONE),
    ("grinding where none is due", |p| p.ood_pow_witness += F::ONE),
    ("no grinding for look-ups", |p| p.lookup_pow_witness = None),
    ("no folds", |p| p.opening_proof.commit_phase_commits.clear()),
    ("a fold less", |p| shorten(&mut p.opening_proof.commit_phase_commits)),
    ("a fold's grinding less", |p| shorten(&mut p.opening_proof.commit_pow_witnesses)),
    ("other grinding", |p| p.opening_proof.query_pow_witness += F::ONE),
    ("no last polynomial", |p| p.opening_proof.final_poly.clear()),
    ("a longer last polynomial", |p| p.opening_proof.final_poly.push(Default::default())),
    ("another last polynomial", |p| p.opening_proof.final_poly[0] += F::ONE),
    ("no openings", |p| p.opening_proof.input_openings.clear()),
    ("a query less", |p| shorten(&mut p.opening_proof.input_openings[0].opened_values)),
    ("a query more", |p| {
        let queries = &mut p.opening_proof.input_openings[0].opened_values;
        queries.push(queries[0].clone());
    }),
    ("a row less", |p| shorten(&mut p.opening_proof.input_openings[0].opened_values[0])),
    ("a shorter row", |p| shorten(&mut p.opening_proof.input_openings[0].opened_values[0][1])),
    ("another cell", |p| p.opening_proof.input_openings[0].opened_values[0][1][0] += F::ONE),
    ("no fold openings", |p| p.opening_proof.commit_phase_openings.clear()),
    ("a fold opening less", |p| shorten(&mut p.opening_proof.commit_phase_openings[0].sibling_values)),
    ("a shorter fold opening", |p| shorten(&mut p.opening_proof.commit_phase_openings[0].sibling_values[0])),
];

fn shorten<T>(list: &mut Vec<T>) {
    list.pop();
}

#[test]
fn every_structural_change_is_refused() {
    let key = key();
    let run = run(1500, 11, BITS);
    let bytes = key.prove(&run.traces, &run.public_values).expect("a proof comes out");
    let mut accepted = Vec::new();
    for &(name, change) in CHANGES {
        let changed = key.tampered(&bytes, change).expect("the honest proof decodes");
        if changed != bytes && key.verify(&run.public_values, &changed).is_ok() {
            accepted.push(name);
        }
    }
    assert!(accepted.is_empty(), "accepted: {accepted:?}");
}

/// p3's prover has no checks of its own in this profile: a wrong trace becomes a proof, which is refused.
#[test]
fn wrong_traces_are_refused() {
    let key = key();
    for (chip, cell) in [(0, 1), (1, 0), (1, 3), (2, 2)] {
        let mut run = run(20, 7, BITS);
        run.traces[chip].values[cell] += F::ONE;
        let bytes = key.prove(&run.traces, &run.public_values).expect("a proof comes out");
        let answer = key.verify(&run.public_values, &bytes);
        assert!(matches!(answer, Err(VerifyError::Invalid(_))), "chip {chip}, cell {cell}: {answer:?}");
    }
}

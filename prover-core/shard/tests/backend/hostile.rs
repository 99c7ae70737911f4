//! Proofs that no honest prover made: the verifier answers with an error, whatever the bytes are.

use std::sync::LazyLock;

use hearth_shard::backend::forge::Proof;
use hearth_shard::backend::{F, VerifyError, WhirKey};
use hearth_soundness::SizeClass;
use p3_field::PrimeCharacteristicRing;
use p3_whir::QueryOpenings;

use crate::toy::{Toy, chips, run};

const BITS: u8 = 8;
const HEADER: usize = 7 + 3;

struct Proven {
    key: WhirKey<Toy>,
    public_values: Vec<F>,
    bytes: Vec<u8>,
}

static PROVEN: LazyLock<Proven> = LazyLock::new(|| {
    let key = WhirKey::setup(chips(BITS), SizeClass::Test18).expect("the toy chips make a key");
    let run = run(1500, 11, BITS);
    let bytes = key.prove(run.traces, &run.public_values).expect("a proof comes out");
    Proven { key, public_values: run.public_values, bytes }
});

fn verify(bytes: &[u8]) -> Result<Vec<u8>, VerifyError> {
    PROVEN.key.verify(&PROVEN.public_values, bytes)
}

/// A fixed stream of numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

#[test]
fn every_other_header_is_refused() {
    for position in 0..HEADER {
        for byte in 0..=u8::MAX {
            let mut bytes = PROVEN.bytes.clone();
            if bytes[position] == byte {
                continue;
            }
            bytes[position] = byte;
            // A step chip of another allowed height is the one header that reaches the proof system.
            assert!(verify(&bytes).is_err(), "header byte {position} = {byte}");
        }
    }
    let with = |position: usize, byte: u8| {
        let mut bytes = PROVEN.bytes.clone();
        bytes[position] = byte;
        verify(&bytes)
    };
    assert_eq!(with(0, b'X'), Err(VerifyError::Magic));
    assert_eq!(with(3, 2), Err(VerifyError::Version(2)));
    assert_eq!(with(4, 2), Err(VerifyError::Backend(2)));
    assert_eq!(with(5, 24), Err(VerifyError::Class(24)));
    assert!(matches!(with(6, 2), Err(VerifyError::Heights(_))));
    assert!(matches!(with(9, BITS + 1), Err(VerifyError::Heights(_))));
    assert!(matches!(with(8, 8), Err(VerifyError::Invalid(_))));
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let bytes = &PROVEN.bytes;
    let mut numbers = Numbers(1);
    let lengths = (0..64).chain((0..64).map(|_| numbers.below(bytes.len()))).chain([bytes.len() - 1]);
    for length in lengths.collect::<Vec<_>>() {
        assert!(verify(&bytes[..length]).is_err(), "length {length}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(verify(&longer), Err(VerifyError::NotCanonical));
    longer.resize(SizeClass::Test18.max_proof_bytes() + 1, 0);
    assert!(matches!(verify(&longer), Err(VerifyError::TooLong { .. })));
}

#[test]
fn changed_bytes_are_refused() {
    let mut numbers = Numbers(2);
    for round in 0..200 {
        let mut bytes = PROVEN.bytes.clone();
        // Early bytes hold the lists and their lengths, so they get half of the attention.
        let range = if round % 2 == 0 { bytes.len() - HEADER } else { 4000.min(bytes.len() - HEADER) };
        let position = HEADER + numbers.below(range);
        let byte = match round % 3 {
            0 => bytes[position] ^ (1 << numbers.below(8)),
            1 => u8::MAX,
            _ => 0,
        };
        if bytes[position] == byte {
            continue;
        }
        bytes[position] = byte;
        assert!(verify(&bytes).is_err(), "byte {position} = {byte}");
    }
}

/// One structural change of a decoded proof.
type Change = (&'static str, fn(&mut Proof));

/// Longer, shorter and emptier lists in every place of a proof, and parts that should not be there.
const CHANGES: &[Change] = &[
    ("no lookup", |p| p.lookup = None),
    ("a preprocessed opening", |p| p.preprocessed_opening = Some(p.opening.clone())),
    ("no layers", |p| p.lookup.as_mut().unwrap().layers.clear()),
    ("a layer less", |p| shorten(&mut p.lookup.as_mut().unwrap().layers)),
    ("a layer more", |p| {
        let layers = &mut p.lookup.as_mut().unwrap().layers;
        layers.push(layers[0].clone());
    }),
    ("a layer round less", |p| shorten(&mut p.lookup.as_mut().unwrap().layers.last_mut().unwrap().round_polys)),
    ("a layer round more", |p| p.lookup.as_mut().unwrap().layers[0].round_polys.push(Default::default())),
    ("a zero root", |p| p.lookup.as_mut().unwrap().root_denominator = Default::default()),
    ("no sumcheck rounds", |p| p.sumcheck.round_polys.clear()),
    ("a sumcheck round less", |p| shorten(&mut p.sumcheck.round_polys)),
    ("a sumcheck round more", |p| p.sumcheck.round_polys.push(p.sumcheck.round_polys[0].clone())),
    ("an empty round", |p| p.sumcheck.round_polys[0].clear()),
    ("a longer round", |p| p.sumcheck.round_polys[1].push(Default::default())),
    ("another sum", |p| p.sumcheck.claimed_sum += F::ONE),
    ("grinding where none is due", |p| p.sumcheck.pow_witnesses.push(F::ONE)),
    ("no openings", |p| p.opening.evals.clear()),
    ("an opening less", |p| shorten(&mut p.opening.evals)),
    ("an opening more", |p| p.opening.evals.push(p.opening.evals[0].clone())),
    ("swapped openings", |p| p.opening.evals.swap(0, 1)),
    ("an out-of-domain answer", |p| p.opening.whir.initial_ood_answers.push(Default::default())),
    ("no first fold", |p| p.opening.whir.initial_sumcheck.polynomial_evaluations.clear()),
    ("a fold more", |p| p.opening.whir.initial_sumcheck.polynomial_evaluations.push(Default::default())),
    ("no fold grinding", |p| p.opening.whir.initial_sumcheck.pow_witnesses.clear()),
    ("more fold grinding", |p| p.opening.whir.initial_sumcheck.pow_witnesses.push(F::ONE)),
    ("no rounds", |p| p.opening.whir.rounds.clear()),
    ("a round more", |p| p.opening.whir.rounds.push(p.opening.whir.rounds[0].clone())),
    ("no commitment in a round", |p| p.opening.whir.rounds[0].commitment = None),
    ("an answer in a round", |p| p.opening.whir.rounds[0].ood_answers.push(Default::default())),
    ("no folds in a round", |p| p.opening.whir.rounds[0].sumcheck.polynomial_evaluations.clear()),
    ("other grinding in a round", |p| p.opening.whir.rounds[0].pow_witness += F::ONE),
    ("no last polynomial", |p| p.opening.whir.final_poly = None),
    ("other last grinding", |p| p.opening.whir.final_pow_witness += F::ONE),
    ("no last folds", |p| p.opening.whir.final_sumcheck = None),
    ("queries of the wrong field", |p| {
        let rounds = &mut p.opening.whir.rounds;
        rounds[0].openings = p.opening.whir.final_openings.clone();
    }),
    ("no rows", |p| rows(p, |rows| rows.clear())),
    ("a row less", |p| rows(p, shorten)),
    ("a row more", |p| rows(p, |rows| rows.push(rows[0].clone()))),
    ("an empty row", |p| rows(p, |rows| rows[0].clear())),
    ("a shorter row", |p| rows(p, |rows| shorten(&mut rows[0]))),
    ("a longer row", |p| rows(p, |rows| rows[0].push(F::ONE))),
    ("another cell", |p| rows(p, |rows| rows[0][0] += F::ONE)),
    ("no siblings", |p| siblings(p, |siblings| siblings.clear())),
    ("a sibling less", |p| siblings(p, shorten)),
    ("a sibling more", |p| siblings(p, |siblings| siblings.push(siblings[0]))),
    ("another sibling", |p| siblings(p, |siblings| siblings[0][0] += F::ONE)),
];

fn shorten<T>(list: &mut Vec<T>) {
    list.pop();
}

type Siblings = Vec<[F; 8]>;

fn rows(proof: &mut Proof, change: impl FnOnce(&mut Vec<Vec<F>>)) {
    let QueryOpenings::Base(opening) = &mut proof.opening.whir.rounds[0].openings else {
        panic!("the first queries open base field rows");
    };
    change(&mut opening.rows);
}

fn siblings(proof: &mut Proof, change: impl FnOnce(&mut Siblings)) {
    let QueryOpenings::Base(opening) = &mut proof.opening.whir.rounds[0].openings else {
        panic!("the first queries open base field rows");
    };
    change(&mut opening.proof.sibling_hashes);
}

#[test]
fn every_structural_change_is_refused() {
    let mut accepted = Vec::new();
    for &(name, change) in CHANGES {
        let bytes = PROVEN.key.tampered(&PROVEN.bytes, change).expect("the honest proof decodes");
        if bytes != PROVEN.bytes && verify(&bytes).is_ok() {
            accepted.push(name);
        }
    }
    assert!(accepted.is_empty(), "accepted: {accepted:?}");
}

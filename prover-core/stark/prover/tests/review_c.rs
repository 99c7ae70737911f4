//! Review 4: the transcript, and what the verifier computes itself.

mod attacker;

use std::cell::RefCell;
use std::collections::BTreeSet;

use attacker::mini::{Mini, PARAMS, col, ends, felts, message, range, ranges, table, try_key};
use hearth_machine::hash::{DIGEST, RATE, WIDTH};
use hearth_stark_prover::lanes::Native as Packing;
use hearth_stark_prover::prove;
use hearth_stark_verifier::chip::FixedColumn;
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::native::Native;
use hearth_stark_verifier::transcript::Transcript;
use hearth_stark_verifier::verify::verify;
use p3_field::PrimeCharacteristicRing;

/// A verifier that asserts nothing and notes what it squeezes: the number of words read before it, and its value.
struct Listener<'p> {
    native: Native<'p>,
    words: Vec<F>,
    heard: RefCell<Vec<(usize, Vec<F>)>>,
    /// Words before the first opened leaf.
    absorbed: Option<usize>,
}

impl Context for Listener<'_> {
    type Base = F;
    type Ext = E;

    fn read(&mut self) -> Result<F, Rejection> {
        let word = self.native.read()?;
        self.words.push(word);
        Ok(word)
    }
    fn ext(&self, coordinates: [F; DEGREE]) -> E {
        // What was just read is no challenge; after the first leaf, cells are extension elements too.
        if self.absorbed.is_none() && !self.words.ends_with(&coordinates) {
            self.heard.borrow_mut().push((self.words.len(), coordinates.to_vec()));
        }
        self.native.ext(coordinates)
    }
    fn permute(&mut self, state: &mut [F; WIDTH]) {
        self.native.permute(state);
    }
    fn low_bits(&mut self, value: F, count: usize) -> Vec<F> {
        // Nonces and queries; ranges of heights are words of the proof.
        if [PARAMS.bus_grinding, PARAMS.constraint_grinding, PARAMS.fold_grinding, PARAMS.query_grinding]
            .contains(&count)
            && !self.words.is_empty()
            && !self.words.ends_with(&[value])
        {
            self.heard.borrow_mut().push((self.words.len(), vec![value]));
        }
        if count == PARAMS.log_domain(0) {
            self.absorbed.get_or_insert(self.words.len());
        }
        self.native.low_bits(value, count)
    }
    fn select(&mut self, nodes: &[[F; DIGEST]], bits: &[F]) -> [F; DIGEST] {
        self.native.select(nodes, bits)
    }
    fn assert_zero(&mut self, _: Check, _: E) -> Result<(), Rejection> {
        Ok(())
    }
    fn assert_nonzero(&mut self, _: Check, _: E) -> Result<(), Rejection> {
        Ok(())
    }
}

/// Everything squeezed before the first opened leaf, and the number of words there.
fn listen(key: &Key<Mini>, public: &[F], proof: &[u8]) -> (Vec<(usize, Vec<F>)>, usize) {
    let mut listener =
        Listener { native: Native::new(proof), words: Vec::new(), heard: RefCell::default(), absorbed: None };
    verify(key, &mut listener, public).unwrap();
    let absorbed = listener.absorbed.unwrap();
    let mut heard = listener.heard.into_inner();
    heard.retain(|&(words, _)| words <= absorbed);
    (heard, absorbed)
}

/// FS-1, "frozen heart": every word before the openings, and every public value, changes every challenge, nonce and query
/// after it, and none before it. Leaves and paths are not absorbed: the cap fixes them.
#[test]
fn every_message_changes_all_later_challenges() {
    let key = attacker::mini::machine();
    let public = felts(&[3, 7]);
    let proof = prove::<Packing, _>(&key, &[table(&[[1, 3, 7]]), ranges(128, &[(3, 1)])], &public).unwrap();
    let (honest, absorbed) = listen(&key, &public, &proof);
    // Fingerprints; layers; zerocheck; columns; folds of the first oracle, each with a nonce; two nonces before, one after.
    let layers: usize = (0..key.tree_variables()).map(|layer| layer + 2).sum();
    let rounds = 4 + 1 + (PARAMS.log_rows - 3);
    let batching = key.shapes.iter().map(|shape| shape.blocks[0]).max().unwrap() + 1;
    let expected = 2 + key.message_width + layers + rounds + batching + 2 * PARAMS.folds[0] + 3;
    assert_eq!(honest.len(), expected);
    let last = honest.last().unwrap().0;
    assert_eq!(last, absorbed, "nothing is read between the last nonce and the queries");

    let mut others: Vec<(usize, Vec<F>, Vec<u8>)> = Vec::new();
    for word in 0..absorbed {
        let mut other = proof.clone();
        let place = word * 4..word * 4 + 4;
        let value = u32::from_le_bytes(other[place.clone()].try_into().unwrap());
        other[place].copy_from_slice(&if value == 0 { 1 } else { value - 1 }.to_le_bytes());
        others.push((word, public.clone(), other));
    }
    for i in 0..public.len() {
        let mut other = public.clone();
        other[i] += F::ONE;
        others.push((0, other, proof.clone()));
    }
    for (word, public, other) in others {
        let (heard, _) = listen(&key, &public, &other);
        assert_eq!(heard.len(), honest.len());
        for (new, old) in heard.iter().zip(&honest) {
            assert_eq!(new.0, old.0);
            assert_eq!(
                new.1 == old.1,
                old.0 <= word && public == felts(&[3, 7]),
                "word {word}, challenge after {}",
                old.0
            );
        }
    }
}

/// The sponge itself: `n` elements, `m` squeezed, `k` elements, squeezed, for lengths on both sides of the rate. Every element
/// counts in everything squeezed later and in nothing squeezed before, and these schedules end differently. Not every two
/// do: a squeeze after a full block leaves no trace in what follows an absorbed element. So the schedule is the key's.
#[test]
fn every_absorbed_element_counts() {
    let lengths = [0, 1, 5, RATE - DIGEST, RATE - 1, RATE, RATE + 1, 2 * RATE, 2 * RATE + 3];
    let mut ends = BTreeSet::new();
    for n in lengths {
        for m in [1, 2, RATE - 1, RATE, RATE + 1, 2 * RATE + 1] {
            for k in lengths {
                let run = |changed: Option<usize>| {
                    let mut context = Native::new(&[]);
                    let mut transcript = Transcript::<Native<'_>>::new(&[F::TWO; DIGEST]);
                    let element = |i: usize| F::from_usize(1000 * i + usize::from(changed == Some(i)));
                    (0..n).for_each(|i| transcript.absorb(&mut context, element(i)));
                    let first: Vec<F> = (0..m).map(|_| transcript.squeeze(&mut context)).collect();
                    (n..n + k).for_each(|i| transcript.absorb(&mut context, element(i)));
                    let second: Vec<F> = (0..RATE + 2).map(|_| transcript.squeeze(&mut context)).collect();
                    (first, second)
                };
                let honest = run(None);
                for changed in 0..n + k {
                    let (first, second) = run(Some(changed));
                    let differ = |a: &[F], b: &[F]| a.iter().zip(b).all(|(a, b)| a != b);
                    assert!(
                        if changed < n { differ(&first, &honest.0) } else { first == honest.0 },
                        "{n} {m} {k} {changed}"
                    );
                    assert!(differ(&second, &honest.1), "{n} {m} {k} {changed}");
                }
                // Squeezes of one block permute once, and those before another element leave nothing else.
                if k > 0 {
                    ends.insert((n, m.div_ceil(RATE), k, honest.1.iter().map(F::to_string).collect::<Vec<_>>()));
                }
            }
        }
    }
    let distinct: BTreeSet<_> = ends.iter().map(|end| end.3.clone()).collect();
    assert_eq!(distinct.len(), ends.len(), "two schedules end alike");
}

/// The fixed columns that do have a key are the row's bits: the honest prover, which computes them row by row, is believed,
/// and one that counts another row is not.
#[test]
fn fixed_columns_are_the_bits_of_the_row() {
    for (shift, bits) in [(0, 4), (0, 7), (2, 5), (4, 3), (7, 1), (3, 1), (0, 8), (1, 2)] {
        let asks =
            Mini { messages: vec![message("range", col(1), col(0), 1)], name: "asks", width: 2, ..Mini::default() };
        let fixed = Mini { fixed: vec![FixedColumn { shift, bits }], fixed_rows: Some(256), ..range() };
        let key = try_key(vec![asks, fixed, ends()], PARAMS).unwrap();
        let public = felts(&[1, 1]);
        let row = 0b1011_0110;
        for (value, right) in
            [(row >> shift & ((1 << bits) - 1), true), ((row >> shift & ((1 << bits) - 1)) ^ 1, false)]
        {
            let tables = [table(&[[1, value as u32]]), ranges(256, &[(row, 1)])];
            let proof = prove::<Packing, _>(&key, &tables, &public).unwrap();
            assert_eq!(key.verify(&public, &proof).is_ok(), right, "{shift} {bits} {value}");
        }
    }
}

//! Review 4: the transcript, and keys that there must not be.

mod attacker;

use std::cell::RefCell;
use std::collections::BTreeSet;

use attacker::mini::{
    Form, Message, Mini, PARAMS, Term, col, ends, felts, message, num, of, range, ranges, step, table, try_key,
};
use hearth_machine::hash::{DIGEST, RATE, WIDTH};
use hearth_soundness::stark::StarkParams;
use hearth_soundness::{MAX_LOG_HEIGHT, SizeClass};
use hearth_stark_prover::lanes::Native as Packing;
use hearth_stark_prover::prove;
use hearth_stark_verifier::chip::FixedColumn;
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::key::{Key, KeyError};
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

fn refused(chips: Vec<Mini>, params: StarkParams) -> KeyError {
    try_key(chips, params).err().expect("there is a key")
}

/// Found by this review: the key accepted chips that say more than what is proved of them. A row is all that the protocol
/// has, and the constraints of fixed tables and of the boundary are left out; so a next row was the row itself, a selector
/// was 0, and a constraint of a fixed table on a committed column was nothing. Each of these had a key and proofs of what it
/// forbids. Refused by `Reads::refuse`, when the key is made.
#[test]
fn chips_that_say_more_than_is_proved() {
    let constrained = |chip: Mini, constraint: Vec<Form>| Mini { constraints: vec![constraint], ..chip };
    let sending =
        |chip: Mini, field: Form, count: Form| Mini { messages: vec![message("state", field, count, 1)], ..chip };
    let first = || of(Term::FirstRow);
    for (chip, expected) in [
        (constrained(step(), vec![col(0), of(Term::Next(1))]), "a constraint reads the next row"),
        (constrained(step(), vec![first(), col(1)]), "a constraint reads a selector"),
        (constrained(step(), vec![of(Term::Public(0)), col(1)]), "a constraint reads the public values"),
        (sending(step(), of(Term::Next(1)), col(0)), "a message reads the next row"),
        (sending(step(), col(1), first()), "a message reads a selector"),
        (sending(step(), of(Term::Public(1)), col(0)), "a message reads the public values: only the boundary's may"),
        (
            constrained(range(), vec![col(1), col(1) + num(-1)]),
            "a constraint of a fixed table reads a committed column",
        ),
        (constrained(range(), vec![of(Term::Next(1))]), "a constraint of a fixed table reads a committed column"),
        (constrained(ends(), vec![of(Term::Public(0))]), "a constraint reads the public values"),
        (sending(ends(), of(Term::Public(0)), first()), "a message reads a selector"),
    ] {
        let chip_name = chip.name.to_string();
        assert_eq!(refused(vec![chip], PARAMS), KeyError::Reads { chip: chip_name, what: expected });
    }
    // What the verifier computes may be spoken of in full: these constraints pin it down under other backends.
    let counted = constrained(range(), vec![of(Term::Next(0)) + -col(0) + num(-1), first()]);
    let active = constrained(ends(), vec![first(), col(0) + num(-1)]);
    assert!(try_key(vec![step(), counted, active], PARAMS).is_ok());
}

/// Found by this review: a fixed column that cuts through the three skip variables, which the verifier has only as one, was
/// evaluated without their bits; one with more bits than its rows was no multilinear polynomial; one of a table whose
/// height the prover chooses was not 0 beyond it. Refused by `is_evaluable` when the key is made.
#[test]
fn fixed_columns_that_the_verifier_cannot_evaluate() {
    for (shift, bits, whole) in [
        (0, 4, true),
        (0, 7, true),
        (2, 5, true),
        (4, 3, true),
        (3, 1, true),
        (7, 1, false),
        (0, 8, false),
        (0, 5, false),
        (5, 2, false),
        (6, 1, false),
        (4, 2, false),
        (5, 3, false),
    ] {
        let chip = Mini { fixed: vec![FixedColumn { shift, bits }], ..range() };
        let key = try_key(vec![chip], PARAMS);
        let expected = KeyError::FixedColumn { chip: "range".into() };
        assert_eq!(key.err(), (!whole).then_some(expected), "{shift} {bits}");
    }
    let chosen = Mini { fixed_rows: None, ..range() };
    assert_eq!(refused(vec![chosen], PARAMS), KeyError::FixedColumn { chip: "range".into() });
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

/// Condition 18 and the area: no count and no sum of heights can pass the field's order, and the bounds themselves cannot
/// pass 64 bits. Without `KeyError::Multiplicity` one row could ask for 255 with counts p - 1 and 1: nobody need answer.
#[test]
fn counts_and_areas_that_wrap() {
    let asks = |weights: &[u32]| Mini {
        messages: weights.iter().map(|&weight| message("range", col(1), col(0), weight)).collect(),
        ..step()
    };
    let p = 0x7f00_0001u32;
    let too_many = |chips| matches!(refused(chips, PARAMS), KeyError::Multiplicity { .. });
    assert!(too_many(vec![asks(&[p - 1, 1]), range(), ends()]));
    // 2^22 rows of 2048 messages of weight 2^31 are 2^64.
    let large = StarkParams { log_cells: 26, log_rows: 22, ..PARAMS };
    assert!(
        matches!(refused(vec![asks(&[1 << 31; 2048])], large), KeyError::Multiplicity { times } if times > 1 << 60)
    );
    // Exactly the greatest weight in 2^9 rows; one more, of a row or of the boundary, is too many.
    let weight = (p - 1) >> 9;
    let silent = Mini { messages: Vec::new(), ..ends() };
    let loud = Mini { messages: vec![message("range", num(1), col(0), 1)], ..ends() };
    assert!(try_key(vec![asks(&[weight]), silent], PARAMS).is_ok());
    assert!(too_many(vec![asks(&[weight + 1])]));
    assert!(too_many(vec![asks(&[weight]), loud]));

    // 2^23 tiles of 256 columns are more than p strips: a height of (p + 255) / 256 would be an area of 255.
    let wide = Mini { width: 256, ..step() };
    assert_eq!(refused(vec![wide], StarkParams { log_rows: 30, ..PARAMS }), KeyError::Area);
}

/// What else gets no key, one reason each.
#[test]
fn chips_that_no_key_has() {
    let name = || "step".to_string();
    let with = |constraint| Mini { constraints: vec![constraint], ..step() };
    let degree = |what, degree| KeyError::Degree { chip: name(), what, degree };
    assert_eq!(refused(vec![with(vec![col(0), col(0), col(1), col(2)])], PARAMS), degree("a constraint", 4));
    assert_eq!(refused(vec![with(vec![col(0) + num(1)])], PARAMS), KeyError::ZeroRow { chip: name() });
    let sends = |bus, fields, count| Mini { messages: vec![Message { bus, fields, count, weight: 1 }], ..step() };
    let counts = sends("state", vec![col(1)], num(1));
    assert_eq!(refused(vec![counts], PARAMS), KeyError::ZeroRow { chip: name() });
    let longer = Mini { name: "longer", ..sends("state", vec![col(1), col(2)], col(0)) };
    let width = KeyError::MessageWidth { bus: "state".into(), expected: 1, found: 2 };
    assert_eq!(refused(vec![step(), longer], PARAMS), width);
    let only_fixed = Mini { width: 1, messages: Vec::new(), ..range() };
    assert_eq!(refused(vec![only_fixed], PARAMS), KeyError::Columns { chip: "range".into() });
    for rows in [100, 64, 1 << 10] {
        let chip = Mini { fixed_rows: Some(rows), ..range() };
        assert_eq!(refused(vec![chip], PARAMS), KeyError::Rows { chip: "range".into(), rows });
    }
    assert_eq!(refused(vec![ends(), ends()], PARAMS), KeyError::Boundaries);
}

/// Found by this review: messages were written into the key's digest without their lengths. These two keys, with messages
/// (x, y) and (z) or (x) and (y, z), had one digest and so one transcript. The last of each is the count.
#[test]
fn messages_of_other_lengths_have_other_digests() {
    let chip = |first: Vec<Form>, second: Vec<Form>| {
        let of = |bus, mut fields: Vec<Form>| Message { bus, count: fields.pop().unwrap(), fields, weight: 1 };
        Mini { name: "pair", width: 5, messages: vec![of("a", first), of("b", second)], ..Mini::default() }
    };
    let [x, y, z, u, v] = [0, 1, 2, 3, 4].map(|i| col(i));
    let long = chip(vec![x.clone(), y.clone(), z.clone()], vec![u.clone(), v.clone()]);
    let short = chip(vec![x, y], vec![z, u, v]);
    let digest = |chip| try_key(vec![chip], PARAMS).unwrap().digest;
    assert_ne!(digest(long), digest(short));
}

/// Condition 4 rests on rows of at most 2^MAX_LOG_HEIGHT: heights are the prover's, the bound is the class's.
#[test]
fn classes_have_no_more_rows_than_time_allows() {
    for class in [
        SizeClass::Test18,
        SizeClass::Test20,
        SizeClass::Test22,
        SizeClass::Real24,
        SizeClass::Real25,
        SizeClass::Real26,
    ] {
        assert!(StarkParams::of(class).log_rows <= usize::from(MAX_LOG_HEIGHT), "{}", class.name());
    }
}

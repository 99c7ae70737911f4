//! Acceptance tests FS-1 to FS-7: the transcript.

use std::collections::BTreeSet;

use hearth_machine::hash::{DIGEST, RATE, WIDTH};
use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::forge::Forgery;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::prove_forged;
use hearth_stark_verifier::context::Context as _;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::native;
use hearth_stark_verifier::transcript::{Event, Transcript};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::audit::transcript;
use crate::parts::parts;
use crate::small::{self, PARAMS, Small};

/// FS-1 (c): prover and verifier absorb and squeeze the same, element by element.
#[test]
fn prover_and_verifier_have_one_transcript() {
    let key = small::key();
    for ticks in [0, 1, 200] {
        let (tables, public) = small::trace(ticks);
        let (proof, log) = prove_forged::<Native, _>(&key, &tables, &public, &Forgery::default()).unwrap();
        assert_eq!(key.verify(&public, &proof), Ok(()));
        assert!(log == transcript(&key, &public, &proof), "{ticks} ticks");
    }
}

/// FS-1 (b), the frozen-challenge test: whatever is absorbed changes the next challenge; and whatever the prover sends but
/// the openings, which the caps fix, is absorbed.
#[test]
fn every_message_changes_the_next_challenge() {
    let key = small::key();
    let (tables, public) = small::trace(200);
    let (proof, log) = prove_forged::<Native, _>(&key, &tables, &public, &Forgery::default()).unwrap();
    let sent: Vec<u32> = parts(&key)
        .into_iter()
        .filter(|(kind, _)| !["leaf", "path"].contains(kind))
        .flat_map(|(_, words)| words.map(|word| u32::from_le_bytes(proof[4 * word..][..4].try_into().unwrap())))
        .collect();
    let absorbed: Vec<u32> = log
        .iter()
        .filter_map(|event| if let Event::Absorbed(x) = event { Some(x.as_canonical_u32()) } else { None })
        .collect();
    let statement: Vec<u32> = public.iter().map(PrimeField32::as_canonical_u32).collect();
    assert_eq!(absorbed, [statement, sent].concat());

    let mut context = native::Native::new(&[]);
    let mut transcript = Transcript::<native::Native<'_>>::new(&key.digest);
    for (i, event) in log.iter().enumerate() {
        let &Event::Absorbed(element) = event else {
            let _drawn = transcript.squeeze(&mut context);
            continue;
        };
        let mut other = transcript.clone();
        other.absorb(&mut context, element + F::ONE);
        let mut changed = None;
        for event in &log[i + 1..] {
            match *event {
                Event::Absorbed(element) => other.absorb(&mut context, element),
                Event::Squeezed(honest) => {
                    changed = Some(other.squeeze(&mut context) != honest);
                    break;
                }
            }
        }
        // Nothing is drawn after the last rounds' last challenge; every message is before it.
        assert_eq!(changed, Some(true), "event {i}");
        transcript.absorb(&mut context, element);
    }
}

/// FS-2: the sum of all fractions is absorbed before the challenges that follow from it.
#[test]
fn the_sum_is_absorbed_before_its_layers() {
    let key = small::key();
    let (tables, public) = small::trace(200);
    let sum = parts(&key).into_iter().find(|(kind, _)| *kind == "sum").unwrap().1;
    let prove = |forgery: &Forgery| prove_forged::<Native, _>(&key, &tables, &public, forgery).unwrap().1;
    let honest = prove(&Forgery::default());
    let forged = prove(&Forgery::of_words(sum.start..sum.start + 1));
    let first = (0..honest.len()).find(|&i| honest[i] != forged[i]).unwrap();
    assert!(matches!((honest[first], forged[first]), (Event::Absorbed(_), Event::Absorbed(_))));
    let next = (first..).find(|&i| matches!(honest[i], Event::Squeezed(_))).unwrap();
    assert_ne!(honest[next], forged[next]);
}

/// FS-3: two keys that differ in one number give different first challenges on the same messages.
#[test]
fn every_parameter_changes_the_first_challenge() {
    let of_key = |key: &Key<Small>, public: &[F]| {
        let mut context = native::Native::new(&[]);
        let mut transcript = Transcript::<native::Native<'_>>::new(&key.digest);
        public.iter().for_each(|&value| transcript.absorb(&mut context, value));
        (0..10).for_each(|i| transcript.absorb(&mut context, F::from_u8(i)));
        transcript.challenge(&mut context).0.map(|x| x.as_canonical_u32())
    };
    let public = [F::ZERO, F::TWO];
    let of = |params| of_key(&Key::new(small::chips(), 2, params).unwrap(), &public);
    let changed = one_field_changed(PARAMS);
    let mut seen = BTreeSet::from([of(PARAMS)]);
    for params in &changed {
        assert!(seen.insert(of(*params)), "{params:?}");
    }
    // The chips: their order, one of them gone; the number of public values; a public value.
    let mut swapped = small::chips();
    swapped.swap(0, 1);
    let without = small::chips().into_iter().filter(|&chip| chip != Small::Ends).collect();
    for (chips, values) in [(swapped, 2), (without, 2), (small::chips(), 3)] {
        assert!(seen.insert(of_key(&Key::new(chips, values, PARAMS).unwrap(), &public)));
    }
    assert!(seen.insert(of_key(&small::key(), &[F::ONE, F::TWO])));
}

/// Parameters that differ in one number from `params`.
pub fn one_field_changed(params: StarkParams) -> Vec<StarkParams> {
    fn leaked(list: &[usize], place: usize) -> &'static [usize] {
        let mut list = list.to_vec();
        list[place] += 1;
        list.leak()
    }
    // No field may be forgotten: this does not compile when there is another one.
    let StarkParams {
        log_cells,
        log_rows,
        folds,
        log_inv_rates,
        queries,
        log_cap,
        bus_grinding,
        constraint_grinding,
        fold_grinding,
        query_grinding,
    } = params;
    let mut changed = vec![
        StarkParams { log_cells: log_cells + 1, ..params },
        StarkParams { log_rows: log_rows + 1, ..params },
        StarkParams { log_cap: log_cap + 1, ..params },
        StarkParams { bus_grinding: bus_grinding + 1, ..params },
        StarkParams { constraint_grinding: constraint_grinding + 1, ..params },
        StarkParams { fold_grinding: fold_grinding + 1, ..params },
        StarkParams { query_grinding: query_grinding + 1, ..params },
    ];
    for k in 0..folds.len() {
        changed.push(StarkParams { folds: leaked(folds, k), ..params });
        changed.push(StarkParams { log_inv_rates: leaked(log_inv_rates, k), ..params });
        changed.push(StarkParams { queries: leaked(queries, k), ..params });
    }
    changed
}

/// FS-5: a nonce that misses one of its bits is refused, at each site: see `assertions`. The bits are the key's, and
/// nonces are absorbed: `every_message_changes_the_next_challenge`. PAR-2: no site has more bits than an element has uniform
/// ones.
#[test]
fn no_site_is_ground_by_more_than_24_bits() {
    for class in SizeClass::ALL {
        let p = StarkParams::of(class);
        for bits in [p.bus_grinding, p.constraint_grinding, p.fold_grinding, p.query_grinding] {
            assert!(bits <= 24);
        }
        // FS-6: the indexes of queries, too.
        assert!((0..p.oracles()).all(|k| p.log_domain(k) <= 24), "{}", class.name());
    }
    assert_eq!((F::ORDER_U32 - 1) % (1 << 24), 0);
}

/// FS-6: what is squeezed is the rate alone, and its low bits are even: 64 classes of 6 bits, chi squared below the bound that
/// one in 10^6 even sources passes; so are coordinates of challenges, which are independent elements.
#[test]
fn squeezed_elements_are_even() {
    let mut context = native::Native::new(&[]);
    let mut transcript = Transcript::<native::Native<'_>>::new(&[F::ONE; DIGEST]);
    transcript.absorb(&mut context, F::TWO);
    const CLASSES: usize = 64;
    const PER_CLASS: usize = 500;
    let mut counts = [[0usize; CLASSES]; 2];
    for _ in 0..CLASSES * PER_CLASS {
        let x = transcript.squeeze(&mut context).as_canonical_u32() as usize;
        counts[0][x % CLASSES] += 1;
        counts[1][(x >> 18) % CLASSES] += 1;
    }
    for counts in counts {
        let chi: f64 = counts.iter().map(|&n| (n as f64 - PER_CLASS as f64).powi(2) / PER_CLASS as f64).sum();
        // 63 degrees of freedom.
        assert!(chi < 127.0, "{chi}");
    }

    let mut state = [F::ZERO; WIDTH];
    state[..DIGEST].fill(F::ONE);
    state[DIGEST] = F::TWO;
    state[RATE] = F::from_u8(hearth_machine::hash::Tag::Transcript as u8);
    let mut transcript = Transcript::<native::Native<'_>>::new(&[F::ONE; DIGEST]);
    transcript.absorb(&mut context, F::TWO);
    for round in 0..3 {
        context.permute(&mut state);
        for (i, &expected) in state[..RATE].iter().enumerate() {
            assert_eq!(transcript.squeeze(&mut context), expected, "round {round}, element {i}");
        }
    }
}

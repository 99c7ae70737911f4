//! Section 6.5 of the acceptance tests: a prover that cheats in one step and goes on consistently from there, with the
//! challenges and nonces that follow, is refused by the check of that step.

use std::collections::BTreeSet;

use hearth_stark_prover::forge::Forgery;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::prove_forged;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, F, Quintic};
use p3_field::PrimeCharacteristicRing;

use crate::audit::assertions;
use crate::parts::of_kind;
use crate::small;

/// The checks that a forged proof of an honest run fails.
fn refused(forgery: &Forgery) -> BTreeSet<Check> {
    let key = small::key();
    let (tables, public) = small::trace(200);
    let (proof, _) = prove_forged::<Native, _>(&key, &tables, &public, forgery).unwrap();
    let failed: BTreeSet<Check> =
        assertions(&key, &public, &proof).into_iter().filter(|a| !a.holds).map(|a| a.check).collect();
    let Err(Rejection::Failed(check)) = key.verify(&public, &proof) else {
        panic!("accepted: {forgery:?}");
    };
    assert!(failed.contains(&check));
    failed
}

/// A wrong word of each kind of message.
#[test]
fn a_wrong_message_of_each_kind() {
    let key = small::key();
    for (kind, check) in [
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
    ] {
        for (number, part) in of_kind(&key, kind).into_iter().enumerate() {
            // A node of a cap may not be opened; all of them are.
            let whole = kind.ends_with("cap");
            let first = part.start;
            let last = part.end - 1;
            for words in if whole { vec![part] } else { vec![first..first + 1, last..last + 1] } {
                // The values of the first message beyond the cube's nodes are in no sum: the end shows them.
                let beyond = kind == "skip" && words.start == last;
                let check = if beyond { Check::ZerocheckEnd } else { check };
                let failed = refused(&Forgery::of_words(words));
                assert!(failed.contains(&check), "{kind} {number}: {failed:?}");
                assert!(kind != "sum" || failed == BTreeSet::from([Check::Balance, Check::FractionLayer]));
            }
        }
    }
}

/// A jagged claim: everything is about one run, and another is committed.
#[test]
fn another_stack() {
    for ticks in [0, 100, 199] {
        let committed = Some(small::trace(ticks).0);
        assert_eq!(refused(&Forgery { committed, ..Forgery::default() }), BTreeSet::from([Check::Opening]));
    }
}

/// A fold: the next oracle holds another polynomial, and the rest is about that one. The polynomial in the clear likewise.
#[test]
fn another_polynomial() {
    for number in 1..=small::PARAMS.oracles() {
        let polynomial = Some(number);
        assert_eq!(refused(&Forgery { polynomial, ..Forgery::default() }), BTreeSet::from([Check::Opening]));
    }
}

/// Columns' values that satisfy the zerocheck's end and are not those of the stack.
#[test]
fn columns_that_satisfy_the_constraints() {
    let key = small::key();
    let (tables, public) = small::trace(200);
    let columns = of_kind(&key, "columns")[0].clone();
    // The end's value when x is one more, and when `twice` (column 4, linear in it) is also.
    let end = |forgery: &Forgery| {
        let (proof, _) = prove_forged::<Native, _>(&key, &tables, &public, forgery).unwrap();
        assertions(&key, &public, &proof).into_iter().find(|a| a.check == Check::ZerocheckEnd).unwrap().value
    };
    let word = |column: usize| columns.start + column * DEGREE;
    let mut forgery = Forgery { words: [(word(2), F::ONE)].into(), ..Forgery::default() };
    let wrong = end(&forgery);
    forgery.words.insert(word(4), F::ONE);
    let slope = end(&forgery) - wrong;
    let Quintic(correction) = -wrong * slope.try_inverse().unwrap();
    forgery.words.extend((word(4)..).zip(correction));
    assert_eq!(end(&forgery), Quintic::ZERO);
    assert_eq!(refused(&forgery), BTreeSet::from([Check::Opening]));
}

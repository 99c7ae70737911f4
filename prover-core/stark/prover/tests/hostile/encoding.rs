//! Acceptance tests PCS-1 to PCS-5: a proof has one form.

use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::prove;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::F;
use p3_field::PrimeField32;

use crate::parts::{of_kind, parts};
use crate::small;

fn honest() -> (Vec<u8>, Vec<F>) {
    let (tables, public) = small::trace(200);
    (prove::<Native, _>(&small::key(), &tables, &public).unwrap(), public)
}

/// PCS-1, PCS-2: no vector has a length of its own: one element less or more anywhere, the last polynomial's coefficients
/// and the queries included, is refused.
#[test]
fn every_vector_has_its_length() {
    let key = small::key();
    let (proof, public) = honest();
    for (kind, words) in parts(&key) {
        if words.is_empty() {
            continue;
        }
        let end = 4 * words.end;
        let shorter = [&proof[..end - 4], &proof[end..]].concat();
        let longer = [&proof[..end], &[0; 4], &proof[end..]].concat();
        let twice = [&proof[..end], &proof[4 * words.start..]].concat();
        for forged in [shorter, longer, twice] {
            assert!(key.verify(&public, &forged).is_err(), "{kind}");
        }
    }
    assert_eq!(parts(&key).last().unwrap().1.end * 4, proof.len(), "the parts are the whole proof");
}

/// PCS-4: every word has one encoding, and nothing follows the last.
#[test]
fn every_word_is_canonical() {
    let key = small::key();
    let (proof, public) = honest();
    for word in 0..proof.len() / 4 {
        let place = 4 * word..4 * word + 4;
        let value = u32::from_le_bytes(proof[place.clone()].try_into().unwrap());
        // The same element, another number.
        let mut forged = proof.clone();
        forged[place].copy_from_slice(&(value + F::ORDER_U32).to_le_bytes());
        assert_eq!(key.verify(&public, &forged), Err(Rejection::NotCanonical(word)));
    }
    for more in [1, 2, 3, 4, 400] {
        let longer = [&proof[..], &vec![0; more]].concat();
        assert_eq!(key.verify(&public, &longer), Err(Rejection::TooLong));
    }
    for length in (0..proof.len()).step_by(101).chain(proof.len() - 5..proof.len()) {
        assert_eq!(key.verify(&public, &proof[..length]), Err(Rejection::TooShort));
    }
}

/// PCS-3: an opening is at its own index: another query's, valid for its own, is refused; so is a path whose digests are
/// in another order, or a node in the place of a leaf.
#[test]
fn openings_are_at_their_index() {
    let key = small::key();
    let (proof, public) = honest();
    let (leaves, paths) = (of_kind(&key, "leaf"), of_kind(&key, "path"));
    let opening = |query: usize| 4 * leaves[query].start..4 * paths[query].end;
    let queries = key.params.queries;
    for (first, count) in [(0, queries[0]), (queries[0], queries[1])] {
        for a in first..first + count {
            for b in first..first + count {
                if proof[opening(a)] == proof[opening(b)] {
                    continue;
                }
                let mut forged = proof.clone();
                forged[opening(a)].copy_from_slice(&proof[opening(b)]);
                assert_eq!(key.verify(&public, &forged), Err(Rejection::Failed(Check::Path)), "{b} for {a}");
            }
        }
    }
    for path in paths {
        let digest = 4 * crate::parts::DIGEST;
        let (low, next) = (4 * path.start, 4 * path.start + digest);
        if 4 * path.end - low >= 2 * digest {
            let mut forged = proof.clone();
            forged[low..next].copy_from_slice(&proof[next..next + digest]);
            forged[next..next + digest].copy_from_slice(&proof[low..next]);
            assert_eq!(key.verify(&public, &forged), Err(Rejection::Failed(Check::Path)));
        }
    }
}

/// PCS-5: there is no out-of-domain point; each column's value at the zerocheck's point counts.
#[test]
fn every_column_counts() {
    let key = small::key();
    let (proof, public) = honest();
    for word in of_kind(&key, "columns")[0].clone() {
        let mut forged = proof.clone();
        let place = 4 * word..4 * word + 4;
        let value = u32::from_le_bytes(proof[place.clone()].try_into().unwrap());
        forged[place].copy_from_slice(&((value + 1) % F::ORDER_U32).to_le_bytes());
        assert_eq!(key.verify(&public, &forged), Err(Rejection::Failed(Check::ZerocheckEnd)));
    }
}

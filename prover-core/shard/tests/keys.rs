//! The pinned keys: every shape that a verifier admits reaches the published bits, or is refused by it.

use hearth_chips::Felt;
use hearth_chips::tables::Table;
use hearth_machine::isa::Family;
use hearth_machine::layout::{MAX_TICKS, START_TS};
use hearth_shard::backend::{BackendId, HeightRule};
use hearth_shard::keys::{KeyId, Keys};
use hearth_soundness::{MAX_LOG_HEIGHT, SHARD_CLAIM, SizeClass};
use p3_field::PrimeField32;

/// The least heights of all tables, then the instruction table of the most messages made as high as the class holds: the
/// most fractions, so the most error.
fn highest(keys: &Keys, id: KeyId) -> Vec<u8> {
    let chips = keys.chips(id).expect("a key");
    let rules = chips.chips().iter().map(|chip| match chip.height {
        HeightRule::Fixed(height) => height,
        HeightRule::Range { min, .. } => min,
    });
    let mut heights: Vec<u8> = rules.collect();
    let at = id.tables().iter().position(|&table| table == Table::AddSub).expect("every key has it");
    while chips.check_heights(&heights).is_ok() {
        heights[at] += 1;
    }
    heights[at] -= 1;
    heights
}

#[test]
fn browser_class_reaches_the_claim_at_every_height() {
    for backend in BackendId::ALL {
        let keys = Keys::with_backend(backend, SizeClass::Real24).expect("the tables fit");
        for id in KeyId::ALL {
            let report = keys.security(id, &highest(&keys, id)).expect("admitted heights");
            for term in &report.terms {
                println!("{backend} {id:?} {:40} {:.2}", term.label, term.bits);
            }
            let bits = report.whole_bits().expect("every term is assessed");
            println!("{backend} {id:?}: {:.2} bits", report.bits.expect("every term is assessed"));
            assert!(bits >= SHARD_CLAIM.bits, "{backend} {id:?}: {bits}");
        }
    }
}

/// Condition 17: the fixed table has one height. Class 2: the set of tables is the key's.
#[test]
fn fixed_table_has_one_height() {
    let keys = Keys::new(SizeClass::Test20).expect("the tables fit");
    for id in KeyId::ALL {
        let mut heights = highest(&keys, id);
        let at = id.tables().iter().position(|&table| table == Table::Bytes).expect("every key has it");
        let chips = keys.chips(id).expect("a key");
        assert!(chips.check_heights(&heights).is_ok());
        heights[at] -= 1;
        assert!(chips.check_heights(&heights).is_err());
        heights.pop();
        assert!(chips.check_heights(&heights).is_err());
    }
}

/// Conditions 4, 11 and 18: whatever heights a key admits, local time stays below p - 2^24, so no stamp wraps.
#[test]
fn time_cannot_wrap() {
    let hashes = [Table::KeccakCall, Table::Sha256Call];
    let arithmetic = [Table::Secp256k1Add, Table::Secp256k1Double, Table::Modular256, Table::Modular384];
    let calls = [&hashes[..], &arithmetic].concat();
    // The longest call takes 8 ticks, every other instruction 4.
    let ticks = 4 * Family::COUNT as u64 + 8 * calls.len() as u64;
    let last = u64::from(START_TS) + (ticks << MAX_LOG_HEIGHT);
    assert!(last < u64::from(Felt::ORDER_U32 - MAX_TICKS), "{last}");
}

#[test]
fn keys_differ() {
    let keys = Keys::new(SizeClass::Test20).expect("the tables fit");
    let other = Keys::new(SizeClass::Test22).expect("the tables fit");
    let digests = [(&keys, KeyId::Base), (&keys, KeyId::Keccak), (&keys, KeyId::All), (&other, KeyId::Base)]
        .map(|(keys, id)| keys.digest(id).expect("a key"));
    for (i, digest) in digests.iter().enumerate() {
        assert!(!digests[..i].contains(digest));
    }
}

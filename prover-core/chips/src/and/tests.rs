use alloc::vec;

use p3_field::PrimeCharacteristicRing;

use super::AndChip;
use crate::Felt;
use crate::check::{degrees, report, survivors, zero_row_is_neutral};
use crate::chip::Chip;

/// Exhaustive against the definition.
#[test]
fn every_pair_has_its_conjunction() {
    let counts: vec::Vec<u32> = (1..=1 << 16).collect();
    let report = report::<AndChip>(&AndChip::table(&counts, 1 << 16), &[]);
    assert!(report.is_honest());
    assert_eq!(report.messages.len(), 1 << 16);
    for ((bus, fields), count) in report.messages {
        assert_eq!((bus.as_str(), fields[2]), ("and", fields[0] & fields[1]));
        assert_eq!(count, -Felt::from_u32(fields[0] + 256 * fields[1] + 1));
    }
}

#[test]
fn only_used_pairs_have_rows() {
    let mut counts = vec![0; 1 << 16];
    counts[0x00ff] = 2;
    counts[0xa55a] = 1;
    assert_eq!(AndChip::rows(&counts), 2);
    let report = report::<AndChip>(&AndChip::table(&counts, 4), &[]);
    let messages: vec::Vec<_> = report.messages.keys().map(|(_, fields)| fields.as_slice()).collect();
    assert_eq!(messages, [&[0x5a, 0xa5, 0][..], &[0xff, 0, 0][..]]);
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<AndChip>());
}

/// Bug class 8: bits are pinned; only padding's may be 1, as its multiplicity is 0.
#[test]
fn bits_are_pinned() {
    let mut counts = vec![0; 1 << 16];
    counts[0xa55a] = 1;
    let free: vec::Vec<_> = (0..AndChip::WIDTH - 1).map(|column| (1, column)).collect();
    assert_eq!(survivors::<AndChip>(&AndChip::table(&counts, 2), &[]), free);
}

#[test]
fn degrees_are_low() {
    assert_eq!(degrees::<AndChip>(), (2, 2));
}

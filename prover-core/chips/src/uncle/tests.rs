use alloc::vec::Vec;

use hearth_machine::trace::UncleRecord;
use p3_field::PrimeCharacteristicRing;

use super::{Uncle, UncleChip};
use crate::Felt;
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::RecordChip;

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<UncleChip>());
}

/// Bug classes 4, 6 and 10: the honest row moves one node, and no other cell content does the same.
#[test]
fn every_cell_is_pinned() {
    let digest = core::array::from_fn(|i| Felt::from_usize(7 + i));
    let table = UncleChip::table(&[UncleRecord { level: 26, index: 1, digest }], 2);
    let padding: Vec<_> = (1..Uncle::WIDTH).map(|column| (1, column)).collect();
    assert_eq!(survivors::<UncleChip>(&table, &[]), padding);
    let report = report::<UncleChip>(&table, &[]);
    assert_eq!((Uncle::WIDTH, report.interactions, report.messages.len()), (12, 2, 2));
}

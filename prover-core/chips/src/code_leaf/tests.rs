use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use hearth_machine::hash::Hasher;
use hearth_machine::trace::CodeLeafRecord;
use p3_field::PrimeCharacteristicRing;

use super::{CodeLeaf, CodeLeafChip};
use crate::Felt;
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::RecordChip;

fn leaf(index: u32, used: [bool; 16]) -> CodeLeafRecord {
    let words = core::array::from_fn(|k| 0xfedc_ba93u32.rotate_left(5 * k as u32));
    CodeLeafRecord { index, words, used, digest: Hasher::new().code_leaf(&words) }
}

#[test]
fn honest_rows_hold() {
    let record = leaf((1 << 24) - 1, core::array::from_fn(|k| k % 3 == 0));
    let report = report::<CodeLeafChip>(&CodeLeafChip::table(core::slice::from_ref(&record), 2), &[]);
    assert!(report.is_honest(), "{:?} {:?}", report.violations, report.bad_lookups);
    assert_eq!((CodeLeaf::WIDTH, report.interactions), (73, 71));
    assert_eq!(report.messages.len(), 1 + 6);
    let pc = 64 * record.index + 4 * 15;
    let halves = [record.words[15] & 0xffff, record.words[15] >> 16];
    assert_eq!(report.messages[&("word".to_string(), vec![pc, halves[0], halves[1]])], Felt::ONE);
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<CodeLeafChip>());
}

/// Bug classes 6, 7 and 8: every cell of a row in use is pinned, and so are `real` and `used` on the zero row.
#[test]
fn every_cell_is_pinned() {
    let table = CodeLeafChip::table(&[leaf(3, core::array::from_fn(|k| k % 2 == 0))], 2);
    let (used, padding): (Vec<_>, Vec<_>) =
        survivors::<CodeLeafChip>(&table, &[]).into_iter().partition(|&(row, _)| row == 0);
    assert_eq!(used, []);
    let flags = 48..64; // after `real`, `index`, 32 limbs and 14 high pieces
    let free: Vec<_> =
        (1..CodeLeaf::WIDTH).filter(|column| !flags.contains(column)).map(|column| (1, column)).collect();
    assert_eq!(padding, free);
}

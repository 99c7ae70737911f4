use alloc::vec::Vec;
use core::borrow::BorrowMut;

use hearth_machine::hash::Hasher;
use hearth_machine::trace::LeafRecord;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;

use super::{MemoryLeaf, MemoryLeafChip};
use crate::Felt;
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::RecordChip;

fn leaf(index: u32, initial: [u64; 8], last: [u64; 8]) -> LeafRecord {
    let hasher = Hasher::new();
    let last_ts = core::array::from_fn(|k| if initial[k] == last[k] { 0 } else { 100 + k as u32 });
    LeafRecord { index, initial, last, last_ts, old: hasher.memory_leaf(&initial), new: hasher.memory_leaf(&last) }
}

fn dirty() -> LeafRecord {
    let initial = core::array::from_fn(|k| 0xfedc_ba98_7654_3210u64.rotate_left(7 * k as u32));
    let mut last = initial;
    last[2] = 0x0123_4567_89ab_cdef;
    leaf(0x3ff_ffff, initial, last)
}

#[test]
fn honest_rows_hold() {
    let ones = [u64::MAX; 8];
    let leaves = [leaf(0, [0; 8], [0; 8]), leaf(1 << 26, [0; 8], ones), leaf((1 << 27) - 1, ones, ones), dirty()];
    let report = report::<MemoryLeafChip>(&MemoryLeafChip::table(&leaves, 8), &[]);
    assert!(report.is_honest(), "{:?} {:?}", report.violations, report.bad_lookups);
    assert_eq!((MemoryLeaf::WIDTH, report.interactions), (120, 126));
    // 8 words sent and received by each leaf, without those that stayed as they were; two nodes each.
    let count = |bus: &str| report.messages.keys().filter(|key| key.0 == bus).count();
    assert_eq!((count("memory"), count("node")), (16 + 2, 8));
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<MemoryLeafChip>());
}

/// Bug classes 7 and 10: every cell of a row in use is pinned; on the zero row only `real` is, as all counts are 0.
#[test]
fn every_cell_is_pinned() {
    let (used, padding): (Vec<_>, Vec<_>) = survivors::<MemoryLeafChip>(&MemoryLeafChip::table(&[dirty()], 2), &[])
        .into_iter()
        .partition(|&(row, _)| row == 0);
    assert_eq!(used, []);
    assert_eq!(padding, (1..MemoryLeaf::WIDTH).map(|column| (1, column)).collect::<Vec<_>>());
}

/// Condition 7: other limbs under the same digest. Each cheat keeps the packed elements, so the hash look-up passes.
#[test]
fn other_limbs_with_the_same_packing_are_refused() {
    let table = MemoryLeafChip::table(&[dirty()], 1);
    let forge = |change: fn(&mut MemoryLeaf<Felt>)| {
        let mut forged: RowMajorMatrix<Felt> = table.clone();
        change(forged.values.as_mut_slice().borrow_mut());
        let report = report::<MemoryLeafChip>(&forged, &[]);
        assert!(report.violations.is_empty());
        assert!(report.bad_lookups.iter().all(|(_, bus, _)| bus != "hash"), "the packing was to stay");
        assert!(!report.bad_lookups.is_empty());
    };
    // Limb 0 carries what belongs to the low piece above it.
    forge(|row| {
        row.initial.limbs[0] += Felt::from_u32(1 << 16);
        row.initial.limbs[9] -= Felt::ONE;
    });
    // Two high pieces exchange what one of them cannot hold: 1 in the second is 8 in the first.
    forge(|row| {
        row.last.highs[0] += Felt::from_u8(8);
        row.last.limbs[9] += Felt::from_u32(1 << 16);
        row.last.highs[1] -= Felt::ONE;
        row.last.limbs[10] -= Felt::from_u16(1 << 13);
    });
    // Fractions: 2^-16 more in a high piece is 1 less in `8 low`, so every 16-bit look-up still passes; only that of the
    // high piece does not.
    forge(|row| {
        row.initial.highs[0] += Felt::from_u32(1 << 16).inverse();
        row.initial.limbs[0] += Felt::from_u16(1 << 13);
        row.initial.limbs[7] -= Felt::ONE;
    });
}

/// Condition 3, bug class 10: a dropped write keeps the row consistent but changes what it sends.
#[test]
fn dropped_write_unbalances_memory() {
    let honest = report::<MemoryLeafChip>(&MemoryLeafChip::table(&[dirty()], 1), &[]);
    let record = dirty();
    let stale = leaf(record.index, record.initial, record.initial);
    let forged = report::<MemoryLeafChip>(&MemoryLeafChip::table(&[stale], 1), &[]);
    assert!(forged.is_honest() && forged.is_rejected_against(&honest));
}

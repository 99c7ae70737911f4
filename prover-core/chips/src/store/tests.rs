use alloc::vec::Vec;
use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use p3_field::PrimeCharacteristicRing;

use super::{Store, StoreChip};
use crate::Felt;
use crate::check::zero_row_is_neutral;
use crate::memory_model::{WINDOW, size, step, steps};
use crate::step_tests::{assert_honest, assert_pairs_pinned, assert_pinned, assert_refused, has_row};

const OPS: [Op; 3] = [Op::Sb, Op::Sh, Op::Sw];
const DATA: u64 = 0xfedc_ba98_7654_3210;

#[test]
fn honest_rows_hold() {
    for op in OPS {
        assert_honest::<StoreChip>(&steps(op, |address| address % size(op) as u64 == 0), 40, 18);
    }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<StoreChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    for op in OPS {
        let mut free = Vec::new();
        if op == Op::Sw {
            // No single limb is merged.
            free.push(column(|row| row.merged));
        }
        if op != Op::Sb {
            // Only sb takes limbs apart.
            free.extend([column(|row| row.byte), column(|row| row.dropped), column(|row| row.kept)]);
        }
        for offset in (0..8).step_by(size(op)) {
            let step = step(op, 0x2_fff0, 8 + offset, DATA, WINDOW);
            assert_pinned::<StoreChip>(step, &free, column(|row| row.state.pc));
        }
    }
}

/// The same for two cells at once.
#[test]
fn every_pair_is_pinned() {
    assert_pairs_pinned::<StoreChip>(step(Op::Sb, 0x2_fff0, 11, DATA, WINDOW), &[]);
}

/// What is misaligned or outside data space has no row here.
#[test]
fn other_addresses_have_no_row() {
    for op in OPS {
        assert!(has_row::<StoreChip>(step(op, 1 << 32, (size(op) as u64).wrapping_neg(), DATA, WINDOW)));
        assert!(!has_row::<StoreChip>(step(op, 0xffff_ffff, 1, DATA, WINDOW)));
        assert!(!has_row::<StoreChip>(step(op, 0, u64::MAX - 7, DATA, WINDOW)));
        for offset in (0..8).filter(|offset| offset % size(op) as u64 != 0) {
            assert!(!has_row::<StoreChip>(step(op, 0x2000, offset, DATA, WINDOW)), "{op:?} {offset}");
        }
    }
}

/// Condition 6, consistent cheats: a forged neighbour, another byte stored, another place.
#[test]
fn forged_neighbours_are_refused() {
    let forge = |op, offset, change: fn(&mut Store<Felt>)| {
        assert_refused::<StoreChip>(step(op, 0x2000, offset, DATA, WINDOW), |row| change(row.borrow_mut()));
    };
    // The byte that stays, before and after.
    forge(Op::Sb, 0, |row| {
        row.kept += Felt::ONE;
        row.merged += Felt::from_u16(256);
    });
    // The same with the old limb as dropped + 2^8 kept for a dropped that is no byte.
    forge(Op::Sb, 0, |row| {
        row.kept += Felt::ONE;
        row.merged += Felt::from_u16(256);
        row.dropped -= Felt::from_u16(256);
    });
    // The byte stored is not the low byte of rs2.
    forge(Op::Sb, 0, |row| {
        row.byte += Felt::ONE;
        row.merged += Felt::ONE;
    });
    forge(Op::Sb, 1, |row| {
        row.byte += Felt::from_u16(256);
        row.merged += Felt::from_u32(1 << 16);
    });
    // The other byte of the limb is replaced.
    forge(Op::Sb, 0, |row| {
        core::mem::swap(&mut row.dropped, &mut row.kept);
        row.is_odd = Felt::ONE;
        row.merged = row.byte * Felt::from_u16(256) + row.kept;
    });
    forge(Op::Sh, 2, |row| row.half.swap(1, 2));
    forge(Op::Sw, 0, |row| row.word.swap(0, 1));
}

/// Index of a column.
fn column(pick: impl Fn(&Store<usize>) -> usize) -> usize {
    use core::borrow::Borrow;
    let indexes: alloc::vec::Vec<usize> = (0..Store::WIDTH).collect();
    let row: &Store<usize> = indexes.as_slice().borrow();
    pick(row)
}

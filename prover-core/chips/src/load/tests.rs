use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use p3_field::PrimeCharacteristicRing;

use super::{Load, LoadChip};
use crate::Felt;
use crate::check::zero_row_is_neutral;
use crate::memory_model::{WINDOW, size, step, steps};
use crate::step_tests::{assert_honest, assert_pairs_pinned, assert_pinned, assert_refused, has_row};

const OPS: [Op; 6] = [Op::Lb, Op::Lbu, Op::Lh, Op::Lhu, Op::Lw, Op::Lwu];

#[test]
fn honest_rows_hold() {
    for op in OPS {
        assert_honest::<LoadChip>(&steps(op, |address| address % size(op) as u64 == 0), 40, 18);
    }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<LoadChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    for op in OPS {
        // Only bytes have another byte in their limb.
        let free = if size(op) == 1 { &[][..] } else { &[column(|row| row.other)] };
        for offset in (0..8).step_by(size(op)) {
            for window in [WINDOW, WINDOW.map(|word| !word)] {
                assert_pinned::<LoadChip>(step(op, 0x2_fff0, 8 + offset, 0, window), free, column(|row| row.state.pc));
            }
        }
    }
}

/// The same for two cells at once.
#[test]
fn every_pair_is_pinned() {
    assert_pairs_pinned::<LoadChip>(step(Op::Lb, 0x2_fff0, 11, 0, WINDOW), &[]);
    assert_pairs_pinned::<LoadChip>(step(Op::Lw, 0x2_fff0, 12, 0, WINDOW), &[column(|row| row.other)]);
}

/// What is misaligned or outside data space has no row here.
#[test]
fn other_addresses_have_no_row() {
    for op in OPS {
        assert!(has_row::<LoadChip>(step(op, 1 << 32, (size(op) as u64).wrapping_neg(), 0, WINDOW)));
        assert!(!has_row::<LoadChip>(step(op, 0xffff_ffff, 1, 0, WINDOW)));
        assert!(!has_row::<LoadChip>(step(op, 0, u64::MAX - 7, 0, WINDOW)));
        for offset in (0..8).filter(|offset| offset % size(op) as u64 != 0) {
            assert!(!has_row::<LoadChip>(step(op, 0x2000, offset, 0, WINDOW)), "{op:?} {offset}");
        }
    }
}

/// Bug class 8, consistent cheats: another byte of the limb, another limb, another sign, each with its result.
#[test]
fn other_parts_are_refused() {
    let forge = |op, offset, change: fn(&mut Load<Felt>)| {
        assert_refused::<LoadChip>(step(op, 0x2000, offset, 0, WINDOW), |row| change(row.borrow_mut()));
    };
    for op in [Op::Lbu, Op::Lb] {
        forge(op, 0, |row| {
            row.is_odd = Felt::ONE;
            core::mem::swap(&mut row.low, &mut row.other);
        });
        // The limb as low + 2^8 other with low >= 2^8.
        forge(op, 0, |row| {
            row.low += Felt::from_u16(256);
            row.other -= Felt::ONE;
        });
    }
    forge(Op::Lhu, 2, |row| {
        row.half.swap(1, 3);
        row.low = row.memory.value[3];
    });
    for (op, offset) in [(Op::Lb, 0), (Op::Lb, 2), (Op::Lh, 0), (Op::Lh, 2), (Op::Lw, 0), (Op::Lbu, 0), (Op::Lwu, 0)] {
        forge(op, offset, |row| row.sign = Felt::ONE - row.sign);
    }
}

/// Index of a column.
fn column(pick: impl Fn(&Load<usize>) -> usize) -> usize {
    use core::borrow::Borrow;
    let indexes: alloc::vec::Vec<usize> = (0..Load::WIDTH).collect();
    let row: &Load<usize> = indexes.as_slice().borrow();
    pick(row)
}

use alloc::vec::Vec;
use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use p3_field::PrimeCharacteristicRing;

use super::{LOADS, Misaligned, MisalignedChip, STORES};
use crate::Felt;
use crate::check::{report, zero_row_is_neutral};
use crate::chip::StepChip;
use crate::memory_model::{WINDOW, size, step, steps};
use crate::step_tests::{assert_honest, assert_pairs_pinned, assert_pinned, assert_refused, has_row};

const DATA: u64 = 0xfedc_ba98_7654_3210;

fn ops() -> impl Iterator<Item = Op> {
    LOADS.into_iter().chain(STORES)
}

#[test]
fn honest_rows_hold() {
    for op in ops() {
        assert_honest::<MisalignedChip>(&steps(op, |address| address % size(op) as u64 != 0), 79, 36);
    }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<MisalignedChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    for op in ops() {
        for offset in (1..8).filter(|offset| offset % size(op) as u64 != 0) {
            let mut free = Vec::new();
            // Times of accesses that the row does not make: they feed a range check and nothing else.
            if LOADS.contains(&op) {
                free.push(column(|row| row.data_previous.ts));
            } else {
                // Nor does a store write a register: the old value is sent nowhere.
                free.extend((0..4).map(|i| column(|row| row.write.old[i])));
                free.push(column(|row| row.write.previous.ts));
            }
            if offset as usize + size(op) <= 8 {
                free.push(column(|row| row.memory[1].previous.ts));
                free.push(column(|row| row.inverse));
            }
            let step = step(op, 0x2_fff0, 8 + offset, DATA, WINDOW);
            assert_pinned::<MisalignedChip>(step, &free, column(|row| row.state.pc));
        }
    }
}

/// The same for two cells at once.
#[test]
fn every_pair_is_pinned() {
    // A store writes no register.
    let mut free: Vec<_> = (0..4).map(|i| column(|row| row.write.old[i])).collect();
    free.extend([column(|row| row.write.previous.ts), column(|row| row.write.previous.gap)]);
    assert_pairs_pinned::<MisalignedChip>(step(Op::Sw, 0x2_fff0, 15, DATA, WINDOW), &free);
}

/// Condition 9, bug classes 5 and 10: an access at the end of data space does not reach x0, nor does one beyond it.
#[test]
fn the_end_of_data_space_holds() {
    for op in ops() {
        let size = size(op) as u64;
        let last = step(op, 0xffff_fff8 - size + 1, 0, DATA, WINDOW);
        assert!(has_row::<MisalignedChip>(last), "{op:?}");
        for offset in 8 - size + 1..8 {
            let mut table = MisalignedChip::table(&[step(op, 0xffff_fff8, offset, DATA, WINDOW)], 1);
            for inverse in [0, 1, 2] {
                let row: &mut Misaligned<Felt> = table.values.as_mut_slice().borrow_mut();
                row.inverse = Felt::from_u8(inverse);
                let report = report::<MisalignedChip>(&table, &[]);
                assert_eq!(report.violations.len(), 1, "{op:?} {offset}");
            }
            // Nor without the second word.
            let row: &mut Misaligned<Felt> = table.values.as_mut_slice().borrow_mut();
            row.crosses = Felt::ZERO;
            assert!(!report::<MisalignedChip>(&table, &[]).is_honest());
        }
        assert!(!has_row::<MisalignedChip>(step(op, 0xffff_ffff, 2, DATA, WINDOW)));
    }
}

/// Consistent cheats: a dropped half, a forged neighbour, another sign, another offset, a load that writes.
#[test]
fn other_bytes_are_refused() {
    let forge = |op, offset, change: fn(&mut Misaligned<Felt>)| {
        assert_refused::<MisalignedChip>(step(op, 0x2000, offset, DATA, WINDOW), |row| change(row.borrow_mut()));
    };
    for op in STORES {
        // Condition 6: the second word keeps its value, or changes beyond the access; so does the first.
        forge(op, 7, |row| row.new[1] = row.memory[1].old);
        forge(op, 7, |row| row.new[1][3] += Felt::ONE);
        forge(op, 7, |row| row.new[0][0] += Felt::ONE);
        forge(op, 7, |row| row.crosses = Felt::ZERO);
        forge(op, 1, |row| row.offset.swap(0, 2));
        // The bytes of rs2 as 2^8 and more.
        forge(op, 1, |row| row.data_low[0] += Felt::from_u16(256));
    }
    for op in LOADS {
        forge(op, 7, |row| row.new[1][0] += Felt::ONE);
        forge(op, 7, |row| row.crosses = Felt::ZERO);
        forge(op, 1, |row| row.offset.swap(0, 2));
        forge(op, 3, |row| {
            row.sign = Felt::ONE - row.sign;
            for limb in &mut row.data[2..] {
                *limb = row.sign * Felt::from_u16(0xffff);
            }
        });
    }
}

/// Index of a column.
fn column(pick: impl Fn(&Misaligned<usize>) -> usize) -> usize {
    use core::borrow::Borrow;
    let indexes: alloc::vec::Vec<usize> = (0..Misaligned::WIDTH).collect();
    let row: &Misaligned<usize> = indexes.as_slice().borrow();
    pick(row)
}

use core::borrow::{Borrow, BorrowMut};

use alloc::vec::Vec;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::{Field, PrimeCharacteristicRing};

use super::{Shift, ShiftChip};
use crate::Felt;
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::{Chip, StepChip};
use crate::fixtures::{EDGES, binary, indexes, sends_rd};
use crate::step::limbs;

const OPS: [Op; 6] = [Op::Sll, Op::Srl, Op::Sra, Op::Sllw, Op::Srlw, Op::Sraw];

fn is_word(op: Op) -> bool {
    matches!(op, Op::Sllw | Op::Srlw | Op::Sraw)
}

fn expected(op: Op, x: u64, y: u64) -> u64 {
    let amount = y as u32;
    match op {
        Op::Sll => x.wrapping_shl(amount),
        Op::Srl => x.wrapping_shr(amount),
        Op::Sra => (x as i64).wrapping_shr(amount) as u64,
        Op::Sllw => (x as i32).wrapping_shl(amount) as i64 as u64,
        Op::Srlw => (x as u32).wrapping_shr(amount) as i32 as i64 as u64,
        _ => (x as i32).wrapping_shr(amount) as i64 as u64,
    }
}

fn step(op: Op, x: u64, y: u64, is_imm: bool) -> Step {
    binary(op, x, y, is_imm, expected(op, x, y))
}

fn column(pick: impl Fn(&Shift<usize>) -> usize) -> usize {
    pick(indexes(ShiftChip::WIDTH).as_slice().borrow())
}

/// Every amount, and bits above it.
#[test]
fn honest_rows_hold_and_write_the_result() {
    for op in OPS {
        for x in EDGES {
            let amounts = (0..64).chain([64, 0xffff, 0xffc0, 0x1_0000, 0xffff_ffff_ffff_ffa5, u64::MAX]);
            for (y, is_imm) in amounts.map(|y| (y, false)).chain([(1, true), (31, true)]) {
                let step = step(op, x, y, is_imm);
                let report = report::<ShiftChip>(&ShiftChip::table(&[step], 2), &[]);
                assert!(report.is_honest(), "{op:?} {x:x} {y:x}: {:?} {:?}", report.violations, report.bad_lookups);
                assert!(sends_rd(&report, &step), "{op:?} {x:x} {y:x}");
                // 12 for state, decode and three accesses, 8 for pairs of bytes, amount, two signs.
                assert_eq!(report.interactions, 23);
            }
        }
    }
    assert_eq!(ShiftChip::WIDTH, 60);
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<ShiftChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    for op in OPS {
        for amount in [0, 1, 7, 8, 15, 16, 21, 31, 32, 47, 63] {
            for x in [0x8000_7fff_ffff_1234, 0x7fff_ffff_0123_4567] {
                for is_imm in [false, true] {
                    if is_word(op) && is_imm && amount > 31 {
                        continue;
                    }
                    let y = if is_imm { amount } else { amount | 0xa5c0 };
                    let table = ShiftChip::table(&[step(op, x, y, is_imm)], 2);
                    let mut free = Vec::new();
                    if is_imm {
                        // No register is read at ts + 1: this time feeds a range check and nothing else.
                        free.push((0, column(|row| row.binary.y_previous.ts)));
                    }
                    if !is_word(op) {
                        // Only the 32-bit forms look at the sign of the result.
                        free.push((0, column(|row| row.sign)));
                    }
                    let (used, padding): (Vec<_>, Vec<_>) =
                        survivors::<ShiftChip>(&table, &[]).into_iter().partition(|&(row, _)| row == 0);
                    assert_eq!(used, free, "{op:?} {x:x} {amount} imm {is_imm}");
                    // Padding: while all flags are 0, so are all counts, and no cell but the flags matters.
                    assert!(padding.iter().all(|&(_, at)| at > column(|row| row.binary.is_imm)), "{padding:?}");
                }
            }
        }
    }
}

/// Bug class 7: the classic forgery of a carry, `c / 2^k` or `c` off by one, with a product that makes up for it.
#[test]
fn carries_are_unique() {
    let honest = ShiftChip::table(&[step(Op::Sll, 0x8765_4321_fedc_ba98, 6, false)], 1);
    let half = Felt::TWO.inverse();
    for delta in [Felt::ONE, -Felt::ONE, half, -half, half.square(), Felt::from_u32(0x7f00)] {
        let mut forged = honest.clone();
        let row: &mut Shift<Felt> = forged.values.as_mut_slice().borrow_mut();
        row.carry[0] += delta;
        row.product[0] -= delta * Felt::from_u32(1 << 16);
        row.product[1] += delta;
        row.high[0] -= delta * Felt::from_u32(1 << 8);
        let report = report::<ShiftChip>(&forged, &[]);
        assert!(report.violations.is_empty(), "the forgery is refused by look-ups alone");
        assert!(!report.bad_lookups.is_empty());
    }
}

/// Bug class 8: rows made for another amount or another sign, consistent in all else.
#[test]
fn other_amounts_and_signs_are_refused() {
    let x = 0x8000_0000_8000_0000;
    for op in OPS {
        for amount in 0..64 {
            for other in 0..64 {
                if other % 32 == amount % 32 && (is_word(op) || other == amount) {
                    continue;
                }
                let mut table = ShiftChip::table(&[step(op, x, other, false)], 1);
                let row: &mut Shift<Felt> = table.values.as_mut_slice().borrow_mut();
                let modulus = Felt::from_u64(if is_word(op) { 32 } else { 64 });
                // The rest that makes the equation of the amount hold in the field.
                row.rest += (Felt::from_u64(amount) - Felt::from_u64(other)) * modulus.inverse();
                row.binary.y = limbs(amount);
                let report = report::<ShiftChip>(&table, &[]);
                assert!(
                    report.violations.is_empty(),
                    "{op:?} {amount} {other}: refused by the look-up of the rest alone"
                );
                assert!(!report.bad_lookups.is_empty(), "{op:?} {amount} {other}");
            }
        }
    }
    // The logical shift passed off as the arithmetic one and the other way round.
    for (op, twin) in [(Op::Sra, Op::Srl), (Op::Sraw, Op::Srlw), (Op::Srl, Op::Sra), (Op::Srlw, Op::Sraw)] {
        let mut forged = ShiftChip::table(&[step(twin, x, 5, false)], 1);
        let honest = ShiftChip::table(&[step(op, x, 5, false)], 1);
        let row: &mut Shift<Felt> = forged.values.as_mut_slice().borrow_mut();
        row.is_arithmetic = Felt::ONE - row.is_arithmetic;
        assert!(report::<ShiftChip>(&forged, &[]).is_rejected_against(&report::<ShiftChip>(&honest, &[])), "{op:?}");
        assert!(!report::<ShiftChip>(&forged, &[]).is_honest(), "{op:?}");
    }
}

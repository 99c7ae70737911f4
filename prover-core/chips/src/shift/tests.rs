use core::borrow::{Borrow, BorrowMut};

use alloc::vec::Vec;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;

use super::trace::Plan;
use super::{Shift, ShiftChip};
use crate::Felt;
use crate::check::{degrees, mutants, report, survivors, zero_row_is_neutral};
use crate::chip::{Chip, StepChip};
use crate::fixtures::{EDGES, binary, indexes, sends_rd};
use crate::step::inverse_2_16;

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
fn degrees_are_low() {
    assert_eq!(degrees::<ShiftChip>(), (3, 2));
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

/// The result is the only one: another witness fails in the row itself, it does not merely change what the row sends.
#[test]
fn every_witness_cell_fails_in_its_row() {
    for op in OPS {
        let honest = ShiftChip::table(&[step(op, 0x8000_7fff_ffff_1234, 21, false)], 1);
        for at in column(|row| row.bits[0])..ShiftChip::WIDTH {
            for mutant in mutants(honest.values[at]) {
                let mut forged = honest.clone();
                forged.values[at] = mutant;
                let is_free = at == column(|row| row.sign) && !is_word(op);
                assert_eq!(
                    report::<ShiftChip>(&forged, &[]).is_honest(),
                    is_free && mutant == Felt::ONE,
                    "{op:?} {at}"
                );
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
    // At the top the next limb is no witness: 2^8 more in limb 3 of the result, 2^-8 less above it.
    let mut forged = honest.clone();
    let row: &mut Shift<Felt> = forged.values.as_mut_slice().borrow_mut();
    let part = Felt::from_u32(1 << 8).inverse();
    row.high[3] += Felt::ONE;
    row.carry[3] -= part;
    row.product[3] += Felt::from_u32(1 << 8);
    row.product[4] -= part;
    row.result_upper[1] += Felt::from_u32(1 << 8);
    let report = report::<ShiftChip>(&forged, &[]);
    assert_eq!((report.violations.len(), report.bad_lookups.len()), (0, 1));
}

/// Bug class 8: of all amounts and signs, each with the columns that follow from it, one choice is accepted.
#[test]
fn the_plan_is_unique() {
    for op in OPS {
        for x in [0, 1, 0x8000_0000, 0x8000_0000_0000_0000, 0x7fff_ffff_ffff_ffff, u64::MAX] {
            for y in [0, 1, 15, 16, 24, 31, 33, 63] {
                let step = step(op, x, y, false);
                let honest = ShiftChip::table(&[step], 1);
                let plan = Plan::new(&step);
                let signs: &[bool] = if plan.is_word { &[false, true] } else { &[false] };
                let mut accepted = 0;
                for limbs in 0..4 {
                    for bits in 0..16 {
                        for (fill, &sign) in
                            [false, true].into_iter().flat_map(|fill| signs.iter().map(move |s| (fill, s)))
                        {
                            let mut forged =
                                RowMajorMatrix::new(alloc::vec![Felt::ZERO; ShiftChip::WIDTH], ShiftChip::WIDTH);
                            let row: &mut Shift<Felt> = forged.values.as_mut_slice().borrow_mut();
                            row.binary.fill(&step);
                            Plan { limbs, bits, fill, sign, ..plan }.fill(x, y, row);
                            // The rest that makes the equation of the amount hold in the field.
                            let amount = 16 * limbs + if plan.is_right { 15 - bits } else { bits };
                            let modulus = Felt::from_u8(if plan.is_word { 32 } else { 64 });
                            row.rest = (row.binary.y[0] - Felt::from_u64(amount)) * modulus.inverse();
                            if report::<ShiftChip>(&forged, &[]).is_honest() {
                                accepted += 1;
                                assert_eq!(forged.values, honest.values, "{op:?} {x:x} {y}");
                            }
                        }
                    }
                }
                assert_eq!(accepted, 1, "{op:?} {x:x} {y}");
            }
        }
    }
}

/// Bug class 8: the logical shift passed off as the arithmetic one and the other way round.
#[test]
fn the_other_kind_of_shift_is_refused() {
    let x = 0x8000_0000_8000_0000;
    for (op, twin) in [(Op::Sra, Op::Srl), (Op::Sraw, Op::Srlw), (Op::Srl, Op::Sra), (Op::Srlw, Op::Sraw)] {
        let mut forged = ShiftChip::table(&[step(twin, x, 5, false)], 1);
        let honest = ShiftChip::table(&[step(op, x, 5, false)], 1);
        let row: &mut Shift<Felt> = forged.values.as_mut_slice().borrow_mut();
        row.is_arithmetic = Felt::ONE - row.is_arithmetic;
        assert!(report::<ShiftChip>(&forged, &[]).is_rejected_against(&report::<ShiftChip>(&honest, &[])), "{op:?}");
        assert!(!report::<ShiftChip>(&forged, &[]).is_honest(), "{op:?}");
    }
}

/// Multiplies `x` by `factor` in a row of a left shift by less than a byte.
fn multiply(row: &mut Shift<Felt>, x: u64, factor: u64) {
    let mut carry = 0;
    for i in 0..4 {
        let product = (x >> (16 * i) & 0xffff) * factor + carry;
        carry = product >> 16;
        row.carry[i] = Felt::from_u64(carry);
        row.high[i] = Felt::from_u64(product >> 8 & 0xff);
        row.product[i] = Felt::from_u64(product & 0xffff);
    }
    row.product[4] = Felt::from_u64(carry);
    row.factor = Felt::from_u64(factor);
    move_up(row);
}

/// The upper limbs of the result by the flags of a left shift, whatever they are.
fn move_up(row: &mut Shift<Felt>) {
    let limb = |i: usize| (0..=i).map(|j| row.left[j] * row.product[i - j]).sum();
    row.result_upper = [limb(2), limb(3)];
}

/// Bug class 8: flags, bits and powers that are none, in rows that are consistent in all else.
#[test]
fn flags_bits_and_powers_are_what_they_say() {
    let x = 0x0123_4567_89ab_cdef;
    let violations = |y, cheat: &dyn Fn(&mut Shift<Felt>)| {
        let mut forged = ShiftChip::table(&[step(Op::Sll, x, y, false)], 1);
        cheat(forged.values.as_mut_slice().borrow_mut());
        let report = report::<ShiftChip>(&forged, &[]);
        (report.violations.len(), report.bad_lookups.len())
    };
    // 2^2 by a "bit" of 2: 1 + 2.
    let no_bit = |row: &mut Shift<Felt>| {
        row.bits = [Felt::TWO, Felt::ZERO, Felt::ZERO, Felt::ZERO];
        row.quarter = Felt::from_u8(3);
        multiply(row, x, 3);
    };
    assert_eq!(violations(2, &no_bit), (1, 0));
    let no_quarter = |row: &mut Shift<Felt>| {
        row.quarter = Felt::from_u8(5);
        multiply(row, x, 5);
    };
    assert_eq!(violations(0, &no_quarter), (1, 0));
    assert_eq!(violations(0, &|row| multiply(row, x, 5)), (1, 0));
    // Two flags of 2 and -1: amount -1.
    let no_flag = |row: &mut Shift<Felt>| {
        row.left = [Felt::TWO, -Felt::ONE, Felt::ZERO, Felt::ZERO];
        row.bits = [Felt::ONE; 4];
        row.rest = Felt::ONE;
        row.quarter = Felt::from_u8(8);
        multiply(row, x, 128);
        row.product = ShiftChip::table(&[step(Op::Sll, x, 15, false)], 1).values[column(|row| row.product[0])..][..5]
            .try_into()
            .unwrap();
        move_up(row);
    };
    assert_eq!(violations(63, &no_flag), (2, 0));
    // Another word is shifted.
    let no_x = |row: &mut Shift<Felt>| {
        row.upper[1] += Felt::ONE;
        multiply(row, x + (1 << 48), 4);
    };
    assert_eq!(violations(2, &no_x), (1, 0));
    // Two flags: every look-up would count twice.
    let two_flags = |row: &mut Shift<Felt>| {
        row.left[0] = Felt::ONE;
        row.quarter = Felt::TWO;
        multiply(row, x, 2);
    };
    assert_eq!(violations(16, &two_flags).0, 1);
}

/// Bug class 8: 2 limb / 2^16 passes the look-up of a sign as well as bit 15 of the limb.
#[test]
fn signs_are_bits() {
    let violations = |op, cheat: &dyn Fn(&mut Shift<Felt>)| {
        let mut forged = ShiftChip::table(&[step(op, 0x4321 << 48 | 0x4321 << 16, 0, false)], 1);
        cheat(forged.values.as_mut_slice().borrow_mut());
        let report = report::<ShiftChip>(&forged, &[]);
        (report.violations.len(), report.bad_lookups.len())
    };
    let no_bit = Felt::from_u32(2 * 0x4321) * inverse_2_16();
    assert_eq!(violations(Op::Sra, &|row| row.fill = no_bit), (1, 0));
    let no_sign = |row: &mut Shift<Felt>| {
        row.sign = no_bit;
        row.result_upper = [no_bit * Felt::from_u16(0xffff); 2];
    };
    assert_eq!(violations(Op::Sllw, &no_sign), (1, 0));
}

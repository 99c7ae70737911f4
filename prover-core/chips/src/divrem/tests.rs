use alloc::vec::Vec;
use core::borrow::{Borrow, BorrowMut};

use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::REGISTER_WORD;
use hearth_machine::trace::{Access, Step};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::trace::Division;
use super::{DivRem, DivRemChip};
use crate::Felt;
use crate::check::{Report, degrees, report, survivors, zero_row_is_neutral};
use crate::chip::StepChip;
use crate::product::limb_sums;
use crate::step::limbs;

/// The table of the RISC-V specification: ordinary division, division by zero, overflow.
pub(super) fn expected(op: Op, n: u64, d: u64) -> u64 {
    let (ns, ds, nw, dw) = (n as i64, d as i64, n as i32, d as i32);
    let sext = |value: i32| i64::from(value) as u64;
    match op {
        Op::Div | Op::Divu if d == 0 => u64::MAX,
        Op::Rem | Op::Remu if d == 0 => n,
        Op::Divw | Op::Divuw if dw == 0 => u64::MAX,
        Op::Remw | Op::Remuw if dw == 0 => sext(nw),
        Op::Div => ns.wrapping_div(ds) as u64,
        Op::Divu => n / d,
        Op::Rem => ns.wrapping_rem(ds) as u64,
        Op::Remu => n % d,
        Op::Divw => sext(nw.wrapping_div(dw)),
        Op::Divuw => sext((n as u32 / d as u32) as i32),
        Op::Remw => sext(nw.wrapping_rem(dw)),
        Op::Remuw => sext((n as u32 % d as u32) as i32),
        _ => unreachable!(),
    }
}

fn step(op: Op, n: u64, d: u64) -> Step {
    let access = |register: u32, prev_ts, prev, next| Access { word: REGISTER_WORD + register, prev_ts, prev, next };
    Step {
        pc: 0x10_0000,
        ts: 0x2_0000,
        next_pc: 0x10_0004,
        instruction: Instruction { op, is_imm: false, rd: 7, rs1: 5, rs2: 6, imm: 0, target: 0 },
        rs1: access(5, 0, n, n),
        rs2: access(6, 0x1_fff9, d, d),
        memory: Default::default(),
        rd: access(7, 44, 0xdead_beef_0123_4567, expected(op, n, d)),
    }
}

pub(super) const EDGES: [u64; 13] = [
    0,
    1,
    7,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0xffff_ffff_8000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0x9234_5678_9abc_def1,
    0xffff_ffff_ffff_fff9,
    u64::MAX,
];
pub(super) const OPS: [Op; 8] = [Op::Div, Op::Divu, Op::Rem, Op::Remu, Op::Divw, Op::Divuw, Op::Remw, Op::Remuw];

/// The chip writes what the model says: the value sent to rd.
#[test]
fn honest_rows_hold() {
    for op in OPS {
        for n in EDGES {
            for d in EDGES {
                let report = report::<DivRemChip>(&DivRemChip::table(&[step(op, n, d)], 1), &[]);
                assert!(report.is_honest(), "{op:?} {n:x} {d:x} {:?} {:?}", report.violations, report.bad_lookups);
                assert_eq!((DivRem::WIDTH, report.interactions), (68, 41));
                let mut message = alloc::vec![REGISTER_WORD + 7, 0x2_0003];
                message.extend((0..4).map(|k| u32::from((expected(op, n, d) >> (16 * k)) as u16)));
                assert_eq!(report.messages.get(&("memory".into(), message)), Some(&Felt::ONE), "{op:?} {n:x} {d:x}");
            }
        }
    }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<DivRemChip>());
}

/// Bug classes 5, 7, 8 and 9 on this chip: every cell of a used row is pinned, by zero and with overflow too.
#[test]
fn every_cell_is_pinned() {
    let operands = [
        (0x8000_7fff_ffff_1234, 0xffff_ffff_ffff_f9a5),
        (0x7000_7fff_8fff_1234, 0x1_0003),
        (0x9234_5678_9abc_def1, 0),
        (12345, 0),
        (0, 5),
        (0x8000_0000_0000_0000, u64::MAX),
        (0xffff_ffff_8000_0000, u64::MAX),
    ];
    for op in OPS {
        for (n, d) in operands {
            let table = DivRemChip::table(&[step(op, n, d)], 2);
            let (used, padding): (Vec<_>, Vec<_>) =
                survivors::<DivRemChip>(&table, &[]).into_iter().partition(|&(row, _)| row == 0);
            assert_eq!(used, [], "{op:?} {n:x} {d:x}");
            // Padding: all counts are 0. What they are made of is pinned.
            assert!(padding.iter().all(|&(_, at)| at > column(|row| row.is_word)), "{padding:?}");
        }
    }
}

/// The report on an honest row whose division is replaced, everything that follows from it recomputed.
pub(super) fn forged(op: Op, n: u64, d: u64, change: impl FnOnce(&mut Division)) -> (RowMajorMatrix<Felt>, Report) {
    let mut table = DivRemChip::table(&[step(op, n, d)], 1);
    let mut division = Division::new(op, n, d);
    change(&mut division);
    division.fill(table.values.as_mut_slice().borrow_mut());
    let report = report::<DivRemChip>(&table, &[]);
    (table, report)
}

/// The quotient one too small, the remainder larger by the divisor: only the comparison refuses it.
#[test]
fn remainder_is_below_divisor() {
    for op in [Op::Divu, Op::Remu, Op::Div, Op::Rem] {
        let (_, report) = forged(op, 1000, 7, |division| {
            division.quotient -= 1;
            division.remainder += 7;
        });
        assert_eq!((report.violations.len(), report.bad_lookups.len()), (1, 0), "{op:?}");
    }
}

/// Bug class 7: quotients that fit modulo 2^64 only.
#[test]
fn product_does_not_wrap() {
    // 3 x 0xaaaa_aaaa_aaaa_aaab = 2^65 + 1: the carry out of limb 3 is 2.
    let (_, report) = forged(Op::Divu, 1, 3, |division| {
        division.quotient = 0xaaaa_aaaa_aaaa_aaab;
        division.remainder = 0;
    });
    assert_eq!((report.violations.len(), report.bad_lookups.len()), (1, 0));
    // 2^32 x 2^32 = 2^64: a product of bytes beyond 64 bits.
    let (_, report) = forged(Op::Divu, 0, 1 << 32, |division| division.quotient = 1 << 32);
    assert_eq!((report.violations.len(), report.bad_lookups.len()), (1, 0));
}

/// Floor division of signed operands: the remainder's sign is the dividend's.
#[test]
fn quotient_is_rounded_towards_zero() {
    // -7 / 2 = -3 remainder -1; flooring gives -4, remainder 1.
    let (_, report) = forged(Op::Div, -7i64 as u64, 2, |division| {
        division.quotient = 4;
        division.remainder = 1;
    });
    assert!(!report.is_honest());
    let (_, report) = forged(Op::Div, -7i64 as u64, 2, |division| {
        division.quotient = 4;
        division.remainder = 1u64.wrapping_neg();
    });
    assert!(!report.is_honest());
}

/// Division by zero has one answer, and only a zero divisor has it.
#[test]
fn division_by_zero_is_pinned() {
    for op in OPS {
        for n in [5u64, 0xffff_ffff_ffff_fffb] {
            let (_, report) = forged(op, n, 0, |division| division.quotient = 12);
            assert!(!report.is_honest(), "{op:?}: another quotient");
            let (_, report) = forged(op, n, 0, |division| division.remainder = 0);
            assert!(!report.is_honest(), "{op:?}: another remainder");
            let (_, report) = forged(op, n, 0, |division| division.is_zero = false);
            assert!(!report.is_honest(), "{op:?}: denied");
            let (_, report) = forged(op, n, 3, |division| {
                *division = Division { d: 3, is_zero: true, ..Division::new(op, n, 0) };
            });
            assert!(!report.is_honest(), "{op:?}: invented");
        }
    }
}

/// Bug class 7, a consistent cheat: another dividend is divided, smaller by 1 + 2^16 x 32512, and the carry out of limb 0
/// makes up for it: 2^16 x 32512 = -1 modulo p. All equations hold, all cells are below 2^16; only the sum of the carries
/// gives it away.
#[test]
fn a_carry_cannot_wrap_around_the_field() {
    let n: u64 = 1000 + (40000 << 16);
    let other = n - 1 - (32512 << 16);
    let (mut table, _) = forged(Op::Remu, n, 7, |division| {
        division.quotient = other / 7;
        division.remainder = other % 7;
    });
    let row: &mut DivRem<Felt> = table.values.as_mut_slice().borrow_mut();
    let sums = limb_sums(other / 7, 7);
    let mut carry = ((sums[0] + (other % 7) as i64 + 1 - 1000) >> 16) + 32512;
    row.carry[0] = Felt::from_u32(carry as u32 + 1);
    for (k, sum) in sums.into_iter().enumerate().take(3).skip(1) {
        carry = (sum + carry - i64::from((n >> (16 * k)) as u16)) >> 16;
        row.carry[k] = Felt::from_u32((carry + 1) as u32);
    }
    let total: Felt = row.carry.iter().copied().sum();
    let report = report::<DivRemChip>(&table, &[]);
    assert_eq!(report.violations, []);
    let sum = (total * Felt::from_u8(4)).as_canonical_u32();
    assert_eq!(report.bad_lookups, [(0, "range16".into(), alloc::vec![sum])]);
}

#[test]
fn degrees_are_low() {
    assert_eq!(degrees::<DivRemChip>(), (3, 2));
}

/// Index of a column.
fn column(pick: impl Fn(&DivRem<usize>) -> usize) -> usize {
    let indexes: Vec<usize> = (0..DivRem::WIDTH).collect();
    let row: &DivRem<usize> = indexes.as_slice().borrow();
    pick(row)
}

/// A row of `step` with other cells.
fn with_cells(step: Step, forge: impl FnOnce(&mut DivRem<Felt>)) -> Report {
    let mut table = DivRemChip::table(&[step], 1);
    forge(table.values.as_mut_slice().borrow_mut());
    report::<DivRemChip>(&table, &[])
}

/// The first carry of `result = -quotient` is a bit by its own constraint alone: -5 / 5 = 32512 2^16 has the carry -32512,
/// which is 1 / 2^16 in the field.
#[test]
fn first_carry_of_a_negation_is_a_bit() {
    let report = with_cells(step(Op::Div, 5u64.wrapping_neg(), 5), |row| {
        row.result = limbs(32512 << 16);
    });
    assert!(report.bad_lookups.is_empty());
    assert_eq!(report.violations, [(0, 44)]);
}

/// The last carry is in its range by its own look-up alone: what it lacks is what another has too much, so that their sum is
/// right, and 0 2^64 + n = n has a second remainder.
#[test]
fn last_carry_is_looked_up_itself() {
    let n = 0x0007_0005_9c40_0009;
    let report = with_cells(step(Op::Remu, n, u64::MAX), |row| {
        let other = 0x7f07_0006_1d40_0008;
        row.carry[0] += Felt::from_u16(32512);
        row.carry[2] -= Felt::from_u16(32512);
        (row.remainder, row.result) = (limbs(other), limbs(other));
        row.slack = limbs(u64::MAX - other - 1);
    });
    assert!(report.violations.is_empty(), "{:?}", report.violations);
    assert_eq!(report.bad_lookups.len(), 1, "{:?}", report.bad_lookups);
}

use alloc::vec::Vec;
use core::borrow::{Borrow, BorrowMut};

use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::REGISTER_WORD;
use hearth_machine::trace::{Access, Step};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use super::{Mul, MulChip};
use crate::Felt;
use crate::check::{degrees, report, survivors, zero_row_is_neutral};
use crate::chip::StepChip;
use crate::product::limb_sums;

/// The operations as the RISC-V specification words them, over 128-bit integers.
fn expected(op: Op, x: u64, y: u64) -> u64 {
    let signed = |value: u64| i128::from(value as i64);
    match op {
        Op::Mul => x.wrapping_mul(y),
        Op::Mulh => ((signed(x) * signed(y)) >> 64) as u64,
        Op::Mulhsu => ((signed(x) * i128::from(y)) >> 64) as u64,
        Op::Mulhu => ((u128::from(x) * u128::from(y)) >> 64) as u64,
        Op::Mulw => i64::from((x as i32).wrapping_mul(y as i32)) as u64,
        _ => unreachable!(),
    }
}

fn step(op: Op, x: u64, y: u64) -> Step {
    let access = |register: u32, prev_ts, prev, next| Access { word: REGISTER_WORD + register, prev_ts, prev, next };
    Step {
        pc: 0x10_0000,
        ts: 0x2_0000,
        next_pc: 0x10_0004,
        instruction: Instruction { op, is_imm: false, rd: 7, rs1: 5, rs2: 6, imm: 0, target: 0 },
        rs1: access(5, 0, x, x),
        rs2: access(6, 0x1_fff9, y, y),
        memory: Default::default(),
        rd: access(7, 44, 0xdead_beef_0123_4567, expected(op, x, y)),
    }
}

const EDGES: [u64; 10] = [
    0,
    1,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0x9234_5678_9abc_def1,
    u64::MAX,
];
const OPS: [Op; 5] = [Op::Mul, Op::Mulh, Op::Mulhsu, Op::Mulhu, Op::Mulw];

/// The chip writes what the model says: the value sent to rd.
#[test]
fn honest_rows_hold() {
    for op in OPS {
        for x in EDGES {
            for y in EDGES {
                let table = MulChip::table(&[step(op, x, y)], 1);
                let report = report::<MulChip>(&table, &[]);
                assert!(report.is_honest(), "{op:?} {x:x} {y:x} {:?} {:?}", report.violations, report.bad_lookups);
                assert_eq!((Mul::WIDTH, report.interactions), (54, 40));
                let mut message = alloc::vec![REGISTER_WORD + 7, 0x2_0003];
                message.extend((0..4).map(|k| u32::from((expected(op, x, y) >> (16 * k)) as u16)));
                assert_eq!(report.messages[&("memory".into(), message)], Felt::ONE, "{op:?} {x:x} {y:x}");
            }
        }
    }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<MulChip>());
}

/// Bug classes 5, 7, 8 and 9 on this chip: every cell of a used row is pinned, signs included.
#[test]
fn every_cell_is_pinned() {
    for op in OPS {
        for (x, y) in [(0x8000_7fff_ffff_1234, 0xffff_ffff_ffff_f9a5), (3, 0x7000_0000_0000_0001)] {
            let table = MulChip::table(&[step(op, x, y)], 2);
            let (used, padding): (Vec<_>, Vec<_>) =
                survivors::<MulChip>(&table, &[]).into_iter().partition(|&(row, _)| row == 0);
            assert_eq!(used, [], "{op:?}");
            // Padding: all counts are 0. The flags are pinned.
            assert!(padding.iter().all(|&(_, at)| at > column(|row| row.is_mulw)), "{padding:?}");
        }
    }
}

/// Bug class 7, a consistent cheat: limb 0 one too large, its carry (p - 1) / 2^16 too large, every later limb honest.
/// Each equation holds modulo p and each cell is below 2^16; only the sum of the carries gives it away.
#[test]
fn a_carry_cannot_wrap_around_the_field() {
    let (x, y) = (0x1234_5678_9abc_def1, 0xfedc_ba98_7654_3210);
    let mut table = MulChip::table(&[step(Op::Mulhu, x, y)], 1);
    let row: &mut Mul<Felt> = table.values.as_mut_slice().borrow_mut();
    row.product[0] += Felt::ONE;
    let mut carry = i64::from(row.carry[0].as_canonical_u32()) + 32512;
    row.carry[0] = Felt::from_u32(carry as u32);
    for (k, sum) in limb_sums(x, y).into_iter().enumerate().skip(1) {
        let sum = sum + carry;
        carry = sum >> 16;
        row.product[k] = Felt::from_u16(sum as u16);
        row.carry[k] = Felt::from_u32(carry as u32 + if k < 4 { 0 } else { 2 });
    }
    let total: Felt = row.carry.iter().copied().sum();
    let report = report::<MulChip>(&table, &[]);
    assert_eq!(report.violations, []);
    let sum = (total * Felt::from_u8(4)).as_canonical_u32();
    assert_eq!(report.bad_lookups, [(0, "range16".into(), alloc::vec![sum])]);
}

/// Bug class 8: the other sign with all limbs recomputed.
#[test]
fn signs_are_those_of_the_operands() {
    let (x, y) = (0x8000_0000_0000_0003, 0x8000_0000_0000_0005);
    // A row of one operation under the flag of another: its signs no longer fit.
    for (made, claimed) in
        [(Op::Mulhu, Op::Mulhsu), (Op::Mulhu, Op::Mulh), (Op::Mulhsu, Op::Mulh), (Op::Mulh, Op::Mulhu)]
    {
        let mut table = MulChip::table(&[step(made, x, y)], 1);
        let row: &mut Mul<Felt> = table.values.as_mut_slice().borrow_mut();
        row.is_mulh = Felt::from_bool(claimed == Op::Mulh);
        row.is_mulhsu = Felt::from_bool(claimed == Op::Mulhsu);
        row.is_mulhu = Felt::from_bool(claimed == Op::Mulhu);
        let report = report::<MulChip>(&table, &[]);
        assert!(report.violations.is_empty() && !report.bad_lookups.is_empty(), "{made:?} {claimed:?}");
    }
}

#[test]
fn degrees_are_low() {
    assert_eq!(degrees::<MulChip>(), (2, 2));
}

/// Index of a column.
fn column(pick: impl Fn(&Mul<usize>) -> usize) -> usize {
    let indexes: Vec<usize> = (0..Mul::WIDTH).collect();
    let row: &Mul<usize> = indexes.as_slice().borrow();
    pick(row)
}

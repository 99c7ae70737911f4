use core::borrow::{Borrow, BorrowMut};

use alloc::vec::Vec;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::{Bitwise, BitwiseChip};
use crate::Felt;
use crate::check::{degrees, mutants, report, survivors, zero_row_is_neutral};
use crate::chip::{Chip, StepChip};
use crate::fixtures::{EDGES, binary, indexes};

const OPS: [Op; 3] = [Op::And, Op::Or, Op::Xor];

fn step(op: Op, x: u64, y: u64, is_imm: bool) -> Step {
    let result = match op {
        Op::And => x & y,
        Op::Or => x | y,
        _ => x ^ y,
    };
    binary(op, x, y, is_imm, result)
}

fn column(pick: impl Fn(&Bitwise<usize>) -> usize) -> usize {
    pick(indexes(BitwiseChip::WIDTH).as_slice().borrow())
}

#[test]
fn honest_rows_hold_and_write_the_result() {
    for op in OPS {
        for x in EDGES {
            for (y, is_imm) in EDGES.map(|y| (y, false)).into_iter().chain([(2047, true), (u64::MAX - 2047, true)]) {
                let step = step(op, x, y, is_imm);
                let report = report::<BitwiseChip>(&BitwiseChip::table(&[step], 2), &[]);
                assert!(report.is_honest(), "{op:?} {x:x} {y:x}: {:?} {:?}", report.violations, report.bad_lookups);
                assert!(crate::fixtures::sends_rd(&report, &step), "{op:?} {x:x} {y:x}");
                // 14 for state, decode and three accesses, 8 bytes.
                assert_eq!(report.interactions, 22);
            }
        }
    }
    assert_eq!(BitwiseChip::WIDTH, 43);
}

#[test]
fn degrees_are_low() {
    assert_eq!(degrees::<BitwiseChip>(), (2, 2));
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<BitwiseChip>());
}

/// The result is the only one: another byte fails in the row itself, it does not merely change what the row sends.
#[test]
fn every_byte_fails_a_look_up() {
    for op in OPS {
        let honest = BitwiseChip::table(&[step(op, 0x8000_7fff_ffff_1234, 0x0ff0_7fff_00ff_a5f9, false)], 1);
        for at in column(|row| row.x_high[0])..BitwiseChip::WIDTH {
            for mutant in mutants(honest.values[at]) {
                let mut forged = honest.clone();
                forged.values[at] = mutant;
                assert!(!report::<BitwiseChip>(&forged, &[]).bad_lookups.is_empty(), "{op:?} column {at}");
            }
        }
    }
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    for op in OPS {
        for is_imm in [false, true] {
            let y = if is_imm { u64::MAX - 1000 } else { 0x0ff0_7fff_00ff_a5f9 };
            let table = BitwiseChip::table(&[step(op, 0x8000_7fff_ffff_1234, y, is_imm)], 2);
            let (used, padding): (Vec<_>, Vec<_>) =
                survivors::<BitwiseChip>(&table, &[]).into_iter().partition(|&(row, _)| row == 0);
            // With an immediate no register is read at ts + 1: this time feeds a range check and nothing else.
            let free: &[_] = if is_imm { &[(0, column(|row| row.binary.y_previous.ts))] } else { &[] };
            assert_eq!(used, free, "{op:?} imm {is_imm}");
            // Padding: while all flags are 0, so are all counts, and no cell but the flags matters.
            assert!(padding.iter().all(|&(_, at)| at > column(|row| row.binary.is_imm)), "{padding:?}");
        }
    }
}

/// Bug class 7: another split of a limb, and the low byte that makes up for it modulo the field order.
#[test]
fn splits_are_unique() {
    let honest = BitwiseChip::table(&[step(Op::Xor, 0x1234, 0x00ff, false)], 1);
    for high in 0..=0xffff_u16 {
        let mut forged = honest.clone();
        let row: &mut Bitwise<Felt> = forged.values.as_mut_slice().borrow_mut();
        row.x_high[0] = Felt::from_u16(high);
        assert_eq!(report::<BitwiseChip>(&forged, &[]).is_honest(), high == 0x12);
    }
}

/// Bug class 8, and the bound on counts: flags that are no bits, or not exclusive, violate constraints.
#[test]
fn flags_are_bits_and_exclusive() {
    let violations = |cheat: &dyn Fn(&mut Bitwise<Felt>)| {
        let mut forged = BitwiseChip::table(&[step(Op::And, 12, 10, false)], 1);
        cheat(forged.values.as_mut_slice().borrow_mut());
        report::<BitwiseChip>(&forged, &[]).violations.len()
    };
    // 2 and - or = 2 x 5 - 6 = subw.
    let subw = |row: &mut Bitwise<Felt>| {
        row.is_and = Felt::TWO;
        row.is_or = -Felt::ONE;
    };
    assert_eq!(violations(&subw), 2);
    assert_eq!(violations(&|row| row.is_or = Felt::ONE), 1);
    assert_eq!(violations(&|row| row.binary.is_imm = Felt::TWO), 1);
    // An unused row with an immediate would read rs2 minus once.
    let unused = |row: &mut Bitwise<Felt>| {
        row.is_and = Felt::ZERO;
        row.binary.is_imm = Felt::ONE;
    };
    assert_eq!(violations(&unused), 1);
}

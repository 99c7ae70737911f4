use core::borrow::{Borrow, BorrowMut};

use alloc::vec::Vec;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::{Compare, CompareChip};
use crate::Felt;
use crate::check::{degrees, report, survivors, zero_row_is_neutral};
use crate::chip::{Chip, StepChip};
use crate::fixtures::{EDGES, binary, indexes, sends_rd};

const OPS: [Op; 2] = [Op::Slt, Op::Sltu];

fn step(op: Op, x: u64, y: u64, is_imm: bool) -> Step {
    let less = if op == Op::Slt { (x as i64) < y as i64 } else { x < y };
    binary(op, x, y, is_imm, u64::from(less))
}

fn column(pick: impl Fn(&Compare<usize>) -> usize) -> usize {
    pick(indexes(CompareChip::WIDTH).as_slice().borrow())
}

#[test]
fn honest_rows_hold_and_write_the_result() {
    for op in OPS {
        for x in EDGES {
            for (y, is_imm) in EDGES.map(|y| (y, false)).into_iter().chain([(2047, true), (u64::MAX - 2047, true)]) {
                let step = step(op, x, y, is_imm);
                let report = report::<CompareChip>(&CompareChip::table(&[step], 2), &[]);
                assert!(report.is_honest(), "{op:?} {x:x} {y:x}: {:?} {:?}", report.violations, report.bad_lookups);
                assert!(sends_rd(&report, &step), "{op:?} {x:x} {y:x}");
                // 14 for state, decode and three accesses, 3 for the comparison.
                assert_eq!(report.interactions, 17);
            }
        }
    }
    assert_eq!(CompareChip::WIDTH, 34);
}

#[test]
fn degrees_are_low() {
    assert_eq!(degrees::<CompareChip>(), (2, 2));
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<CompareChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    for op in OPS {
        for is_imm in [false, true] {
            for x in [0x8000_7fff_ffff_1234, 5, u64::MAX - 1000] {
                let table = CompareChip::table(&[step(op, x, u64::MAX - 1000, is_imm)], 2);
                let (used, padding): (Vec<_>, Vec<_>) =
                    survivors::<CompareChip>(&table, &[]).into_iter().partition(|&(row, _)| row == 0);
                // With an immediate no register is read at ts + 1: this time feeds a range check and nothing else.
                let free: &[_] = if is_imm { &[(0, column(|row| row.binary.y_previous.ts))] } else { &[] };
                assert_eq!(used, free, "{op:?} {x:x} imm {is_imm}");
                // Padding: while all flags are 0, so are all counts, and no cell but the flags matters.
                assert!(padding.iter().all(|&(_, at)| at > column(|row| row.binary.is_imm)), "{padding:?}");
            }
        }
    }
}

/// Bug class 8: `slt` with the witness of `sltu`.
#[test]
fn a_comparison_of_the_other_signedness_is_refused() {
    let (x, y) = (u64::MAX, 0);
    for (op, other) in [(Op::Slt, false), (Op::Sltu, true)] {
        let mut table = CompareChip::table(&[binary(op, x, y, false, u64::from(other))], 1);
        let row: &mut Compare<Felt> = table.values.as_mut_slice().borrow_mut();
        row.less_than.differs = [Felt::ZERO; 4];
        row.less_than.fill(x, y, other);
        assert!(!report::<CompareChip>(&table, &[]).is_honest(), "{op:?}");
    }
}

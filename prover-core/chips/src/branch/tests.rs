use core::borrow::{Borrow, BorrowMut};

use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::{Branch, BranchChip};
use crate::Felt;
use crate::check::{degrees, report, survivors, zero_row_is_neutral};
use crate::chip::{Chip, StepChip};
use crate::fixtures::{EDGES, branch, indexes};

const OPS: [Op; 6] = [Op::Beq, Op::Bne, Op::Blt, Op::Bge, Op::Bltu, Op::Bgeu];
const TARGET: u32 = 0x0f_fff0;

fn is_taken(op: Op, x: u64, y: u64) -> bool {
    match op {
        Op::Beq => x == y,
        Op::Bne => x != y,
        Op::Blt => (x as i64) < y as i64,
        Op::Bge => x as i64 >= y as i64,
        Op::Bltu => x < y,
        _ => x >= y,
    }
}

fn step(op: Op, x: u64, y: u64) -> Step {
    branch(op, x, y, TARGET, is_taken(op, x, y))
}

#[test]
fn honest_rows_hold_and_go_where_they_should() {
    for op in OPS {
        for x in EDGES {
            for y in EDGES {
                let step = step(op, x, y);
                let report = report::<BranchChip>(&BranchChip::table(&[step], 2), &[]);
                assert!(report.is_honest(), "{op:?} {x:x} {y:x}: {:?} {:?}", report.violations, report.bad_lookups);
                let next = alloc::vec![if is_taken(op, x, y) { TARGET } else { 0x10_0004 }, step.ts + 4];
                assert_eq!(report.messages.get(&("state".to_string(), next)), Some(&Felt::ONE));
                // 10 for state, decode and two accesses, 3 for the comparison.
                assert_eq!(report.interactions, 13);
            }
        }
    }
    assert_eq!(BranchChip::WIDTH, 32);
}

#[test]
fn degrees_are_low() {
    assert_eq!(degrees::<BranchChip>(), (3, 2));
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<BranchChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned, on the taken and on the untaken path.
#[test]
fn every_cell_is_pinned() {
    let flags = {
        let indexes = indexes(BranchChip::WIDTH);
        let row: &Branch<usize> = indexes.as_slice().borrow();
        row.is_bgeu
    };
    for op in OPS {
        for (x, y) in [(7, 7), (3, 0xffff_ffff_0000_0000), (0xffff_ffff_0000_0000, 3), (0x1_0000, 0x1_0001)] {
            let table = BranchChip::table(&[step(op, x, y)], 2);
            let (used, padding): (Vec<_>, Vec<_>) =
                survivors::<BranchChip>(&table, &[]).into_iter().partition(|&(row, _)| row == 0);
            assert_eq!(used, [], "{op:?} {x:x} {y:x}");
            // Padding: while all flags are 0, so are all counts, and no cell but the flags matters.
            assert!(padding.iter().all(|&(_, at)| at > flags), "{padding:?}");
        }
    }
}

/// Bug class 9: a row that is consistent but for the direction.
#[test]
fn the_other_direction_is_refused() {
    for op in OPS {
        for x in EDGES {
            for y in EDGES {
                let wrong = branch(op, x, y, TARGET, !is_taken(op, x, y));
                let mut table = BranchChip::table(&[wrong], 1);
                assert!(!report::<BranchChip>(&table, &[]).is_honest(), "{op:?} {x:x} {y:x}");
                // Nor with the opposite outcome of the comparison.
                let row: &mut Branch<Felt> = table.values.as_mut_slice().borrow_mut();
                row.less_than.less = Felt::ONE - row.less_than.less;
                assert!(!report::<BranchChip>(&table, &[]).is_honest(), "{op:?} {x:x} {y:x}");
            }
        }
    }
}

use alloc::vec::Vec;

use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::REGISTER_WORD;
use hearth_machine::trace::{Access, Step};

use super::{AddSub, AddSubChip};
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::StepChip;

fn expected(op: Op, x: u64, y: u64) -> u64 {
    match op {
        Op::Add => x.wrapping_add(y),
        Op::Sub => x.wrapping_sub(y),
        Op::Addw => (x as i32).wrapping_add(y as i32) as i64 as u64,
        Op::Subw => (x as i32).wrapping_sub(y as i32) as i64 as u64,
        _ => unreachable!(),
    }
}

fn step(op: Op, x: u64, y: u64, is_imm: bool) -> Step {
    let access = |register: u32, prev_ts, prev, next| Access { word: REGISTER_WORD + register, prev_ts, prev, next };
    Step {
        pc: 0x10_0000,
        ts: 0x2_0000,
        next_pc: 0x10_0004,
        instruction: Instruction {
            op,
            is_imm,
            rd: 7,
            rs1: 5,
            rs2: if is_imm { 0 } else { 6 },
            imm: if is_imm { y } else { 0 },
            target: 0,
        },
        rs1: access(5, 0, x, x),
        rs2: if is_imm { Access::default() } else { access(6, 0x1_fff9, y, y) },
        memory: Default::default(),
        rd: access(7, 44, 0xdead_beef_0123_4567, expected(op, x, y)),
    }
}

const EDGES: [u64; 7] = [0, 1, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff_0000_ffff, u64::MAX];
const OPS: [Op; 4] = [Op::Add, Op::Sub, Op::Addw, Op::Subw];

#[test]
fn honest_rows_hold() {
    let mut steps = Vec::new();
    for op in OPS {
        for x in EDGES {
            for y in EDGES {
                steps.push(step(op, x, y, false));
            }
            steps.push(step(op, x, u64::MAX - 2047, true));
            steps.push(step(op, x, 2047, true));
        }
    }
    let table = AddSubChip::table(&steps, steps.len().next_power_of_two());
    let report = report::<AddSubChip>(&table, &[]);
    assert!(report.is_honest(), "{:?} {:?}", report.violations, report.bad_lookups);
    assert!(report.interactions <= 20, "{}", report.interactions);
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<AddSubChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    for op in OPS {
        let is_word = matches!(op, Op::Addw | Op::Subw);
        for is_imm in [false, true] {
            let table = AddSubChip::table(&[step(op, 0x8000_7fff_ffff_1234, 0xffff_ffff_ffff_f9a5, is_imm)], 2);
            let mut free = Vec::new();
            if is_imm {
                // No register is read at ts + 1: this time feeds a range check and nothing else.
                free.push((0, column(|row| row.y_previous.ts)));
            }
            if !is_word {
                // Only the word forms look at the sign.
                free.push((0, column(|row| row.sign)));
            }
            let (used, padding): (Vec<_>, Vec<_>) =
                survivors::<AddSubChip>(&table, &[]).into_iter().partition(|&(row, _)| row == 0);
            assert_eq!(used, free, "{op:?} imm {is_imm}");
            // Padding: while all flags are 0, so are all counts, and no cell matters. The flags themselves are pinned.
            assert!(padding.iter().all(|&(_, at)| at > column(|row| row.is_imm)), "{padding:?}");
        }
    }
}

/// Index of a column.
fn column(pick: impl Fn(&AddSub<usize>) -> usize) -> usize {
    use core::borrow::Borrow;
    let indexes: Vec<usize> = (0..AddSub::WIDTH).collect();
    let row: &AddSub<usize> = indexes.as_slice().borrow();
    pick(row)
}

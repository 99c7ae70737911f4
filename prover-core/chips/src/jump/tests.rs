use alloc::vec::Vec;
use core::borrow::BorrowMut;

use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::{HALT_PC, REGISTER_WORD};
use hearth_machine::trace::{Access, Step};
use p3_field::PrimeCharacteristicRing;

use super::{Jump, JumpChip};
use crate::Felt;
use crate::check::zero_row_is_neutral;
use crate::step_tests::{assert_honest, assert_pairs_pinned, assert_pinned, assert_refused, has_row};

fn jump(op: Op, pc: u32, base: u64, imm: u64, next_pc: u32) -> Step {
    let register = |index: u32, prev_ts, prev, next| Access { word: REGISTER_WORD + index, prev_ts, prev, next };
    let is_jal = op == Op::Jal;
    Step {
        pc,
        ts: 0x2_0000,
        next_pc,
        instruction: Instruction {
            op,
            is_imm: false,
            rd: 1,
            rs1: if is_jal { 0 } else { 5 },
            rs2: 0,
            imm,
            target: if is_jal { next_pc } else { 0 },
        },
        rs1: if is_jal { Access::default() } else { register(5, 7, base, base) },
        rs2: Access::default(),
        memory: Default::default(),
        rd: register(1, 44, 0xdead_beef_0123_4567, u64::from(pc) + 4),
    }
}

fn jal(pc: u32, target: u32) -> Step {
    jump(Op::Jal, pc, 0, u64::from(pc) + 4, target)
}

fn jalr(pc: u32, base: u64, imm: u64) -> Step {
    jump(Op::Jalr, pc, base, imm, base.wrapping_add(imm) as u32 & !1)
}

const PCS: [u32; 5] = [0, 0x10_0000, 0xfffc, 0x1234_fff8, (1 << 30) - 68];

#[test]
fn honest_rows_hold() {
    let mut steps = Vec::new();
    for pc in PCS {
        for target in PCS {
            steps.push(jal(pc, target));
            for imm in [0, 1, 2, 3, 2047, u64::MAX, u64::MAX - 2047] {
                steps.push(jalr(pc, u64::from(target).wrapping_sub(imm), imm));
                steps.push(jalr(pc, u64::from(target | 3).wrapping_sub(imm), imm));
            }
        }
    }
    assert_honest::<JumpChip>(&steps, 27, 16);
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<JumpChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    let flags = column(|row| row.state.pc);
    for base in [0x123_4567, 0x3fff_f800, 0xffff_ffff_ffff_fff0] {
        assert_pinned::<JumpChip>(jalr(0x1234_fffc, base, 0x7ff), &[], flags);
    }
    // jal reads no register and sums nothing.
    let mut free: Vec<_> = (0..4).map(|i| column(|row| row.base.value[i])).collect();
    free.push(column(|row| row.base.previous.ts));
    free.extend([column(|row| row.bit), column(|row| row.low), column(|row| row.high)]);
    assert_pinned::<JumpChip>(jal(0x1234_fffc, 0x10_0000), &free, flags);
}

/// The same for two cells at once.
#[test]
fn every_pair_is_pinned() {
    assert_pairs_pinned::<JumpChip>(jalr(0x1234_fffc, 0x123_4567, 0x7ff), &[]);
}

/// Condition 13: sums of 2^30 and more have no row, also where they equal a pc modulo the field order or 2^32.
#[test]
fn far_targets_have_no_row() {
    const P: u64 = (1 << 31) - (1 << 24) + 1;
    assert!(has_row::<JumpChip>(jalr(0, (1 << 30) - 1, 0)));
    for sum in [1 << 30, 1 << 31, P + 0x10_0000, (1 << 32) + 0x10_0000, (1 << 48) + 0x10_0000, u64::MAX] {
        for imm in [0, 16, u64::MAX - 15] {
            let mut step = jalr(0, sum.wrapping_sub(imm), imm);
            step.next_pc = 0x10_0000;
            assert!(!has_row::<JumpChip>(step), "{sum:x}");
        }
    }
}

/// Condition 12 and bug class 9, consistent cheats: bit 0 kept, bit 1 cleared, HALT, foreign targets.
#[test]
fn foreign_targets_are_refused() {
    let forge = |step, change: fn(&mut Jump<Felt>)| assert_refused::<JumpChip>(step, |row| change(row.borrow_mut()));
    let odd = || jalr(0x10_0000, 0x20_0003, 0);
    forge(odd(), |row| row.target += Felt::ONE);
    forge(odd(), |row| row.target -= Felt::TWO);
    forge(odd(), |row| row.target = Felt::from_u32(HALT_PC));
    // Bit 0 as a half in `low`.
    forge(odd(), |row| {
        row.bit = Felt::ZERO;
        row.low += Felt::ONE.halve();
        row.target += Felt::ONE;
    });
    // A unit of limb 1 moved into limb 0.
    forge(odd(), |row| {
        row.low += Felt::from_u32(1 << 15);
        row.high -= Felt::ONE;
    });
    // A quarter of limb 1, which `4 high` alone would admit.
    forge(odd(), |row| {
        row.high += Felt::ONE.halve().halve();
        row.low -= Felt::from_u32(1 << 13);
    });
}

/// Bug class 7: no other link value passes on `jalr`, also where it equals pc + 4 modulo the field order.
#[test]
fn foreign_links_are_refused() {
    const P: u64 = (1 << 31) - (1 << 24) + 1;
    for pc in PCS {
        for alias in [P, 2 * P, 1 << 16, 1] {
            let link = u64::from(pc) + 4 + alias;
            let mut step = jalr(pc, 0x10_0000, 0);
            step.rd.next = link;
            assert!(!has_row::<JumpChip>(step), "{pc:x} {alias:x}");
        }
        assert_refused::<JumpChip>(jalr(pc, 0x10_0000, 0), |row| {
            let row: &mut Jump<Felt> = row.borrow_mut();
            row.link[0] += Felt::from_u32(1 << 16);
            row.link[1] -= Felt::ONE;
        });
    }
}

/// Index of a column.
fn column(pick: impl Fn(&Jump<usize>) -> usize) -> usize {
    use core::borrow::Borrow;
    let indexes: alloc::vec::Vec<usize> = (0..Jump::WIDTH).collect();
    let row: &Jump<usize> = indexes.as_slice().borrow();
    pick(row)
}

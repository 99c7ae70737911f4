use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Branch;
use crate::Felt;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Branch<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    let flag = match instruction.op {
        Op::Beq => &mut row.is_beq,
        Op::Bne => &mut row.is_bne,
        Op::Blt => &mut row.is_blt,
        Op::Bge => &mut row.is_bge,
        Op::Bltu => &mut row.is_bltu,
        _ => &mut row.is_bgeu,
    };
    *flag = Felt::ONE;
    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.x.fill(step.ts, &step.rs1);
    row.rs2 = Felt::from_u8(instruction.rs2);
    row.y.fill(step.ts + 1, &step.rs2);
    let signed = matches!(instruction.op, Op::Blt | Op::Bge);
    row.less_than.fill(step.rs1.prev, step.rs2.prev, signed);
    row.target = Felt::from_u32(instruction.target);
    row.next_pc = Felt::from_u32(step.next_pc);
}

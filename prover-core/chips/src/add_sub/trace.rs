use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::AddSub;
use crate::Felt;
use crate::step::limbs;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut AddSub<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    let flag = match instruction.op {
        Op::Add => &mut row.is_add,
        Op::Sub => &mut row.is_sub,
        Op::Addw => &mut row.is_addw,
        _ => &mut row.is_subw,
    };
    *flag = Felt::ONE;
    let is_word = matches!(instruction.op, Op::Addw | Op::Subw);
    row.is_imm = Felt::from_bool(instruction.is_imm);
    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.x.fill(step.ts, &step.rs1);
    row.rs2 = Felt::from_u8(instruction.rs2);
    row.y = limbs(if instruction.is_imm { instruction.imm } else { step.rs2.prev });
    row.y_previous.fill(step.ts + 1, &step.rs2);
    row.rd = Felt::from_u8(instruction.rd);
    row.write.fill(step.ts + 3, &step.rd);
    row.result = limbs(step.rd.next);
    row.sign = Felt::from_bool(is_word && step.rd.next >> 31 & 1 == 1);
}

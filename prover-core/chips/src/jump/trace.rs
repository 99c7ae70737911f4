use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Jump;
use crate::Felt;
use crate::step::{immediate, limbs};

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Jump<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.base.fill(step.ts, &step.rs1);
    row.imm = immediate(instruction);
    row.rd = Felt::from_u8(instruction.rd);
    row.write.fill(step.ts + 3, &step.rd);
    let link = limbs(step.rd.next);
    row.link = [link[0], link[1]];
    row.target = Felt::from_u32(step.next_pc);
    if instruction.op == Op::Jal {
        row.is_jal = Felt::ONE;
        return;
    }
    row.is_jalr = Felt::ONE;
    let sum = step.rs1.prev.wrapping_add(instruction.imm);
    row.bit = Felt::from_bool(sum & 1 == 1);
    row.low = Felt::from_u16(sum as u16 >> 1);
    row.high = Felt::from_u16((sum >> 16) as u16);
}

use core::borrow::BorrowMut;

use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::LoadDouble;
use crate::Felt;
use crate::step::immediate;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut LoadDouble<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    row.is_real = Felt::ONE;
    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.base.fill(step.ts, &step.rs1);
    row.imm = immediate(instruction);
    row.address.fill(step.rs1.prev.wrapping_add(instruction.imm));
    row.memory.fill(step.ts + 2, &step.memory[0]);
    row.rd = Felt::from_u8(instruction.rd);
    row.write.fill(step.ts + 3, &step.rd);
}

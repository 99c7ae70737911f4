use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Compare;
use crate::Felt;
use crate::binary::second_operand;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Compare<Felt> = row.borrow_mut();
    let signed = step.instruction.op == Op::Slt;
    row.is_slt = Felt::from_bool(signed);
    row.is_sltu = Felt::from_bool(!signed);
    row.binary.fill(step);
    row.less_than.fill(step.rs1.prev, second_operand(step), signed);
}

use core::borrow::BorrowMut;

use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Ecall;
use crate::Felt;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Ecall<Felt> = row.borrow_mut();
    row.is_exit = Felt::ONE;
    row.state.fill(step.pc, step.ts);
    row.code.fill(step.ts, &step.rs1);
}

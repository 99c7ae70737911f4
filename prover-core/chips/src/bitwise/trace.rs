use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Bitwise;
use crate::Felt;
use crate::binary::second_operand;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Bitwise<Felt> = row.borrow_mut();
    let flag = match step.instruction.op {
        Op::And => &mut row.is_and,
        Op::Or => &mut row.is_or,
        _ => &mut row.is_xor,
    };
    *flag = Felt::ONE;
    row.binary.fill(step);
    let (x, y) = (step.rs1.prev, second_operand(step));
    let low = |value: u64| core::array::from_fn(|i| Felt::from_u8((value >> (16 * i)) as u8));
    row.x_high = low(x >> 8);
    row.y_high = low(y >> 8);
    row.and_low = low(x & y);
    row.and_high = low((x & y) >> 8);
}

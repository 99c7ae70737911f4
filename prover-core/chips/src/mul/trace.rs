use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::{HIGH_CARRY_OFFSET, Mul};
use crate::Felt;
use crate::product::{bytes, limb_sums};

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Mul<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    let (x, y) = (step.rs1.prev, step.rs2.prev);
    let flag = match instruction.op {
        Op::Mul => &mut row.is_mul,
        Op::Mulh => &mut row.is_mulh,
        Op::Mulhsu => &mut row.is_mulhsu,
        Op::Mulhu => &mut row.is_mulhu,
        _ => &mut row.is_mulw,
    };
    *flag = Felt::ONE;
    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.x = bytes(x);
    row.x_previous.fill(step.ts, &step.rs1);
    row.rs2 = Felt::from_u8(instruction.rs2);
    row.y = bytes(y);
    row.y_previous.fill(step.ts + 1, &step.rs2);
    row.rd = Felt::from_u8(instruction.rd);
    row.write.fill(step.ts + 3, &step.rd);

    let x_sign = match instruction.op {
        Op::Mulh | Op::Mulhsu => x >> 63 == 1,
        Op::Mulw => x.wrapping_mul(y) >> 31 & 1 == 1,
        _ => false,
    };
    let y_sign = instruction.op == Op::Mulh && y >> 63 == 1;
    row.x_sign = Felt::from_bool(x_sign);
    row.y_sign = Felt::from_bool(y_sign);

    let mut carry = 0;
    for (k, sum) in limb_sums(x, y).into_iter().enumerate() {
        let mut sum = sum + carry;
        let mut offset = 0;
        if k >= 4 {
            let limb = |value: u64| i64::from((value >> (16 * (k - 4))) as u16);
            sum -= i64::from(x_sign) * limb(y) + i64::from(y_sign) * limb(x);
            offset = i64::from(HIGH_CARRY_OFFSET);
        }
        carry = sum >> 16;
        row.product[k] = Felt::from_u16(sum as u16);
        row.carry[k] = Felt::from_u16((carry + offset) as u16);
    }
}

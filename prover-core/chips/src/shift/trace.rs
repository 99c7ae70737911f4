use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Shift;
use crate::Felt;
use crate::binary::second_operand;
use crate::step::limbs;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Shift<Felt> = row.borrow_mut();
    let op = step.instruction.op;
    let is_right = !matches!(op, Op::Sll | Op::Sllw);
    let is_arithmetic = matches!(op, Op::Sra | Op::Sraw);
    let is_word = matches!(op, Op::Sllw | Op::Srlw | Op::Sraw);
    let (x, y) = (step.rs1.prev, second_operand(step));
    let modulus = if is_word { 32 } else { 64 };
    let amount = y % modulus;

    row.binary.fill(step);
    row.is_arithmetic = Felt::from_bool(is_arithmetic);
    row.is_word = Felt::from_bool(is_word);
    let moves = if is_right { &mut row.right } else { &mut row.left };
    moves[(amount / 16) as usize] = Felt::ONE;
    let bits = if is_right { 15 - amount % 16 } else { amount % 16 };
    row.bits = core::array::from_fn(|i| Felt::from_bool(bits >> i & 1 == 1));
    row.quarter = Felt::from_u8(1 << (bits & 3));
    let factor = 1 << (bits & 7) << u32::from(is_right);
    row.factor = Felt::from_u64(factor);
    row.rest = Felt::from_u64((y & 0xffff) / modulus);

    let fill = is_arithmetic && if is_word { x >> 31 & 1 == 1 } else { x >> 63 == 1 };
    row.fill = Felt::from_bool(fill);
    let ones = if fill { u64::MAX } else { 0 };
    let shifted = if is_word { x & 0xffff_ffff | ones << 32 } else { x };
    row.upper = [limbs(shifted)[2], limbs(shifted)[3]];
    let mut carry = 0;
    for i in 0..4 {
        let product = (shifted >> (16 * i) & 0xffff) * factor + carry;
        carry = product >> 16;
        row.carry[i] = Felt::from_u64(carry);
        row.high[i] = Felt::from_u64(product >> 8 & 0xff);
    }
    let product = (u128::from(ones) << 64 | u128::from(shifted)) << (bits + u64::from(is_right));
    row.product = core::array::from_fn(|i| Felt::from_u16((product >> (16 * i)) as u16));
    row.sign = Felt::from_bool(is_word && step.rd.next >> 31 & 1 == 1);
    row.result_upper = [limbs(step.rd.next)[2], limbs(step.rd.next)[3]];
}

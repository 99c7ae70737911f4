use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Shift;
use crate::Felt;
use crate::binary::second_operand;
use crate::step::limbs;

/// What a row says beside its operands; all other columns follow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub is_right: bool,
    pub is_arithmetic: bool,
    pub is_word: bool,
    /// Whole limbs to move by.
    pub limbs: u64,
    /// The number in the column `bits`.
    pub bits: u64,
    /// What comes in from above bit 63 or 31.
    pub fill: bool,
    /// Bit 31 of a 32-bit result.
    pub sign: bool,
}

impl Plan {
    /// The one plan that the constraints accept.
    pub fn new(step: &Step) -> Self {
        let op = step.instruction.op;
        let is_right = !matches!(op, Op::Sll | Op::Sllw);
        let is_arithmetic = matches!(op, Op::Sra | Op::Sraw);
        let is_word = matches!(op, Op::Sllw | Op::Srlw | Op::Sraw);
        let amount = second_operand(step) % if is_word { 32 } else { 64 };
        Self {
            is_right,
            is_arithmetic,
            is_word,
            limbs: amount / 16,
            bits: if is_right { 15 - amount % 16 } else { amount % 16 },
            fill: is_arithmetic && step.rs1.prev >> if is_word { 31 } else { 63 } & 1 == 1,
            sign: is_word && step.rd.next >> 31 & 1 == 1,
        }
    }

    /// Fills the columns that the chip has beside `binary`.
    pub fn fill(self, x: u64, y: u64, row: &mut Shift<Felt>) {
        let moves = if self.is_right { &mut row.right } else { &mut row.left };
        moves[self.limbs as usize] = Felt::ONE;
        row.is_arithmetic = Felt::from_bool(self.is_arithmetic);
        row.is_word = Felt::from_bool(self.is_word);
        row.bits = core::array::from_fn(|i| Felt::from_bool(self.bits >> i & 1 == 1));
        row.quarter = Felt::from_u8(1 << (self.bits & 3));
        let factor = 1 << (self.bits & 7) << u32::from(self.is_right);
        row.factor = Felt::from_u64(factor);
        row.rest = Felt::from_u64((y & 0xffff) / if self.is_word { 32 } else { 64 });

        row.fill = Felt::from_bool(self.fill);
        let ones = if self.fill { u64::MAX } else { 0 };
        let shifted = if self.is_word { x & 0xffff_ffff | ones << 32 } else { x };
        let [_, _, upper @ ..] = limbs(shifted);
        row.upper = upper;
        let mut carry = 0;
        for i in 0..4 {
            let product = (shifted >> (16 * i) & 0xffff) * factor + carry;
            carry = product >> 16;
            row.carry[i] = Felt::from_u64(carry);
            row.high[i] = Felt::from_u64(product >> 8 & 0xff);
        }
        let wide = (i128::from(ones as i64) << 64 | i128::from(shifted)) << (self.bits + u64::from(self.is_right));
        row.product = core::array::from_fn(|i| Felt::from_u16((wide >> (16 * i)) as u16));
        let moved = if self.is_right { wide >> (16 * (self.limbs + 1)) } else { wide << (16 * self.limbs) };
        row.sign = Felt::from_bool(self.sign);
        let [_, _, upper @ ..] = limbs(moved as u64);
        row.result_upper = if self.is_word { [row.sign * Felt::from_u16(0xffff); 2] } else { upper };
    }
}

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Shift<Felt> = row.borrow_mut();
    row.binary.fill(step);
    Plan::new(step).fill(step.rs1.prev, second_operand(step), row);
}

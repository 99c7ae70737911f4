use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::{CARRY_OFFSET, DivRem};
use crate::Felt;
use crate::product::{bytes, limb_sums};
use crate::step::limbs;

/// A division of magnitudes on behalf of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Division {
    pub is_rem: bool,
    /// Operands as they are divided: extended to 64 bits in word forms.
    pub n: u64,
    pub d: u64,
    pub n_negative: bool,
    pub d_negative: bool,
    /// Magnitudes.
    pub quotient: u64,
    pub remainder: u64,
    pub is_zero: bool,
}

impl Division {
    /// The division that `op` makes.
    pub fn new(op: Op, n: u64, d: u64) -> Self {
        let is_signed = matches!(op, Op::Div | Op::Rem | Op::Divw | Op::Remw);
        let extend = |value: u64| match (is_word(op), is_signed) {
            (false, _) => value,
            (true, false) => u64::from(value as u32),
            (true, true) => i64::from(value as i32) as u64,
        };
        let (n, d) = (extend(n), extend(d));
        let (n_negative, d_negative) = (is_signed && (n as i64) < 0, is_signed && (d as i64) < 0);
        let dividend = magnitude(n, n_negative);
        let by_zero = (if n_negative { 1 } else { u64::MAX }, dividend);
        let divisor = magnitude(d, d_negative);
        let quotient = dividend.checked_div(divisor).unwrap_or(by_zero.0);
        let remainder = dividend.checked_rem(divisor).unwrap_or(by_zero.1);
        let is_rem = matches!(op, Op::Rem | Op::Remu | Op::Remw | Op::Remuw);
        Self { is_rem, n, d, n_negative, d_negative, quotient, remainder, is_zero: d == 0 }
    }

    /// Fills all columns that follow from the division.
    pub fn fill(&self, row: &mut DivRem<Felt>) {
        let divisor = magnitude(self.d, self.d_negative);
        let negate_quotient = !self.is_rem && self.n_negative != self.d_negative;
        let negate_remainder = self.is_rem && self.n_negative;
        row.n_high = high(self.n);
        row.d_high = high(self.d);
        row.n_sign = Felt::from_bool(self.n_negative);
        row.d_sign = Felt::from_bool(self.d_negative);
        row.is_zero = Felt::from_bool(self.is_zero);
        row.divisor = bytes(divisor);
        row.quotient = bytes(self.quotient);
        row.remainder = limbs(self.remainder);
        row.slack = limbs(divisor.wrapping_sub(self.remainder).wrapping_sub(1));
        let sums = limb_sums(self.quotient, divisor);
        let mut carry = 0;
        for (k, column) in row.carry.iter_mut().enumerate() {
            let limb = |value: u64| i64::from((value >> (16 * k)) as u16);
            let n = if self.n_negative { -limb(self.n) } else { limb(self.n) };
            carry = (sums[k] + limb(self.remainder) + carry - n) >> 16;
            *column = Felt::from_u16((carry + i64::from(CARRY_OFFSET)) as u16);
        }
        row.negate_quotient = Felt::from_bool(negate_quotient);
        row.negate_remainder = Felt::from_bool(negate_remainder);
        row.result = limbs(self.result());
    }

    /// The result before word forms extend it.
    pub fn result(&self) -> u64 {
        match self.is_rem {
            true => magnitude(self.remainder, self.n_negative),
            false => magnitude(self.quotient, self.n_negative != self.d_negative),
        }
    }
}

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut DivRem<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    let op = instruction.op;
    row.real = Felt::ONE;
    row.is_unsigned = Felt::from_bool(matches!(op, Op::Divu | Op::Remu | Op::Divuw | Op::Remuw));
    row.is_rem = Felt::from_bool(matches!(op, Op::Rem | Op::Remu | Op::Remw | Op::Remuw));
    row.is_word = Felt::from_bool(is_word(op));
    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.n.fill(step.ts, &step.rs1);
    row.rs2 = Felt::from_u8(instruction.rs2);
    row.d.fill(step.ts + 1, &step.rs2);
    row.rd = Felt::from_u8(instruction.rd);
    row.write.fill(step.ts + 3, &step.rd);
    let division = Division::new(op, step.rs1.prev, step.rs2.prev);
    division.fill(row);
    row.result_sign = Felt::from_bool(is_word(op) && division.result() >> 31 & 1 == 1);
}

fn is_word(op: Op) -> bool {
    matches!(op, Op::Divw | Op::Divuw | Op::Remw | Op::Remuw)
}

/// `value`, or minus `value`: the magnitude of a number and back.
fn magnitude(value: u64, negative: bool) -> u64 {
    if negative { value.wrapping_neg() } else { value }
}

/// Limbs 2 and 3.
fn high(value: u64) -> [Felt; 2] {
    let [_, _, a, b] = limbs(value);
    [a, b]
}

use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::{AirBuilder, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Shift;
use crate::Felt;
use crate::binary;
use crate::step::Step;

/// The number of `op` as an expression.
fn number<E: PrimeCharacteristicRing>(op: Op) -> E {
    E::from_u8(op as u8)
}

/// `no` where `flag` is 0, `yes` where it is 1.
fn select<E: PrimeCharacteristicRing>(flag: E, no: E, yes: E) -> E {
    no.clone() + flag * (yes - no)
}

fn sum<V: Copy + Into<E>, E: PrimeCharacteristicRing>(flags: &[V]) -> E {
    flags.iter().fold(E::ZERO, |sum, &flag| sum + flag.into())
}

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Shift<B::Var> = main.current_slice().borrow();
    let (real, op) = operation(builder, row);
    amount(builder, row, &real);
    let mut step = binary::start(builder, real, op, &row.binary);
    // The amount is `y` modulo 64 or 32: a rest below 2^16 leaves no other.
    step.range16(row.rest.into());
    product(&mut step, row);
    let result = result(&mut step, row);
    binary::finish(step, &row.binary, result);
}

/// The flags. Returns `real` and the operation's number.
fn operation<B: AirBuilder<F = Felt>>(builder: &mut B, row: &Shift<B::Var>) -> (B::Expr, B::Expr) {
    for flag in row.left.into_iter().chain(row.right).chain([row.is_arithmetic, row.is_word]) {
        builder.assert_bool(flag);
    }
    let right: B::Expr = sum(&row.right);
    let real = sum::<_, B::Expr>(&row.left) + right.clone();
    let (arithmetic, word): (B::Expr, B::Expr) = (row.is_arithmetic.into(), row.is_word.into());
    builder.assert_bool(real.clone());
    builder.assert_zero(arithmetic.clone() * (B::Expr::ONE - right.clone()));
    builder.assert_zero(word.clone() * (B::Expr::ONE - real.clone()));
    // The 32-bit forms move by less than two limbs.
    builder.assert_zero(word.clone() * (row.left[2] + row.left[3] + row.right[2] + row.right[3]));

    let distance = |from: Op, to: Op| number::<B::Expr>(to) - number::<B::Expr>(from);
    let op = real.clone() * number::<B::Expr>(Op::Sll)
        + right * distance(Op::Sll, Op::Srl)
        + arithmetic * distance(Op::Srl, Op::Sra)
        + word * distance(Op::Sll, Op::Sllw);
    (real, op)
}

/// The amount, its powers of two, and `y`.
fn amount<B: AirBuilder<F = Felt>>(builder: &mut B, row: &Shift<B::Var>, real: &B::Expr) {
    for bit in row.bits {
        builder.assert_bool(bit);
    }
    let right: B::Expr = sum(&row.right);
    let two_to = |i: usize| B::Expr::ONE + row.bits[i] * Felt::from_u16((1 << (1 << i)) - 1);
    builder.assert_eq(row.quarter, real.clone() * two_to(0) * two_to(1));
    builder.assert_eq(row.factor, row.quarter * two_to(2) * (right.clone() + B::Expr::ONE));

    let within: B::Expr = (0..4).fold(B::Expr::ZERO, |sum, i| sum + row.bits[i] * Felt::from_u8(1 << i));
    let limbs = (1..4).fold(B::Expr::ZERO, |sum, j| sum + (row.left[j] + row.right[j]) * Felt::from_u8(16 * j as u8));
    let within = select(right, within.clone(), B::Expr::from_u8(15) - within);
    let modulus = B::Expr::from_u8(64) - row.is_word * Felt::from_u8(32);
    builder.assert_zero(real.clone() * (within + limbs - row.binary.y[0]) + modulus * row.rest);
}

/// The word to shift, times 2^m, in five limbs.
fn product<B: InteractionBuilder<F = Felt>>(step: &mut Step<'_, B>, row: &Shift<B::Var>) {
    let two_to = |bits: u32| Felt::from_u32(1 << bits);
    let x = &row.binary.x.value;
    let fill: B::Expr = row.fill.into();
    let ones = fill.clone() * Felt::from_u16(0xffff);

    // fill is bit 15 of the top limb: 2 limb - 2^16 fill is below 2^16 for no other choice.
    let top = select(row.is_word.into(), x[3].into(), x[1].into());
    step.range16_if(top.double() - fill.clone() * two_to(16), row.is_arithmetic.into());
    let builder = step.builder();
    builder.assert_bool(row.fill);
    builder.assert_zero((B::Expr::ONE - row.is_arithmetic.into()) * row.fill);
    for i in 0..2 {
        builder.assert_eq(row.upper[i], select(row.is_word.into(), x[2 + i].into(), ones.clone()));
    }

    // First times `factor` <= 2^8. Bytes below, at and above the current place; then bit 3 decides which two make a limb.
    let mut carry = B::Expr::ZERO;
    let mut before = B::Expr::ZERO;
    for (i, shifted) in [x[0], x[1], row.upper[0], row.upper[1]].into_iter().enumerate() {
        let limb = row.factor * shifted + carry - row.carry[i] * two_to(16);
        let low = limb.clone() - row.high[i] * two_to(8);
        step.byte(low.clone());
        step.byte(row.high[i].into());
        step.byte(row.carry[i].into());
        let moved = low * two_to(8) + before;
        step.builder().assert_eq(row.product[i], select(row.bits[3].into(), limb, moved));
        carry = row.carry[i].into();
        before = row.high[i].into();
    }
    // Above bit 63 the word goes on with copies of `fill`, so the product does with carry + (2^8 - factor) fill and 255 fill.
    let low = carry + fill.clone() * (B::Expr::from(two_to(8)) - row.factor);
    let limb = low.clone() + fill * Felt::from_u16(0xff00);
    step.builder().assert_eq(row.product[4], select(row.bits[3].into(), limb, low * two_to(8) + before));
}

/// Moves whole limbs and extends 32-bit results.
fn result<B: InteractionBuilder<F = Felt>>(step: &mut Step<'_, B>, row: &Shift<B::Var>) -> [B::Expr; 4] {
    let ones = row.fill * Felt::from_u16(0xffff);
    let limb = |i: usize| {
        let mut sum = B::Expr::ZERO;
        for j in 0..4 {
            if j <= i {
                sum += row.left[j] * row.product[i - j];
            }
            // A right shift by s is a product by 2^(16 - s mod 16), down by one limb more.
            let from_above = row.product.get(i + j + 1).map_or_else(|| ones.clone(), |&limb| limb.into());
            sum += from_above * row.right[j];
        }
        sum
    };
    let word: B::Expr = row.is_word.into();
    // sign is bit 15 of limb 1, as above.
    step.range16_if(limb(1).double() - row.sign * Felt::from_u32(1 << 16), word.clone());
    step.builder().assert_bool(row.sign);
    for i in 0..2 {
        let extended = row.sign * Felt::from_u16(0xffff);
        step.builder().assert_eq(row.result_upper[i], select(word.clone(), limb(2 + i), extended));
    }
    [limb(0), limb(1), row.result_upper[0].into(), row.result_upper[1].into()]
}

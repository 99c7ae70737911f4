use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::{AirBuilder, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::{CARRY_OFFSET, DivRem};
use crate::Felt;
use crate::bus::Program;
use crate::product::{byte_sum, limb_sum, limbs_of_bytes, look_up_carries};
use crate::step::{Step, inverse_2_16};

// The operation number is `Div + is_unsigned + 2 is_rem + 4 is_word`.
const _: () = {
    let ops = [Op::Div, Op::Divu, Op::Rem, Op::Remu, Op::Divw, Op::Divuw, Op::Remw, Op::Remuw];
    let mut i = 0;
    while i < ops.len() {
        assert!(ops[i] as usize == Op::Div as usize + i);
        i += 1;
    }
};

/// The constraints of one row. Numbers in the comments are the steps of the README.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &DivRem<B::Var> = main.current_slice().borrow();
    let real: B::Expr = row.real.into();
    let is_div: B::Expr = row.real - row.is_rem;
    let n = extended::<B>(row.n.value, row.n_high);
    let d = extended::<B>(row.d.value, row.d_high);
    let divisor_bytes: [B::Expr; 8] = row.divisor.map(Into::into);
    let quotient_bytes: [B::Expr; 8] = row.quotient.map(Into::into);
    let divisor = limbs_of_bytes(&divisor_bytes);
    let quotient = limbs_of_bytes(&quotient_bytes);
    let remainder: [B::Expr; 4] = row.remainder.map(Into::into);
    let result: [B::Expr; 4] = row.result.map(Into::into);

    // 1. Counts below are `real` and `real - is_unsigned`.
    for bit in [row.is_unsigned, row.is_rem, row.is_word] {
        builder.assert_bool(bit);
        builder.assert_zero(bit * (B::Expr::ONE - real.clone()));
    }
    for bit in [row.real, row.n_sign, row.d_sign, row.is_zero, row.result_sign] {
        builder.assert_bool(bit);
    }

    // 2. The sign itself is looked up below.
    for (high, value, sign) in [(row.n_high, row.n.value, row.n_sign), (row.d_high, row.d.value, row.d_sign)] {
        builder.assert_zero(row.is_unsigned * sign);
        for (limb, full) in high.into_iter().zip(&value[2..]) {
            builder.when(row.is_word).assert_eq(limb, sign * Felt::from_u16(0xffff));
            builder.when(B::Expr::ONE - row.is_word.into()).assert_eq(limb, *full);
        }
    }

    // 3.
    assert_equal_or_opposite(builder, B::Expr::ONE - row.d_sign.into(), row.d_sign.into(), &d, &divisor);

    // 4.
    let n_factor = B::Expr::ONE - row.n_sign.into().double();
    let mut carry = B::Expr::ZERO;
    for k in 0..4 {
        let sum = limb_sum(&quotient_bytes, &divisor_bytes, k) + remainder[k].clone() + carry;
        carry = match row.carry.get(k) {
            Some(&column) => column - real.clone() * Felt::from_u8(CARRY_OFFSET),
            None => row.n_sign.into(),
        };
        builder.assert_eq(sum, n_factor.clone() * n[k].clone() + carry.clone() * Felt::from_u32(1 << 16));
    }
    let high: B::Expr = (8..15).map(|at| byte_sum(&quotient_bytes, &divisor_bytes, at)).sum();
    builder.assert_zero(high);

    // 5.
    let mut carry = real.clone();
    for k in 0..4 {
        carry = (remainder[k].clone() + row.slack[k].into() + carry - divisor[k].clone()) * inverse_2_16();
        if k < 3 {
            builder.assert_bool(carry.clone());
        }
    }
    builder.assert_eq(carry, row.is_zero);
    builder.assert_zero(divisor_bytes.iter().cloned().sum::<B::Expr>() * row.is_zero);

    // 6. Bytes 1 to 7 are all 255 or all 0: their sum says so.
    let not_negative = B::Expr::ONE - row.n_sign.into();
    let mut zero = builder.when(row.is_zero);
    zero.assert_eq(row.quotient[0], B::Expr::ONE + not_negative.clone() * Felt::from_u8(254));
    zero.assert_eq(quotient_bytes[1..].iter().cloned().sum::<B::Expr>(), not_negative * Felt::from_u16(7 * 255));

    // 7. With a zero divisor, whose sign is 0, the quotient above is right as it is for n >= 0 and for n < 0.
    let signs_differ = row.n_sign + row.d_sign - row.n_sign * row.d_sign * Felt::TWO;
    builder.assert_eq(row.negate_quotient, is_div.clone() * signs_differ);
    builder.assert_eq(row.negate_remainder, row.is_rem * row.n_sign);
    let choices = [(is_div, row.negate_quotient, &quotient), (row.is_rem.into(), row.negate_remainder, &remainder)];
    for (chosen, negate, magnitude) in choices {
        assert_equal_or_opposite(builder, chosen - negate.into(), negate.into(), magnitude, &result);
    }

    let fields = Program {
        pc: B::Expr::ZERO,
        op: real.clone() * Felt::from_u8(Op::Div as u8)
            + row.is_unsigned.into()
            + row.is_rem.into().double()
            + row.is_word * Felt::from_u8(4),
        is_imm: B::Expr::ZERO,
        rd: row.rd.into(),
        rs1: row.rs1.into(),
        rs2: row.rs2.into(),
        imm: [B::Expr::ZERO, B::Expr::ZERO, B::Expr::ZERO],
        target: B::Expr::ZERO,
    };
    let mut step = Step::new(builder, real.clone(), &row.state, fields);
    step.read_register(row.rs1.into(), 0, &row.n, real.clone());
    step.read_register(row.rs2.into(), 1, &row.d, real.clone());
    for bytes in [&divisor_bytes, &quotient_bytes] {
        for k in 0..4 {
            step.bytes(bytes[2 * k].clone(), bytes[2 * k + 1].clone());
        }
    }
    for limb in row.remainder.into_iter().chain(row.slack).chain(row.result) {
        step.range16(limb.into());
    }
    look_up_carries(&mut step, &row.carry.map(Into::into));
    for (value, sign) in [(row.n.value, row.n_sign), (row.d.value, row.d_sign)] {
        let top = value[3] + row.is_word * (value[1] - value[3]);
        step.range16_if(top.double() - sign * Felt::from_u32(1 << 16), row.real - row.is_unsigned);
    }
    let top = row.is_word * row.result[1];
    step.range16(top.double() - row.result_sign * Felt::from_u32(1 << 16));
    let copies = row.result_sign * Felt::from_u16(0xffff);
    let written = core::array::from_fn(|k| match k {
        0 | 1 => result[k].clone(),
        _ => result[k].clone() + row.is_word * (copies.clone() - result[k].clone()),
    });
    step.write_rd(row.rd.into(), &row.write, written);
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish(next);
}

/// An operand with its upper limbs as they are divided.
fn extended<B: AirBuilder>(value: [B::Var; 4], high: [B::Var; 2]) -> [B::Expr; 4] {
    [value[0], value[1], high[0], high[1]].map(Into::into)
}

/// `b = a` where `equal` is 1, `b = -a` modulo 2^64 where `opposite` is 1; all limbs are below 2^16.
fn assert_equal_or_opposite<B: AirBuilder<F = Felt>>(
    builder: &mut B,
    equal: B::Expr,
    opposite: B::Expr,
    a: &[B::Expr; 4],
    b: &[B::Expr; 4],
) {
    let mut carry = B::Expr::ZERO;
    for (a, b) in a.iter().zip(b) {
        builder.when(equal.clone()).assert_eq(a.clone(), b.clone());
        carry = (a.clone() + b.clone() + carry) * inverse_2_16();
        builder.when(opposite.clone()).assert_bool(carry.clone());
    }
}

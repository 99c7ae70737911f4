use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::AddSub;
use crate::Felt;
use crate::bus::Program;
use crate::step::{Step, inverse_2_16};

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &AddSub<B::Var> = main.current_slice().borrow();
    let flags = [(row.is_add, Op::Add), (row.is_sub, Op::Sub), (row.is_addw, Op::Addw), (row.is_subw, Op::Subw)];

    let mut real = B::Expr::ZERO;
    let mut op = B::Expr::ZERO;
    for (flag, operation) in flags {
        builder.assert_bool(flag);
        real += flag.into();
        op += flag * Felt::from_u8(operation as u8);
    }
    builder.assert_bool(real.clone());
    builder.assert_bool(row.is_imm);
    builder.assert_bool(row.sign);
    // An unused row reads no register: `real - is_imm` below stays 0 or 1.
    builder.assert_zero(row.is_imm * (B::Expr::ONE - real.clone()));

    let x: [B::Expr; 4] = row.x.value.map(Into::into);
    let y: [B::Expr; 4] = row.y.map(Into::into);
    let result: [B::Expr; 4] = row.result.map(Into::into);
    let word: B::Expr = row.is_addw + row.is_subw;

    // x + y = result, or result + y = x for a subtraction. The carry out of limb i is
    // (left + y + carry_in - sum) / 2^16; it is 0 or 1 only if the limbs add up, as all are below 2^16.
    for (long, short, left, sum) in [(row.is_add, row.is_addw, &x, &result), (row.is_sub, row.is_subw, &result, &x)] {
        let mut carry = B::Expr::ZERO;
        for i in 0..4 {
            carry = (left[i].clone() + y[i].clone() + carry - sum[i].clone()) * inverse_2_16();
            // The word forms end after 32 bits and drop the carry.
            let used: B::Expr = if i < 2 { long + short } else { long.into() };
            builder.assert_zero(used * carry.clone() * (carry.clone() - B::Expr::ONE));
        }
    }
    for limb in &result[2..] {
        builder.assert_zero(word.clone() * (limb.clone() - row.sign * Felt::from_u16(0xffff)));
    }

    // The immediate has limbs 2 and 3 equal.
    builder.assert_zero(row.is_imm * (row.y[2] - row.y[3]));
    let fields = Program {
        pc: B::Expr::ZERO,
        op,
        is_imm: row.is_imm.into(),
        rd: row.rd.into(),
        rs1: row.rs1.into(),
        rs2: row.rs2.into(),
        imm: [0, 1, 2].map(|i| row.is_imm * row.y[i]),
        target: B::Expr::ZERO,
    };
    let mut step = Step::new(builder, real.clone(), &row.state, fields);
    step.read_register(row.rs1.into(), 0, &row.x, real.clone());
    let y_read = crate::step::Read { value: row.y, previous: row.y_previous };
    step.read_register(row.rs2.into(), 1, &y_read, real - row.is_imm.into());
    for limb in &result {
        step.range16(limb.clone());
    }
    // sign is bit 15 of limb 1: 2 limb - 2^16 sign is below 2^16 for no other choice.
    step.range16_if(result[1].double() - row.sign * Felt::from_u32(1 << 16), word);
    step.write_rd(row.rd.into(), &row.write, result);
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish(next);
}

use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Jump;
use crate::Felt;
use crate::bus::Program;
use crate::step::{Step, inverse_2_16};

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Jump<B::Var> = main.current_slice().borrow();
    let is_jalr: B::Expr = row.is_jalr.into();
    let real: B::Expr = row.is_jal + row.is_jalr;
    for flag in [row.is_jal, row.is_jalr, row.bit] {
        builder.assert_bool(flag);
    }
    builder.assert_bool(real.clone());

    let link = row.link.map(Into::into);
    let [link_0, link_1]: [B::Expr; 2] = link.clone();
    // jal: decoding computed the link value, whose upper half is 0.
    builder.assert_zero(row.is_jal * (row.imm[0] - row.link[0]));
    builder.assert_zero(row.is_jal * (row.imm[1] - row.link[1]));
    // jalr: it is the address after this instruction.
    let sum = link_0.clone() + link_1.clone() * Felt::from_u32(1 << 16);
    builder.assert_zero(row.is_jalr * (sum - row.state.pc.into() - B::Expr::from_u8(4)));

    // jalr: base + imm over 64 bits has the limbs (2 low + bit, high, 0, 0).
    let even = row.low.into().double();
    let sum_0 = even.clone() + row.bit.into();
    let limbs = [sum_0.clone(), row.high.into(), B::Expr::ZERO, B::Expr::ZERO];
    let mut carry = B::Expr::ZERO;
    for (i, limb) in limbs.into_iter().enumerate() {
        carry = (row.base.value[i] + row.imm[i.min(2)] + carry - limb) * inverse_2_16();
        builder.assert_zero(is_jalr.clone() * carry.clone() * (carry.clone() - B::Expr::ONE));
    }
    let target: B::Expr = even + row.high * Felt::from_u32(1 << 16);
    builder.assert_zero(is_jalr.clone() * (target - row.target.into()));

    let fields = Program {
        pc: B::Expr::ZERO,
        op: row.is_jal * Felt::from_u8(Op::Jal as u8) + row.is_jalr * Felt::from_u8(Op::Jalr as u8),
        is_imm: B::Expr::ZERO,
        rd: row.rd.into(),
        rs1: row.rs1.into(),
        rs2: B::Expr::ZERO,
        imm: row.imm.map(Into::into),
        target: row.is_jal * row.target,
    };
    let mut step = Step::new(builder, real, &row.state, fields);
    step.read_register(row.rs1.into(), 0, &row.base, is_jalr.clone());
    // Both look-ups of each pair: the first makes an integer, the second bounds it. `high` is one already, as the
    // equation of its limb says.
    let four = |value: B::Expr| value * Felt::from_u8(4);
    for value in [row.low.into(), sum_0, link_0, four(row.high.into()), link_1.clone(), four(link_1)] {
        step.range16_if(value, is_jalr.clone());
    }
    let [link_0, link_1] = link;
    step.write_rd(row.rd.into(), &row.write, [link_0, link_1, B::Expr::ZERO, B::Expr::ZERO]);
    step.finish(row.target.into());
}

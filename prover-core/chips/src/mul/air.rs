use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::{HIGH_CARRY_OFFSET, Mul};
use crate::Felt;
use crate::bus::Program;
use crate::product::{limb_sum, limbs_of_bytes, look_up_carries};
use crate::step::Step;

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Mul<B::Var> = main.current_slice().borrow();
    let flags = [
        (row.is_mul, Op::Mul),
        (row.is_mulh, Op::Mulh),
        (row.is_mulhsu, Op::Mulhsu),
        (row.is_mulhu, Op::Mulhu),
        (row.is_mulw, Op::Mulw),
    ];

    let mut real = B::Expr::ZERO;
    let mut op = B::Expr::ZERO;
    for (flag, operation) in flags {
        builder.assert_bool(flag);
        real += flag.into();
        op += flag * Felt::from_u8(operation as u8);
    }
    builder.assert_bool(real.clone());
    builder.assert_bool(row.x_sign);
    builder.assert_bool(row.y_sign);

    let x_bytes: [B::Expr; 8] = row.x.map(Into::into);
    let y_bytes: [B::Expr; 8] = row.y.map(Into::into);
    let x = limbs_of_bytes(&x_bytes);
    let y = limbs_of_bytes(&y_bytes);
    let product: [B::Expr; 8] = row.product.map(Into::into);

    let mut carry = B::Expr::ZERO;
    for k in 0..8 {
        let mut sum = limb_sum(&x_bytes, &y_bytes, k) + carry;
        carry = row.carry[k].into();
        if k >= 4 {
            sum -= y[k - 4].clone() * row.x_sign + x[k - 4].clone() * row.y_sign;
            carry -= real.clone() * Felt::from_u8(HIGH_CARRY_OFFSET);
        }
        builder.assert_eq(sum, product[k].clone() + carry.clone() * Felt::from_u32(1 << 16));
    }

    let high: B::Expr = row.is_mulh + row.is_mulhsu + row.is_mulhu;
    let result = core::array::from_fn(|k| {
        let low: B::Expr = if k < 2 { row.is_mul + row.is_mulw } else { row.is_mul.into() };
        let copies = if k < 2 { B::Expr::ZERO } else { row.is_mulw * row.x_sign * Felt::from_u16(0xffff) };
        low * product[k].clone() + high.clone() * product[4 + k].clone() + copies
    });

    let fields = Program {
        pc: B::Expr::ZERO,
        op,
        is_imm: B::Expr::ZERO,
        rd: row.rd.into(),
        rs1: row.rs1.into(),
        rs2: row.rs2.into(),
        imm: [B::Expr::ZERO, B::Expr::ZERO, B::Expr::ZERO],
        target: B::Expr::ZERO,
    };
    let mut step = Step::new(builder, real, &row.state, fields);
    step.read_register_value(row.rs1.into(), 0, x, &row.x_previous);
    step.read_register_value(row.rs2.into(), 1, y, &row.y_previous);
    for bytes in [&x_bytes, &y_bytes] {
        for k in 0..4 {
            step.bytes(bytes[2 * k].clone(), bytes[2 * k + 1].clone());
        }
    }
    for limb in &product {
        step.range16(limb.clone());
    }
    look_up_carries(&mut step, &row.carry.map(Into::into));
    // A sign is the top bit of what it belongs to: 2 top - 2^16 sign is below 2^16 for no other choice. Of x the
    // high byte suffices: 512 byte - 2^16 sign is then below 2^16 too.
    let signed_x = row.is_mulh + row.is_mulhsu;
    let top = signed_x * row.x[7] * Felt::from_u16(512) + row.is_mulw * row.product[1] * Felt::TWO;
    step.range16(top - row.x_sign * Felt::from_u32(1 << 16));
    step.byte(row.is_mulh * row.y[7] * Felt::TWO - row.y_sign * Felt::from_u16(256));
    step.write_rd(row.rd.into(), &row.write, result);
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish(next);
}

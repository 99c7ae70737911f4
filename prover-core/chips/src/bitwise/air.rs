use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Bitwise;
use crate::Felt;
use crate::binary;
use crate::bus::{BusBuilder, ByteAnd};
use crate::operation::one_operation;

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Bitwise<B::Var> = main.current_slice().borrow();
    let (real, op) = one_operation(builder, &[(row.is_and, Op::And), (row.is_or, Op::Or), (row.is_xor, Op::Xor)]);
    let mut step = binary::start(builder, real.clone(), op, &row.binary);

    let base = Felt::from_u16(1 << 8);
    // x | y = x + y - (x & y) and x ^ y = x + y - 2 (x & y), in each bit and so in each limb.
    let of_sum: B::Expr = row.is_or + row.is_xor;
    let of_and: B::Expr = row.is_and - row.is_or - row.is_xor.into().double();
    let result = core::array::from_fn(|i| {
        let (x, y) = (row.binary.x.value[i], row.binary.y[i]);
        let low = ByteAnd { a: x - row.x_high[i] * base, b: y - row.y_high[i] * base, c: row.and_low[i].into() };
        let high = ByteAnd { a: row.x_high[i].into(), b: row.y_high[i].into(), c: row.and_high[i].into() };
        step.builder().look_up(low, real.clone());
        step.builder().look_up(high, real.clone());
        let and: B::Expr = row.and_low[i] + row.and_high[i] * base;
        of_sum.clone() * (x + y) + of_and.clone() * and
    });
    binary::finish(step, &row.binary, result);
}

use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Compare;
use crate::Felt;
use crate::operation::one_operation;
use crate::{binary, less_than};

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Compare<B::Var> = main.current_slice().borrow();
    let (real, op) = one_operation(builder, &[(row.is_slt, Op::Slt), (row.is_sltu, Op::Sltu)]);
    let (x, y) = (row.binary.x.value.map(Into::into), row.binary.y.map(Into::into));
    let found = less_than::compare(builder, real.clone(), row.is_slt.into(), x, y, &row.less_than);
    let step = binary::start(builder, real, op, &row.binary);
    binary::finish(step, &row.binary, [found.less, B::Expr::ZERO, B::Expr::ZERO, B::Expr::ZERO]);
}

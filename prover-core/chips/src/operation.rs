//! The flags of a chip that proves several operations.

use hearth_machine::isa::Op;
use p3_air::AirBuilder;
use p3_field::PrimeCharacteristicRing;

use crate::Felt;

/// Constrains flags: each is 0 or 1 and at most one is set. Returns their sum, `real`, and the number of the operation
/// whose flag is set.
pub fn one_operation<B: AirBuilder<F = Felt>>(builder: &mut B, flags: &[(B::Var, Op)]) -> (B::Expr, B::Expr) {
    let mut real = B::Expr::ZERO;
    let mut op = B::Expr::ZERO;
    for &(flag, operation) in flags {
        builder.assert_bool(flag);
        real += flag.into();
        op += flag * Felt::from_u8(operation as u8);
    }
    builder.assert_bool(real.clone());
    (real, op)
}

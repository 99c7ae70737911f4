use core::borrow::Borrow;

use hearth_machine::isa::Op;
use hearth_machine::layout::{ECALL_EXIT, HALT_PC};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Ecall;
use crate::Felt;
use crate::bus::Program;
use crate::step::{Step, limbs};

/// The register that says which call: a7.
const CODE_REGISTER: u8 = 17;

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Ecall<B::Var> = main.current_slice().borrow();
    builder.assert_bool(row.is_exit);
    // One flag and one such line per call; `real` is the sum of the flags.
    let real: B::Expr = row.is_exit.into();
    for (limb, code) in row.code.value.into_iter().zip(limbs(ECALL_EXIT)) {
        builder.assert_zero(limb.into() - row.is_exit * code);
    }

    let register = real.clone() * Felt::from_u8(CODE_REGISTER);
    let fields = Program {
        pc: B::Expr::ZERO,
        op: real.clone() * Felt::from_u8(Op::Ecall as u8),
        is_imm: B::Expr::ZERO,
        rd: B::Expr::ZERO,
        rs1: register.clone(),
        rs2: B::Expr::ZERO,
        imm: [B::Expr::ZERO, B::Expr::ZERO, B::Expr::ZERO],
        target: B::Expr::ZERO,
    };
    let mut step = Step::new(builder, real.clone(), &row.state, fields);
    step.read_register(register, 0, &row.code, real);
    step.finish(row.is_exit * Felt::from_u32(HALT_PC));
}

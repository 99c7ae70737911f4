use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Branch;
use crate::Felt;
use crate::bus::Program;
use crate::less_than;
use crate::operation::one_operation;
use crate::step::Step;

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Branch<B::Var> = main.current_slice().borrow();
    let flags = [
        (row.is_beq, Op::Beq),
        (row.is_bne, Op::Bne),
        (row.is_blt, Op::Blt),
        (row.is_bge, Op::Bge),
        (row.is_bltu, Op::Bltu),
        (row.is_bgeu, Op::Bgeu),
    ];
    let (real, op) = one_operation(builder, &flags);

    let signed: B::Expr = row.is_blt + row.is_bge;
    let (x, y) = (row.x.value.map(Into::into), row.y.value.map(Into::into));
    let found = less_than::compare(builder, real.clone(), signed, x, y, &row.less_than);
    let taken = (B::Expr::ONE - found.unequal.clone()) * row.is_beq
        + found.unequal * row.is_bne
        + found.less.clone() * (row.is_blt + row.is_bltu)
        + (B::Expr::ONE - found.less) * (row.is_bge + row.is_bgeu);
    let after = row.state.pc + B::Expr::from_u8(4);
    builder.assert_eq(row.next_pc - after.clone() * real.clone(), taken * (B::Expr::from(row.target) - after));

    let fields = Program {
        pc: B::Expr::ZERO,
        op,
        is_imm: B::Expr::ZERO,
        rd: B::Expr::ZERO,
        rs1: row.rs1.into(),
        rs2: row.rs2.into(),
        imm: [B::Expr::ZERO, B::Expr::ZERO, B::Expr::ZERO],
        target: row.target.into(),
    };
    let mut step = Step::new(builder, real.clone(), &row.state, fields);
    step.read_register(row.rs1.into(), 0, &row.x, real.clone());
    step.read_register(row.rs2.into(), 1, &row.y, real);
    step.finish(row.next_pc.into());
}

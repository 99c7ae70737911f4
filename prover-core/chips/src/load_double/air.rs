use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::LoadDouble;
use crate::Felt;
use crate::address::data_word;
use crate::bus::Program;
use crate::step::Step;

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &LoadDouble<B::Var> = main.current_slice().borrow();
    builder.assert_bool(row.is_real);

    let fields = Program {
        pc: B::Expr::ZERO,
        op: row.is_real * Felt::from_u8(Op::Ld as u8),
        is_imm: B::Expr::ZERO,
        rd: row.rd.into(),
        rs1: row.rs1.into(),
        rs2: B::Expr::ZERO,
        imm: row.imm.map(Into::into),
        target: B::Expr::ZERO,
    };
    let mut step = Step::new(builder, row.is_real.into(), &row.state, fields);
    let real = step.real();
    step.read_register(row.rs1.into(), 0, &row.base, real.clone());
    let word = data_word(&mut step, &row.address, &row.base.value, &row.imm, B::Expr::ZERO);
    step.read(word, 2, &row.memory, real);
    step.write_rd(row.rd.into(), &row.write, row.memory.value.map(Into::into));
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish(next);
}

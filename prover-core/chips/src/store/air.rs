use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_lookup::InteractionBuilder;

use super::Store;
use crate::Felt;
use crate::address::data_word;
use crate::bus::{BusBuilder, BytePair, Program};
use crate::step::Step;

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Store<B::Var> = main.current_slice().borrow();
    let narrow: B::Expr = row.half.into_iter().map(Into::into).sum();
    let wide: B::Expr = row.word[0] + row.word[1];
    let real = narrow.clone() + wide.clone();
    let is_byte: B::Expr = row.is_byte.into();
    let is_half = narrow.clone() - is_byte.clone();

    for flag in row.half.into_iter().chain(row.word).chain([row.is_byte, row.is_odd]) {
        builder.assert_bool(flag);
    }
    builder.assert_bool(real.clone());
    builder.assert_zero(row.is_byte * (B::Expr::ONE - narrow));
    builder.assert_zero(row.is_odd * (B::Expr::ONE - is_byte.clone()));

    let old = row.memory.old;
    let data = row.data.value;
    // sb: the limb before and after are the bytes (dropped, kept) and (byte, kept), in the order that is_odd says.
    let mut limb = B::Expr::ZERO;
    for (flag, old) in row.half.into_iter().zip(old) {
        limb += flag * old;
    }
    let odd = row.is_odd * Felt::from_u8(255);
    let replaced = odd.clone() + B::Expr::ONE;
    let kept = row.kept * (-odd + B::Expr::from_u16(256));
    builder.assert_zero(is_byte.clone() * (limb - row.dropped * replaced.clone() - kept.clone()));
    builder.assert_zero(is_byte.clone() * (row.merged.into() - row.byte * replaced - kept));
    builder.assert_zero(is_half.clone() * (row.merged - data[0]));
    // Condition 6: what is not replaced stays.
    let new = core::array::from_fn(|i| {
        row.half[i] * (row.merged - old[i]) + row.word[i / 2] * (data[i % 2] - old[i]) + old[i].into()
    });

    let fields = Program {
        pc: B::Expr::ZERO,
        op: is_byte.clone() * Felt::from_u8(Op::Sb as u8)
            + is_half * Felt::from_u8(Op::Sh as u8)
            + wide * Felt::from_u8(Op::Sw as u8),
        is_imm: B::Expr::ZERO,
        rd: B::Expr::ZERO,
        rs1: row.rs1.into(),
        rs2: row.rs2.into(),
        imm: row.imm.map(Into::into),
        target: B::Expr::ZERO,
    };
    let offset = row.half[1] * Felt::from_u8(2)
        + row.half[2] * Felt::from_u8(4)
        + row.half[3] * Felt::from_u8(6)
        + row.word[1] * Felt::from_u8(4)
        + row.is_odd.into();

    let mut step = Step::new(builder, real.clone(), &row.state, fields);
    step.read_register(row.rs1.into(), 0, &row.base, real.clone());
    step.read_register(row.rs2.into(), 1, &row.data, real.clone());
    let word = data_word(&mut step, &row.address, &row.base.value, &row.imm, offset);
    let rest = (data[0] - row.byte) * Felt::from_u16(256).inverse();
    step.builder().look_up(BytePair { a: row.byte.into(), b: rest }, is_byte.clone());
    step.builder().look_up(BytePair { a: row.dropped.into(), b: row.kept.into() }, is_byte);
    step.write(word, 2, &row.memory, new, real);
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish(next);
}

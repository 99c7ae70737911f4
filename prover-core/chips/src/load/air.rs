use core::borrow::Borrow;

use hearth_machine::isa::Op;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Load;
use crate::Felt;
use crate::address::data_word;
use crate::bus::{BusBuilder, BytePair, Program};
use crate::step::Step;

/// `Lbu - Lb`, the same for halfwords and words.
const SIGNED: u8 = Op::Lbu as u8 - Op::Lb as u8;
const _: () = assert!(Op::Lhu as u8 - Op::Lh as u8 == SIGNED && Op::Lwu as u8 - Op::Lw as u8 == SIGNED);

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Load<B::Var> = main.current_slice().borrow();
    let narrow: B::Expr = row.half.into_iter().map(Into::into).sum();
    let wide: B::Expr = row.word[0] + row.word[1];
    let real = narrow.clone() + wide.clone();
    let is_byte: B::Expr = row.is_byte.into();
    let is_half = narrow.clone() - is_byte.clone();

    for flag in row.half.into_iter().chain(row.word).chain([row.is_byte, row.is_odd, row.is_signed, row.sign]) {
        builder.assert_bool(flag);
    }
    builder.assert_bool(real.clone());
    builder.assert_zero(row.is_byte * (B::Expr::ONE - narrow.clone()));
    builder.assert_zero(row.is_odd * (B::Expr::ONE - is_byte.clone()));
    builder.assert_zero(row.is_signed * (B::Expr::ONE - real.clone()));
    builder.assert_zero(row.sign * (B::Expr::ONE - row.is_signed.into()));

    // The first limb of the access, and the second of a 4-byte word.
    let v = row.memory.value;
    let mut first: B::Expr = row.word[0] * v[0] + row.word[1] * v[2];
    for (flag, limb) in row.half.into_iter().zip(v) {
        first += flag * limb;
    }
    let second: B::Expr = row.word[0] * v[1] + row.word[1] * v[3];
    // A byte is one half of its limb and `other` the other half.
    let odd = row.is_odd * Felt::from_u8(255);
    let limb_of_bytes = row.low * (odd.clone() + B::Expr::ONE) + row.other * (-odd + B::Expr::from_u16(256));
    builder.assert_zero(is_byte.clone() * (first.clone() - limb_of_bytes));
    builder.assert_zero((B::Expr::ONE - is_byte.clone()) * (first - row.low.into()));

    let fields = Program {
        pc: B::Expr::ZERO,
        op: is_byte.clone() * Felt::from_u8(Op::Lbu as u8)
            + is_half.clone() * Felt::from_u8(Op::Lhu as u8)
            + wide * Felt::from_u8(Op::Lwu as u8)
            - row.is_signed * Felt::from_u8(SIGNED),
        is_imm: B::Expr::ZERO,
        rd: row.rd.into(),
        rs1: row.rs1.into(),
        rs2: B::Expr::ZERO,
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
    let word = data_word(&mut step, &row.address, &row.base.value, &row.imm, offset);
    step.read(word, 2, &row.memory, real);
    step.builder().look_up(BytePair { a: row.low.into(), b: row.other.into() }, is_byte.clone());
    // sign is bit 15 of the top limb, a byte being the upper half of one: 2 top - 2^16 sign is below 2^16 for no other.
    let top = is_byte.clone() * row.low * Felt::from_u16(256) + is_half * row.low + second.clone();
    step.range16_if(top.double() - row.sign * Felt::from_u32(1 << 16), row.is_signed.into());
    let extension: B::Expr = row.sign * Felt::from_u16(0xffff);
    // A byte's sign also fills the upper half of its own limb.
    let first = is_byte * row.sign * Felt::from_u16(0xff00) + row.low;
    let result = [first, second + narrow * extension.clone(), extension.clone(), extension];
    step.write_rd(row.rd.into(), &row.write, result);
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish(next);
}

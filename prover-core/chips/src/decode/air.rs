use core::borrow::Borrow;

use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Decode;
use super::classes::{Layout, Top};
use crate::Felt;
use crate::bus::{BusBuilder, Program, Range16, Word};

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let cells: [B::Expr; Decode::WIDTH] = core::array::from_fn(|i| main.current_slice()[i].into());
    let row: &Decode<B::Expr> = cells.as_slice().borrow();
    let real = row.real();

    let bits = row.classes.iter().chain(&row.funct3).chain(&row.low).chain(&row.high).chain(&row.carries);
    for bit in bits.chain([&real]) {
        builder.assert_bool(bit.clone());
    }
    builder.assert_eq(row.funct3.iter().cloned().sum::<B::Expr>(), real.clone());
    builder.assert_zero(row.uses.clone() * (B::Expr::ONE - real.clone()));
    assert_legal(builder, row);

    // rd_is_zero: five complements. On an unused row the first product starts from 0.
    let not = |at: usize| B::Expr::ONE - row.bit(at);
    builder.assert_eq(row.rd_starts_zero.clone(), (real.clone() - row.bit(7)) * not(8) * not(9));
    builder.assert_eq(row.rd_is_zero.clone(), row.rd_starts_zero.clone() * not(10) * not(11));

    // The pc in limbs, below 2^30; the limbs of a constant; carries only where something is added to the pc.
    let high = row.pc_high();
    let [limb_0, limb_1, _] = row.fields.imm.clone();
    for value in [row.pc_low.clone(), high.clone(), high * Felt::from_u8(4), limb_0, limb_1] {
        builder.look_up(Range16 { value }, real.clone());
    }
    let added = [row.is_relative(), row.has(&[Layout::UpperPc])];
    for (carry, allowed) in row.carries.iter().zip(added) {
        builder.assert_zero(carry.clone() * (B::Expr::ONE - allowed));
    }

    let expected = row.expected();
    let fields = row.fields.clone();
    builder.assert_eq(fields.op.clone(), expected.op);
    builder.assert_eq(fields.rd.clone(), expected.rd);
    builder.assert_eq(fields.rs1.clone(), expected.rs1);
    builder.assert_eq(fields.rs2.clone(), expected.rs2);
    for (limb, expected) in fields.imm.iter().zip(expected.imm) {
        builder.assert_eq(limb.clone(), expected);
    }
    builder.assert_eq(fields.target.clone(), expected.target);

    builder.receive(Word { pc: row.pc.clone(), halves: row.halves() }, real);
    let program = Program {
        pc: row.pc.clone(),
        op: fields.op,
        is_imm: row.is_imm(),
        rd: fields.rd,
        rs1: fields.rs1,
        rs2: fields.rs2,
        imm: fields.imm,
        target: fields.target,
    };
    builder.provide(program, row.uses.clone());
}

/// The word belongs to its class.
fn assert_legal<B: InteractionBuilder<F = Felt>>(builder: &mut B, row: &Decode<B::Expr>) {
    builder.assert_zero(row.illegal());
    let six = |class: &super::classes::Class| if let Top::Six(bits) = class.top { Some(bits) } else { None };
    let seven = |class: &super::classes::Class| if let Top::Seven(bits) = class.top { Some(bits) } else { None };
    builder.assert_eq(
        row.over_classes(|class| six(class).is_some().into()) * row.bits(26, 32),
        row.over_classes(|class| six(class).unwrap_or(0).into()),
    );
    builder.assert_eq(
        row.over_classes(|class| seven(class).is_some().into()) * row.bits(25, 32),
        row.over_classes(|class| seven(class).unwrap_or(0).into()),
    );
    // `ecall` is one word: every bit above the opcode is 0. The sum is below 8 + 2^18, so it is 0 only if all are.
    let above = row.bits(7, 12) + row.funct3_value() + row.bits(15, 32);
    builder.assert_zero(row.has(&[Layout::Ecall]) * above);
}

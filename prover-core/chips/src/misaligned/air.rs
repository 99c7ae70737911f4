use core::borrow::Borrow;

use hearth_machine::isa::Op;
use hearth_machine::layout::REGISTER_WORD;
use p3_air::WindowAccess;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_lookup::InteractionBuilder;

use super::{LOADS, Misaligned, STORES};
use crate::Felt;
use crate::address::data_word;
use crate::bus::Program;
use crate::step::{Read, Step};

/// The constraints of one row.
pub(super) fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
    let main = builder.main();
    let row: &Misaligned<B::Var> = main.current_slice().borrow();
    let [lh, lhu, lw, lwu, ld]: [B::Expr; 5] = row.load.map(Into::into);
    let [sh, sw, sd]: [B::Expr; 3] = row.store.map(Into::into);
    let load: B::Expr = row.load.into_iter().map(Into::into).sum();
    let store: B::Expr = row.store.into_iter().map(Into::into).sum();
    let real = load.clone() + store.clone();
    let is_signed = lh.clone() + lw.clone();
    let two = lh + lhu;
    let four = lw + lwu;

    for flag in row.load.into_iter().chain(row.store).chain(row.offset).chain([row.sign]) {
        builder.assert_bool(flag);
    }
    builder.assert_bool(real.clone());
    builder.assert_zero(row.offset.into_iter().map(Into::into).sum::<B::Expr>() - real.clone());
    builder.assert_zero(row.sign * (B::Expr::ONE - is_signed.clone()));

    // Where the access ends in the second word: 7 + 2, 5 + 4, 1 + 8 and above.
    let from_5 = row.offset[4] + row.offset[5] + row.offset[6].into();
    let crosses = (two.clone() + sh) * row.offset[6] + (four.clone() + sw.clone()) * from_5 + ld.clone() + sd.clone();
    builder.assert_zero(crosses - row.crosses.into());

    // Bytes of the window and of the data. The upper byte is the quotient that the limb and the lower byte leave.
    let old: [B::Expr; 16] = bytes(|i| (row.memory[i / 4].old[i % 4].into(), row.old_low[i / 4][i % 4].into()));
    let data: [B::Expr; 8] = bytes(|i| (row.data[i].into(), row.data_low[i].into()));

    // Loads: byte k of the result is byte offset + k of the window, as far as the size goes; then the sign follows.
    let shifted = |k: usize| (1..8).map(|at| row.offset[at - 1] * old[at + k].clone()).sum::<B::Expr>();
    let loaded = [load.clone(), four.clone() + ld.clone(), ld.clone(), ld];
    for (i, loaded) in loaded.into_iter().enumerate() {
        let limb = shifted(2 * i) + shifted(2 * i + 1) * Felt::from_u16(256);
        builder.assert_zero(loaded * (limb - row.data[i].into()));
    }
    let extended = [two.clone(), two.clone() + four.clone(), two + four];
    for (i, extended) in (1..).zip(extended) {
        builder.assert_zero(extended * (row.data[i] - row.sign * Felt::from_u16(0xffff)));
    }
    // Stores: byte offset + k of the window becomes byte k of the data. All other bytes stay (condition 6).
    let byte_sizes: [B::Expr; 8] = core::array::from_fn(|k| match k {
        0..2 => store.clone(),
        2..4 => sw.clone() + sd.clone(),
        _ => sd.clone(),
    });
    let change = |at: usize| {
        let data_bytes = (0..8).filter(|&k| k < at && at < k + 8);
        let change = |k: usize| byte_sizes[k].clone() * (data[k].clone() - old[at].clone()) * row.offset[at - k - 1];
        data_bytes.map(change).sum::<B::Expr>()
    };
    for i in 0..8 {
        let limb = row.memory[i / 4].old[i % 4] + change(2 * i) + change(2 * i + 1) * Felt::from_u16(256);
        builder.assert_zero(limb - row.new[i / 4][i % 4].into());
    }

    let flags = row.load.into_iter().zip(LOADS).chain(row.store.into_iter().zip(STORES));
    let fields = Program {
        pc: B::Expr::ZERO,
        op: flags.map(|(flag, op): (B::Var, Op)| flag * Felt::from_u8(op as u8)).sum(),
        is_imm: B::Expr::ZERO,
        rd: row.rd.into(),
        rs1: row.rs1.into(),
        rs2: row.rs2.into(),
        imm: row.imm.map(Into::into),
        target: B::Expr::ZERO,
    };
    let offset = (1..8).map(|at| row.offset[at - 1] * Felt::from_usize(at)).sum::<B::Expr>();

    let mut step = Step::new(builder, real.clone(), &row.state, fields);
    step.read_register(row.rs1.into(), 0, &row.base, real.clone());
    let rs2 = Read { value: row.data, previous: row.data_previous };
    step.read_register(row.rs2.into(), 1, &rs2, store);
    let word = data_word(&mut step, &row.address, &row.base.value, &row.imm, offset);
    // Condition 9: the second word is one of data space, not x0. It is at most 2^29, so it must only differ.
    let second = word.clone() + B::Expr::ONE;
    let above = second.clone() - B::Expr::from_u32(REGISTER_WORD);
    step.builder().assert_zero(row.crosses * (above * row.inverse - B::Expr::ONE));
    let accesses = [(word, real), (second, row.crosses.into())];
    for (i, (word, times)) in accesses.into_iter().enumerate() {
        step.write(word, 2, &row.memory[i], row.new[i].map(Into::into), times);
    }
    for byte in old.into_iter().chain(data) {
        step.byte(byte);
    }
    // sign is bit 15 of the top limb: 2 top - 2^16 sign is below 2^16 for no other choice.
    let top = row.load[0] * row.data[0] + row.load[2] * row.data[1];
    step.range16_if(top.double() - row.sign * Felt::from_u32(1 << 16), is_signed);
    step.write(row.rd + B::Expr::from_u32(REGISTER_WORD), 3, &row.write, row.data.map(Into::into), load);
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish(next);
}

/// Bytes of limbs, each given with its low byte.
fn bytes<E: PrimeCharacteristicRing + core::ops::Mul<Felt, Output = E>, const N: usize>(
    limb: impl Fn(usize) -> (E, E),
) -> [E; N] {
    let inverse_256 = Felt::from_u16(256).inverse();
    core::array::from_fn(|at| {
        let (limb, low) = limb(at / 2);
        if at % 2 == 0 { low } else { (limb - low) * inverse_256 }
    })
}

//! The constraints of a row, whatever the width of its numbers.

use alloc::vec::Vec;

use hearth_machine::layout::MODULAR_TICKS;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::equation::{Bounds, Terms};
use crate::Felt;
use crate::secp256k1::operand::{Pointer, ecall, read_code, read_pointer};
use crate::step::{Previous, StateColumns, Step};

/// Tick of the access to the first operand; the others and the result follow.
pub const OPERAND_TICK: u32 = 3;

/// A row, its numbers as slices; for their meaning see the columns.
pub struct Cells<'a, T> {
    pub real: &'a T,
    pub zero_modulus: &'a T,
    pub state: &'a StateColumns<T>,
    pub code: &'a Previous<T>,
    pub pointers: &'a [Pointer<T>; 5],
    pub factors: [&'a [T]; 2],
    pub summand: &'a [T],
    pub modulus: &'a [T],
    pub old: &'a [T],
    pub result: &'a [T],
    pub previous: [&'a [Previous<T>]; 5],
    pub quotient: &'a [T],
    pub carry: &'a [T],
    pub marker: &'a [T],
}

/// Constrains the row of a call with `code` in a7.
pub fn eval<B: InteractionBuilder<F = Felt>, const D: usize>(
    builder: &mut B,
    row: &Cells<'_, B::Var>,
    code: u64,
    bounds: &Bounds<D>,
) {
    let real: B::Expr = (*row.real).into();
    builder.assert_bool(*row.real);

    let mut step = Step::new(builder, real.clone(), row.state, ecall::<B>(&real));
    read_code(&mut step, code, row.code);
    // Five registers are five words, so that they can be read at once.
    let [result_word, operand_words @ ..]: [B::Expr; 5] =
        core::array::from_fn(|i| read_pointer(&mut step, 10 + i as u8, 1, &row.pointers[i]));

    let [a, b, m] = [row.factors[0], row.factors[1], row.modulus].map(|bytes| look_up_bytes(&mut step, bytes));
    look_up_bytes(&mut step, row.quotient);
    let [c, old, r] = [row.summand, row.old, row.result].map(expressions::<B>);
    r.iter().for_each(|limb| step.range16(limb.clone()));

    let zero_modulus: B::Expr = (*row.zero_modulus).into();
    let modulus = expressions::<B>(row.modulus);
    step.builder().assert_bool(*row.zero_modulus);
    // The bytes add up to less than p, so the sum is 0 for 0 only.
    step.builder().assert_zero(modulus.iter().cloned().sum::<B::Expr>() * zero_modulus.clone());
    below(&mut step, &r, &m, row.marker, real - zero_modulus.clone());

    let [x, y, quotient] = [row.factors[0], row.factors[1], row.quotient].map(expressions::<B>);
    let terms =
        Terms { factors: [&x, &y], summand: &c, modulus: &modulus, quotient: &quotient, remainder: &r, zero_modulus };
    bounds.constrain(&mut step, &terms, row.carry);

    let accesses = [(&a, &a), (&b, &b), (&c, &c), (&m, &m), (&old, &r)];
    let words = operand_words.into_iter().chain([result_word]);
    for (((word, (old, new)), previous), tick) in words.zip(accesses).zip(row.previous).zip(OPERAND_TICK..) {
        access(&mut step, &word, tick, old, new, previous);
    }
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish_after(next, MODULAR_TICKS);
}

/// `r < m` where `applies` is 1: in the limb that the marker shows r is less, in those above they agree.
///
/// Exactly one marker is set, as they are boolean and add up to 1. Limbs are below 2^16, so a difference less 1 that is
/// too, is that of a smaller and a greater one. Where `applies` is 0 no marker is set and nothing is said.
fn below<B: InteractionBuilder<F = Felt>>(
    step: &mut Step<'_, B>,
    r: &[B::Expr],
    m: &[B::Expr],
    marker: &[B::Var],
    applies: B::Expr,
) {
    let mut seen = B::Expr::ZERO;
    let mut difference = B::Expr::ZERO;
    for ((r, m), &marker) in r.iter().zip(m).zip(marker).rev() {
        let lacks = m.clone() - r.clone();
        step.builder().assert_bool(marker);
        seen += marker.into();
        step.builder().assert_zero((applies.clone() - seen.clone()) * lacks.clone());
        difference += lacks * marker;
    }
    step.builder().assert_eq(seen, applies.clone());
    step.range16(difference - applies);
}

/// Replaces the words from `word` on, which are the limbs `old`, by `new` at `ts + tick`.
fn access<B: InteractionBuilder<F = Felt>>(
    step: &mut Step<'_, B>,
    word: &B::Expr,
    tick: u32,
    old: &[B::Expr],
    new: &[B::Expr],
    previous: &[Previous<B::Var>],
) {
    let words = old.as_chunks::<4>().0.iter().zip(new.as_chunks::<4>().0).zip(previous);
    for (i, ((old, new), previous)) in words.enumerate() {
        let real = step.real();
        step.access(word.clone() + B::Expr::from_usize(i), tick, old.clone(), new.clone(), previous, real);
    }
}

/// Looks up bytes and returns 16-bit limbs.
fn look_up_bytes<B: InteractionBuilder<F = Felt>>(step: &mut Step<'_, B>, bytes: &[B::Var]) -> Vec<B::Expr> {
    let mut limb = |&[low, high]: &[B::Var; 2]| {
        step.bytes(low.into(), high.into());
        low + high * Felt::from_u16(256)
    };
    bytes.as_chunks::<2>().0.iter().map(&mut limb).collect()
}

fn expressions<B: InteractionBuilder<F = Felt>>(cells: &[B::Var]) -> Vec<B::Expr> {
    cells.iter().map(|&cell| cell.into()).collect()
}

/// 0 or 1.
pub fn flag(flag: bool) -> Felt {
    Felt::from_bool(flag)
}

/// Fills in the bytes of words.
pub fn fill_bytes(cells: &mut [Felt], words: &[u64]) {
    for (cell, byte) in cells.iter_mut().zip(words.iter().flat_map(|word| word.to_le_bytes())) {
        *cell = Felt::from_u8(byte);
    }
}

/// Fills in the 16-bit limbs of words.
pub fn fill_limbs(cells: &mut [Felt], words: &[u64]) {
    for (cell, limb) in cells.iter_mut().zip(limbs(words)) {
        *cell = Felt::from_u16(limb);
    }
}

/// Marks the highest limb in which two numbers differ; none if the first is 0.
pub fn fill_marker(cells: &mut [Felt], modulus: &[u64], result: &[u64]) {
    let differs = limbs(modulus).zip(limbs(result)).enumerate().filter(|(_, (m, r))| m != r);
    let highest = differs.map(|(at, _)| at).last();
    if let Some(at) = highest.filter(|_| modulus.iter().any(|&word| word != 0)) {
        cells[at] = Felt::ONE;
    }
}

fn limbs(words: &[u64]) -> impl Iterator<Item = u16> {
    words.iter().flat_map(|&word| (0..4).map(move |i| (word >> (16 * i)) as u16))
}

//! Operands of point operations: pointers, and coordinates as they lie in memory.

use hearth_machine::isa::Op;
use hearth_machine::trace::Access;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_lookup::InteractionBuilder;

use super::relation::Integer;
use crate::Felt;
use crate::bus::Program;
use crate::columns;
use crate::step::{Previous, Step};

columns! {
    /// A pointer in a register.
    pub struct Pointer {
        /// Its 16-bit limbs 0 and 1; the others are 0.
        pub limbs: [T; 2],
        /// The access before.
        pub previous: Previous<T>,
    }
}

columns! {
    /// A coordinate that is multiplied.
    pub struct ByteCoordinate {
        /// Its bytes.
        pub bytes: [T; 32],
        /// The accesses before to its words.
        pub previous: [Previous<T>; 4],
    }
}

columns! {
    /// A coordinate that is only added.
    pub struct LimbCoordinate {
        /// Its 16-bit limbs.
        pub limbs: [T; 16],
        /// The accesses before to its words.
        pub previous: [Previous<T>; 4],
    }
}

/// The decoded `ecall`.
pub fn ecall<B: InteractionBuilder<F = Felt>>(real: &B::Expr) -> Program<B::Expr> {
    let zero = || B::Expr::ZERO;
    Program {
        pc: zero(),
        op: real.clone() * Felt::from_u8(Op::Ecall as u8),
        is_imm: zero(),
        rd: zero(),
        rs1: real.clone() * Felt::from_u8(17),
        rs2: zero(),
        imm: [zero(), zero(), zero()],
        target: zero(),
    }
}

/// Reads `code` from a7 at `ts`.
pub fn read_code<B: InteractionBuilder<F = Felt>>(step: &mut Step<'_, B>, code: u64, previous: &Previous<B::Var>) {
    let value = [B::Expr::from_u64(code), B::Expr::ZERO, B::Expr::ZERO, B::Expr::ZERO];
    step.read_register_value(B::Expr::from_u8(17), 0, value, previous);
}

/// Reads a pointer from a register at `ts + tick` and returns its word.
///
/// Both limbs are below 2^16, as all words are. `limbs[0] / 8` is below 2^16 for multiples of 8 only, as the field has
/// no others there; `limbs[1] + 1` below 2^16 keeps the last word of a point below 2^29, so that no operand reaches a
/// register.
pub fn read_pointer<B: InteractionBuilder<F = Felt>>(
    step: &mut Step<'_, B>,
    register: u8,
    tick: u32,
    pointer: &Pointer<B::Var>,
) -> B::Expr {
    let [low, high] = pointer.limbs;
    let value = [low.into(), high.into(), B::Expr::ZERO, B::Expr::ZERO];
    step.read_register_value(B::Expr::from_u8(register), tick, value, &pointer.previous);
    let low = low * Felt::from_u8(8).inverse();
    step.range16(low.clone());
    step.range16(high + B::Expr::ONE);
    low + high * Felt::from_u32(1 << 13)
}

/// Replaces the four words from `word` on, which are `old`, by `new` at `ts + tick`.
pub fn access<B: InteractionBuilder<F = Felt>>(
    step: &mut Step<'_, B>,
    word: &B::Expr,
    tick: u32,
    old: &[B::Expr; 16],
    new: &[B::Expr; 16],
    previous: &[Previous<B::Var>; 4],
) {
    let words = old.as_chunks::<4>().0.iter().zip(new.as_chunks::<4>().0).zip(previous);
    for (i, ((old, new), previous)) in words.enumerate() {
        let real = step.real();
        step.access(word.clone() + B::Expr::from_usize(i), tick, old.clone(), new.clone(), previous, real);
    }
}

/// Looks up the bytes of a number and returns its 16-bit limbs.
pub fn look_up_bytes<B: InteractionBuilder<F = Felt>>(step: &mut Step<'_, B>, bytes: &[B::Var; 32]) -> [B::Expr; 16] {
    let (pairs, _) = bytes.as_chunks::<2>();
    for pair in pairs {
        step.bytes(pair[0].into(), pair[1].into());
    }
    core::array::from_fn(|i| pairs[i][0] + pairs[i][1] * Felt::from_u16(256))
}

/// Cells as expressions.
pub fn expressions<B: InteractionBuilder<F = Felt>, const N: usize>(cells: &[B::Var; N]) -> [B::Expr; N] {
    cells.map(Into::into)
}

/// Bytes of four words.
pub fn bytes(words: &[u64]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *chunk = word.to_le_bytes();
    }
    bytes
}

/// 16-bit limbs of four words.
pub fn limbs(words: &[u64]) -> [u16; 16] {
    core::array::from_fn(|i| (words[i / 4] >> (16 * (i % 4))) as u16)
}

/// Digits as integers.
pub fn integers<D: Copy + Into<i64>, const N: usize>(digits: &[D; N]) -> [Integer; N] {
    digits.map(|digit| Integer(digit.into()))
}

impl Pointer<Felt> {
    /// Fills the columns for a read at `ts`.
    pub fn fill(&mut self, ts: u32, access: &Access) {
        self.limbs = core::array::from_fn(|i| Felt::from_u16((access.prev >> (16 * i)) as u16));
        self.previous.fill(ts, access);
    }
}

fn fill_previous(previous: &mut [Previous<Felt>; 4], ts: u32, accesses: &[Access]) {
    for (previous, access) in previous.iter_mut().zip(accesses) {
        previous.fill(ts, access);
    }
}

impl ByteCoordinate<Felt> {
    /// Fills the columns for accesses at `ts` to words that were `words`.
    pub fn fill(&mut self, ts: u32, accesses: &[Access], words: &[u64]) {
        self.bytes = bytes(words).map(Felt::from_u8);
        fill_previous(&mut self.previous, ts, accesses);
    }
}

impl LimbCoordinate<Felt> {
    /// Fills the columns for accesses at `ts` to words that were `words`.
    pub fn fill(&mut self, ts: u32, accesses: &[Access], words: &[u64]) {
        self.limbs = limbs(words).map(Felt::from_u16);
        fill_previous(&mut self.previous, ts, accesses);
    }
}

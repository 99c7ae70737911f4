//! What the rows of all instruction families share.
//!
//! **Assumes** `real` is 0 or 1 on every row (the chip constrains it as the sum of its operation flags).
//! **Guarantees**, by balance of the buses, when `real = 1`:
//! * [`Step::new`]: the instruction at `pc` decodes to exactly the given fields, and the step starts at `(pc, ts)`.
//! * [`Step::read`] / [`Step::write`]: `value` is what the access before this one left (conditions 4 to 6 and 9 of the
//!   memory argument): the time of that access is smaller by a number in `[1, 2^24]`.
//! * [`Step::finish`]: the next step starts at `(next_pc, ts + ticks)`, `ticks` a constant of the family (10, 11).
//!
//! **Why a cheater fails.** `ts - prev_ts - 1 = low + 2^16 high` with `low < 2^16` and `high < 2^8` (look-ups) is an
//! integer below 2^24; all stamps are below p - 2^24 (the class bounds rows x ticks), so it is an equation between
//! integers and every access moves forward in time. `high` is no column: it is the quotient that the equation fixes.

use hearth_machine::isa::Instruction;
use hearth_machine::layout::{REGISTER_WORD, STEP_TICKS};
use hearth_machine::trace::Access;
use p3_air::AirBuilder;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, BytePair, Memory, Program, Range16, State};
use crate::columns;

columns! {
    /// Where a step starts.
    pub struct StateColumns {
        /// Address of the instruction.
        pub pc: T,
        /// Time at its start.
        pub ts: T,
    }
}

columns! {
    /// The access before this one to the same word.
    pub struct Previous {
        /// Its time.
        pub ts: T,
        /// Low 16 bits of `ts - prev_ts - 1`.
        pub gap: T,
    }
}

columns! {
    /// A read of a word.
    pub struct Read {
        /// The value, 16-bit limbs.
        pub value: [T; 4],
        /// The access before.
        pub previous: Previous<T>,
    }
}

columns! {
    /// A write of a word; the value written is the chip's own.
    pub struct Write {
        /// The value before, 16-bit limbs.
        pub old: [T; 4],
        /// The access before.
        pub previous: Previous<T>,
    }
}

/// 16-bit limbs of a word, least significant first.
pub fn limbs(value: u64) -> [Felt; 4] {
    core::array::from_fn(|i| Felt::from_u16((value >> (16 * i)) as u16))
}

/// Limbs 0, 1 and 2 of the immediate, as the decode message carries them.
pub fn immediate(instruction: &Instruction) -> [Felt; 3] {
    let [low, high, upper, _] = limbs(instruction.imm);
    [low, high, upper]
}

impl Previous<Felt> {
    /// Fills the columns for an access at `ts`.
    pub fn fill(&mut self, ts: u32, access: &Access) {
        self.ts = Felt::from_u32(access.prev_ts);
        self.gap = Felt::from_u16((ts - access.prev_ts - 1) as u16);
    }
}

impl Read<Felt> {
    /// Fills the columns for a read at `ts`.
    pub fn fill(&mut self, ts: u32, access: &Access) {
        self.value = limbs(access.prev);
        self.previous.fill(ts, access);
    }
}

impl Write<Felt> {
    /// Fills the columns for a write at `ts`.
    pub fn fill(&mut self, ts: u32, access: &Access) {
        self.old = limbs(access.prev);
        self.previous.fill(ts, access);
    }
}

impl StateColumns<Felt> {
    /// Fills the columns.
    pub fn fill(&mut self, pc: u32, ts: u32) {
        self.pc = Felt::from_u32(pc);
        self.ts = Felt::from_u32(ts);
    }
}

/// 2^-16 in the field: p - 1 = 127 x 2^24, so 2^16 x (127 x 2^8) = -1.
pub fn inverse_2_16() -> Felt {
    -Felt::from_u32(127 << 8)
}

/// `value[0] + 2^16 value[1]`.
pub fn low_half<E: PrimeCharacteristicRing>(value: &[E; 4]) -> E {
    value[0].clone() + value[1].clone() * E::from_u32(1 << 16)
}

/// One row of an instruction chip under construction.
pub struct Step<'a, B: AirBuilder> {
    builder: &'a mut B,
    real: B::Expr,
    pc: B::Expr,
    ts: B::Expr,
    /// An expression below 2^8 that waits for another: they are looked up in pairs.
    byte: Option<B::Expr>,
}

impl<'a, B: InteractionBuilder<F = Felt>> Step<'a, B> {
    /// Starts a row: receives the state and looks the instruction up. `fields.pc` is ignored: it is the state's.
    pub fn new(builder: &'a mut B, real: B::Expr, state: &StateColumns<B::Var>, fields: Program<B::Expr>) -> Self {
        let pc: B::Expr = state.pc.into();
        let ts: B::Expr = state.ts.into();
        builder.receive(State { pc: pc.clone(), ts: ts.clone() }, real.clone());
        builder.look_up(Program { pc: pc.clone(), ..fields }, real.clone());
        Self { builder, real, pc, ts, byte: None }
    }

    /// The builder, for constraints.
    pub fn builder(&mut self) -> &mut B {
        self.builder
    }

    /// 1 on rows that are in use.
    pub fn real(&self) -> B::Expr {
        self.real.clone()
    }

    /// Address of the instruction.
    pub fn pc(&self) -> B::Expr {
        self.pc.clone()
    }

    /// Time at the start of the instruction.
    pub fn ts(&self) -> B::Expr {
        self.ts.clone()
    }

    /// `value < 2^16` where `times` is 1; `times` must be 0 or 1.
    pub fn range16_if(&mut self, value: B::Expr, times: B::Expr) {
        self.builder.look_up(Range16 { value }, times);
    }

    /// `value < 2^16` on real rows.
    pub fn range16(&mut self, value: B::Expr) {
        let real = self.real();
        self.range16_if(value, real);
    }

    /// `value < 2^8` on real rows.
    pub fn byte(&mut self, value: B::Expr) {
        match self.byte.take() {
            Some(first) => self.bytes(first, value),
            None => self.byte = Some(value),
        }
    }

    /// `a < 2^8` and `b < 2^8` on real rows.
    pub fn bytes(&mut self, a: B::Expr, b: B::Expr) {
        let real = self.real();
        self.builder.look_up(BytePair { a, b }, real);
    }

    /// Reads the word at `word` at time `ts + tick` where `times` is 1.
    pub fn read(&mut self, word: B::Expr, tick: u32, read: &Read<B::Var>, times: B::Expr) {
        let value = read.value.map(Into::into);
        self.access(word, tick, value.clone(), value, &read.previous, times);
    }

    /// Writes `value` to the word at `word` at time `ts + tick` where `times` is 1. The chip must have range-checked `value`.
    pub fn write(&mut self, word: B::Expr, tick: u32, write: &Write<B::Var>, value: [B::Expr; 4], times: B::Expr) {
        self.access(word, tick, write.old.map(Into::into), value, &write.previous, times);
    }

    /// Reads register `index` (from decoding) at `ts + tick` where `times` is 1.
    pub fn read_register(&mut self, index: B::Expr, tick: u32, read: &Read<B::Var>, times: B::Expr) {
        self.read(index + B::Expr::from_u32(REGISTER_WORD), tick, read, times);
    }

    /// Writes register `index` (from decoding) at `ts + 3` on real rows. The chip must have range-checked `value`.
    pub fn write_rd(&mut self, index: B::Expr, write: &Write<B::Var>, value: [B::Expr; 4]) {
        let real = self.real();
        self.write(index + B::Expr::from_u32(REGISTER_WORD), 3, write, value, real);
    }

    /// Reads register `index` (from decoding) at `ts + tick` on real rows, its value given as expressions.
    pub fn read_register_value(&mut self, index: B::Expr, tick: u32, value: [B::Expr; 4], previous: &Previous<B::Var>) {
        let real = self.real();
        self.access(index + B::Expr::from_u32(REGISTER_WORD), tick, value.clone(), value, previous, real);
    }

    /// Replaces the word at `word`, which is `old`, by `new` at time `ts + tick` where `times` is 1. The chip must have
    /// range-checked `new` where it is not `old`.
    pub fn access(
        &mut self,
        word: B::Expr,
        tick: u32,
        old: [B::Expr; 4],
        new: [B::Expr; 4],
        previous: &Previous<B::Var>,
        times: B::Expr,
    ) {
        let ts = self.ts() + B::Expr::from_u32(tick);
        self.builder.receive(Memory { word: word.clone(), ts: previous.ts.into(), value: old }, times.clone());
        self.builder.send(Memory { word, ts: ts.clone(), value: new }, times);
        let gap: B::Expr = previous.gap.into();
        // The gap is checked on every real row, also where the access is switched off: its columns are then those
        // of an access after time 0.
        let high = (ts - previous.ts.into() - B::Expr::ONE - gap.clone()) * inverse_2_16();
        self.range16(gap);
        self.byte(high);
    }

    /// Ends the row: the next step starts at `next_pc`, four ticks later.
    pub fn finish(self, next_pc: B::Expr) {
        self.finish_after(next_pc, STEP_TICKS);
    }

    /// Ends the row: the next step starts at `next_pc`, `ticks` later.
    pub fn finish_after(mut self, next_pc: B::Expr, ticks: u32) {
        if let Some(last) = self.byte.take() {
            self.bytes(last, B::Expr::ZERO);
        }
        let Self { builder, real, ts, .. } = self;
        builder.send(State { pc: next_pc, ts: ts + B::Expr::from_u32(ticks) }, real);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_is_the_inverse() {
        assert_eq!(inverse_2_16() * Felt::from_u32(1 << 16), Felt::ONE);
    }
}

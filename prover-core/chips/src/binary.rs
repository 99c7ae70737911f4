//! What rows with two operands and one result share: rs1 and rs2, or rs1 and an immediate, go to rd.
//!
//! **Assumes** `real` is 0 or 1 and `op` is the number of the one operation whose flag is set.
//! **Guarantees** on real rows that `x` is the value of rs1, `y` that of rs2 or the immediate, both with limbs below 2^16,
//! and, by [`finish`], that rd takes the result at `ts + 3` and the machine goes on at `pc + 4`.
//!
//! **Why a cheater fails.** The decode look-up fixes `is_imm`, the registers and, in a row with an immediate, limbs 0 to 2 of
//! `y`; limb 3 equals limb 2. Without an immediate the row reads rs2 (`real - is_imm` times) and memory holds canonical limbs.

use hearth_machine::trace::Step as Record;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::Program;
use crate::columns;
use crate::step::{Previous, Read, StateColumns, Step, Write, limbs};

columns! {
    /// Operands and destination of a row.
    pub struct Binary {
        /// 1 when the second operand is the immediate.
        pub is_imm: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// Register of `x`.
        pub rs1: T,
        /// `x`.
        pub x: Read<T>,
        /// Register of `y`, 0 for an immediate.
        pub rs2: T,
        /// `y`: the register's value or the immediate, 16-bit limbs.
        pub y: [T; 4],
        /// The access before to rs2.
        pub y_previous: Previous<T>,
        /// Register written.
        pub rd: T,
        /// Its value before.
        pub write: Write<T>,
    }
}

impl Binary<Felt> {
    /// Fills the columns.
    pub fn fill(&mut self, step: &Record) {
        let instruction = &step.instruction;
        self.is_imm = Felt::from_bool(instruction.is_imm);
        self.state.fill(step.pc, step.ts);
        self.rs1 = Felt::from_u8(instruction.rs1);
        self.x.fill(step.ts, &step.rs1);
        self.rs2 = Felt::from_u8(instruction.rs2);
        self.y = limbs(second_operand(step));
        self.y_previous.fill(step.ts + 1, &step.rs2);
        self.rd = Felt::from_u8(instruction.rd);
        self.write.fill(step.ts + 3, &step.rd);
    }
}

/// The value of `y`.
pub fn second_operand(step: &Record) -> u64 {
    if step.instruction.is_imm { step.instruction.imm } else { step.rs2.prev }
}

/// Starts a row and reads its operands.
pub fn start<'a, B: InteractionBuilder<F = Felt>>(
    builder: &'a mut B,
    real: B::Expr,
    op: B::Expr,
    row: &Binary<B::Var>,
) -> Step<'a, B> {
    builder.assert_bool(row.is_imm);
    // An unused row reads no register: `real - is_imm` below stays 0 or 1.
    builder.assert_zero(row.is_imm * (B::Expr::ONE - real.clone()));
    // The immediate has limbs 2 and 3 equal.
    builder.assert_zero(row.is_imm * (row.y[2] - row.y[3]));
    let fields = Program {
        pc: B::Expr::ZERO,
        op,
        is_imm: row.is_imm.into(),
        rd: row.rd.into(),
        rs1: row.rs1.into(),
        rs2: row.rs2.into(),
        imm: [0, 1, 2].map(|i| row.is_imm * row.y[i]),
        target: B::Expr::ZERO,
    };
    let mut step = Step::new(builder, real.clone(), &row.state, fields);
    step.read_register(row.rs1.into(), 0, &row.x, real.clone());
    let y = Read { value: row.y, previous: row.y_previous };
    step.read_register(row.rs2.into(), 1, &y, real - row.is_imm.into());
    step
}

/// Writes the result, which the chip must have range-checked, and ends the row.
pub fn finish<B: InteractionBuilder<F = Felt>>(mut step: Step<'_, B>, row: &Binary<B::Var>, result: [B::Expr; 4]) {
    step.write_rd(row.rd.into(), &row.write, result);
    let next = step.pc() + B::Expr::from_u8(4);
    step.finish(next);
}

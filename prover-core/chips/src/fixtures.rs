//! Steps for the tests of chips.

use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::REGISTER_WORD;
use hearth_machine::trace::{Access, Step};
use p3_field::PrimeCharacteristicRing;

use crate::Felt;
use crate::check::Report;

/// Operands at the edges of limbs, halves and signs.
pub const EDGES: [u64; 10] = [
    0,
    1,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0x1234_5678_9abc_def0,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_0000_ffff,
    u64::MAX,
];

fn access(register: u32, prev_ts: u32, prev: u64, next: u64) -> Access {
    Access { word: REGISTER_WORD + register, prev_ts, prev, next }
}

/// `x op y = result` with rs1 = x5, rs2 = x6 (or an immediate) and rd = x7.
pub fn binary(op: Op, x: u64, y: u64, is_imm: bool, result: u64) -> Step {
    let (rs2, imm) = if is_imm { (0, y) } else { (6, 0) };
    Step {
        pc: 0x10_0000,
        ts: 0x2_0000,
        next_pc: 0x10_0004,
        instruction: Instruction { op, is_imm, rd: 7, rs1: 5, rs2, imm, target: 0 },
        rs1: access(5, 0, x, x),
        rs2: if is_imm { Access::default() } else { access(6, 0x1_fff9, y, y) },
        memory: Default::default(),
        rd: access(7, 44, 0xdead_beef_0123_4567, result),
    }
}

/// A branch on x5 and x6 that goes to `target` or on.
pub fn branch(op: Op, x: u64, y: u64, target: u32, taken: bool) -> Step {
    let mut step = binary(op, x, y, false, 0);
    step.instruction.rd = 0;
    step.instruction.target = target;
    step.rd = Access::default();
    step.next_pc = if taken { target } else { step.pc + 4 };
    step
}

/// A row of a chip of this width whose cells are their own indexes: borrow it as the row struct to name a column.
pub fn indexes(width: usize) -> Vec<usize> {
    (0..width).collect()
}

/// Whether the table with this report sends the word that `step` writes to rd, once.
pub fn sends_rd(report: &Report, step: &Step) -> bool {
    let limbs = (0..4).map(|i| (step.rd.next >> (16 * i) & 0xffff) as u32);
    let fields: Vec<u32> = [step.rd.word, step.ts + 3].into_iter().chain(limbs).collect();
    report.messages.get(&("memory".to_string(), fields)) == Some(&Felt::ONE)
}

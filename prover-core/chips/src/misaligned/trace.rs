use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::layout::REGISTER_WORD;
use hearth_machine::trace::Step;
use p3_field::{Field, PrimeCharacteristicRing};

use super::{LOADS, Misaligned, STORES};
use crate::Felt;
use crate::step::{immediate, limbs};

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Misaligned<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    let address = step.rs1.prev.wrapping_add(instruction.imm);
    let offset = (address % 8) as usize;
    let is_load = LOADS.contains(&instruction.op);
    let data = if is_load { step.rd.next } else { step.rs2.prev };

    row.load = LOADS.map(|op| Felt::from_bool(op == instruction.op));
    row.store = STORES.map(|op| Felt::from_bool(op == instruction.op));
    row.offset = core::array::from_fn(|k| Felt::from_bool(offset == k + 1));
    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.base.fill(step.ts, &step.rs1);
    row.imm = immediate(instruction);
    row.address.fill(address);
    row.rs2 = Felt::from_u8(instruction.rs2);
    row.data = limbs(data);
    row.data_low = low_bytes(data);
    row.data_previous.fill(step.ts + 1, &step.rs2);
    row.rd = Felt::from_u8(instruction.rd);
    row.write.fill(step.ts + 3, &step.rd);
    for (i, access) in step.memory.iter().enumerate() {
        row.memory[i].fill(step.ts + 2, access);
        row.old_low[i] = low_bytes(access.prev);
        row.new[i] = limbs(access.next);
    }
    let is_signed = matches!(instruction.op, Op::Lh | Op::Lw);
    row.sign = Felt::from_bool(is_signed && data >> 63 == 1);

    let size = match instruction.op {
        Op::Lh | Op::Lhu | Op::Sh => 2,
        Op::Lw | Op::Lwu | Op::Sw => 4,
        _ => 8,
    };
    if offset + size > 8 {
        row.crosses = Felt::ONE;
        let above = Felt::from_u64(address / 8 + 1) - Felt::from_u32(REGISTER_WORD);
        // No inverse exists where the access leaves data space; such a step is no honest one and its row fails.
        row.inverse = above.try_inverse().unwrap_or(Felt::ZERO);
    }
}

/// The lower byte of each limb.
fn low_bytes(value: u64) -> [Felt; 4] {
    core::array::from_fn(|i| Felt::from_u8((value >> (16 * i)) as u8))
}

use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Store;
use crate::Felt;
use crate::step::immediate;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Store<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    let address = step.rs1.prev.wrapping_add(instruction.imm);
    let offset = (address % 8) as usize;

    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.base.fill(step.ts, &step.rs1);
    row.imm = immediate(instruction);
    row.address.fill(address);
    row.rs2 = Felt::from_u8(instruction.rs2);
    row.data.fill(step.ts + 1, &step.rs2);
    row.memory.fill(step.ts + 2, &step.memory[0]);

    if instruction.op == Op::Sw {
        row.word[offset / 4] = Felt::ONE;
        return;
    }
    row.half[offset / 2] = Felt::ONE;
    let limb = |word: u64| (word >> (16 * (offset / 2))) as u16;
    row.merged = Felt::from_u16(limb(step.memory[0].next));
    if instruction.op == Op::Sb {
        let [even, odd] = limb(step.memory[0].prev).to_le_bytes();
        let is_odd = offset % 2 == 1;
        let (dropped, kept) = if is_odd { (odd, even) } else { (even, odd) };
        row.is_byte = Felt::ONE;
        row.is_odd = Felt::from_bool(is_odd);
        row.byte = Felt::from_u8(step.rs2.prev as u8);
        row.dropped = Felt::from_u8(dropped);
        row.kept = Felt::from_u8(kept);
    }
}

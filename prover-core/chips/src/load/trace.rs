use core::borrow::BorrowMut;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;

use super::Load;
use crate::Felt;
use crate::step::immediate;

/// Fills a row that is all zero.
pub(super) fn fill(step: &Step, row: &mut [Felt]) {
    let row: &mut Load<Felt> = row.borrow_mut();
    let instruction = &step.instruction;
    let address = step.rs1.prev.wrapping_add(instruction.imm);
    let offset = (address % 8) as usize;
    let is_byte = matches!(instruction.op, Op::Lb | Op::Lbu);
    if matches!(instruction.op, Op::Lw | Op::Lwu) {
        row.word[offset / 4] = Felt::ONE;
    } else {
        row.half[offset / 2] = Felt::ONE;
    }
    row.is_byte = Felt::from_bool(is_byte);
    row.is_odd = Felt::from_bool(is_byte && offset % 2 == 1);
    let is_signed = matches!(instruction.op, Op::Lb | Op::Lh | Op::Lw);
    row.is_signed = Felt::from_bool(is_signed);
    row.sign = Felt::from_bool(is_signed && step.rd.next >> 63 == 1);

    row.state.fill(step.pc, step.ts);
    row.rs1 = Felt::from_u8(instruction.rs1);
    row.base.fill(step.ts, &step.rs1);
    row.imm = immediate(instruction);
    row.address.fill(address);
    row.memory.fill(step.ts + 2, &step.memory[0]);
    row.rd = Felt::from_u8(instruction.rd);
    row.write.fill(step.ts + 3, &step.rd);

    let limb = (step.memory[0].prev >> (16 * (offset / 2))) as u16;
    let [even, odd] = limb.to_le_bytes();
    if is_byte {
        let (byte, other) = if offset % 2 == 1 { (odd, even) } else { (even, odd) };
        row.low = Felt::from_u8(byte);
        row.other = Felt::from_u8(other);
    } else {
        row.low = Felt::from_u16(limb);
    }
}

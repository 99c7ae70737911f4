use core::borrow::BorrowMut;

use hearth_machine::trace::DecodeRecord;
use p3_field::PrimeCharacteristicRing;

use super::Decode;
use super::classes::{CLASSES, Layout, class_of};
use crate::Felt;

/// Fills a row that is all zero. The fields come from pc and word by the expressions of the constraints; that they are
/// the record's instruction is what the tests check. A word without a class leaves the row unused.
pub(super) fn fill(record: &DecodeRecord, row: &mut [Felt]) {
    if let Some(class) = class_of(record.word) {
        fill_as(class, record, row);
    }
}

/// Fills a row as if the word belonged to `class`.
pub(super) fn fill_as(class: usize, record: &DecodeRecord, row: &mut [Felt]) {
    let row: &mut Decode<Felt> = row.borrow_mut();
    let DecodeRecord { pc, word, uses, .. } = *record;
    let bit = |at: usize| Felt::from_bool(word >> at & 1 == 1);
    row.pc = Felt::from_u32(pc);
    row.uses = Felt::from_u32(uses);
    row.classes[class] = Felt::ONE;
    row.funct3[(word >> 12 & 7) as usize] = Felt::ONE;
    row.low = core::array::from_fn(|i| bit(7 + i));
    row.high = core::array::from_fn(|i| bit(15 + i));
    row.rd_starts_zero = Felt::from_bool(word >> 7 & 7 == 0);
    row.rd_is_zero = Felt::from_bool(word >> 7 & 31 == 0);
    row.pc_low = Felt::from_u32(pc & 0xffff);
    let added = match CLASSES[class].layout {
        Layout::UpperPc => word & !0xfff,
        Layout::Jump => 4,
        _ => 0,
    };
    row.carries[0] = Felt::from_bool((pc & 0xffff) + (added & 0xffff) > 0xffff);
    row.carries[1] = Felt::from_bool(pc.checked_add(added).is_none());
    row.fields = row.expected();
}

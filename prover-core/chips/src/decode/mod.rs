#![doc = include_str!("README.md")]

mod air;
mod classes;
mod columns;
mod fields;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::DecodeRecord;
use p3_lookup::InteractionBuilder;

pub use self::columns::{Decode, Fields};
use crate::Felt;
use crate::chip::{Chip, RecordChip};

/// The decode chip.
pub struct DecodeChip;

impl Chip for DecodeChip {
    const NAME: &'static str = "decode";
    const WIDTH: usize = Decode::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl RecordChip for DecodeChip {
    type Record = DecodeRecord;

    fn fill(record: &DecodeRecord, row: &mut [Felt]) {
        trace::fill(record, row);
    }
}

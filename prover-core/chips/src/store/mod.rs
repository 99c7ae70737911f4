#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Store;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The chip of naturally aligned stores of less than 8 bytes.
pub struct StoreChip;

impl Chip for StoreChip {
    const NAME: &'static str = "store";
    const WIDTH: usize = Store::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for StoreChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::StoreDouble;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The chip of naturally aligned `sd`.
pub struct StoreDoubleChip;

impl Chip for StoreDoubleChip {
    const NAME: &'static str = "store_double";
    const WIDTH: usize = StoreDouble::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for StoreDoubleChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

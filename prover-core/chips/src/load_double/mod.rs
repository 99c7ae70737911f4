#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::LoadDouble;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The chip of naturally aligned `ld`.
pub struct LoadDoubleChip;

impl Chip for LoadDoubleChip {
    const NAME: &'static str = "load_double";
    const WIDTH: usize = LoadDouble::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for LoadDoubleChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

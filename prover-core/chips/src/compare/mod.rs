#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Compare;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The set-less-than chip.
pub struct CompareChip;

impl Chip for CompareChip {
    const NAME: &'static str = "compare";
    const WIDTH: usize = Compare::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for CompareChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

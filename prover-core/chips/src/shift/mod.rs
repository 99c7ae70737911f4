#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Shift;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The shift chip.
pub struct ShiftChip;

impl Chip for ShiftChip {
    const NAME: &'static str = "shift";
    const WIDTH: usize = Shift::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for ShiftChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

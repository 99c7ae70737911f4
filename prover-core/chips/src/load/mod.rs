#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Load;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The chip of naturally aligned loads of less than 8 bytes.
pub struct LoadChip;

impl Chip for LoadChip {
    const NAME: &'static str = "load";
    const WIDTH: usize = Load::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for LoadChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

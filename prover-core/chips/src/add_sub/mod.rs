#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::AddSub;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The add/sub chip.
pub struct AddSubChip;

impl Chip for AddSubChip {
    const NAME: &'static str = "add_sub";
    const WIDTH: usize = AddSub::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for AddSubChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

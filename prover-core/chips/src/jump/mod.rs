#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Jump;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The chip of `jal` and `jalr`.
pub struct JumpChip;

impl Chip for JumpChip {
    const NAME: &'static str = "jump";
    const WIDTH: usize = Jump::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for JumpChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Bitwise;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The and/or/xor chip.
pub struct BitwiseChip;

impl Chip for BitwiseChip {
    const NAME: &'static str = "bitwise";
    const WIDTH: usize = Bitwise::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for BitwiseChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

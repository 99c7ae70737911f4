#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Mul;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// What the columns of the high carries add: the corrections for signs subtract at most two limbs.
const HIGH_CARRY_OFFSET: u8 = 2;

/// The mul chip.
pub struct MulChip;

impl Chip for MulChip {
    const NAME: &'static str = "mul";
    const WIDTH: usize = Mul::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for MulChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

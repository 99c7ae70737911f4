#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;
#[cfg(test)]
mod uniqueness;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::DivRem;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// What the columns of the carries add: the dividend subtracts at most one limb.
const CARRY_OFFSET: u8 = 1;

/// The divrem chip.
pub struct DivRemChip;

impl Chip for DivRemChip {
    const NAME: &'static str = "divrem";
    const WIDTH: usize = DivRem::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for DivRemChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

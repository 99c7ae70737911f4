#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Branch;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The branch chip.
pub struct BranchChip;

impl Chip for BranchChip {
    const NAME: &'static str = "branch";
    const WIDTH: usize = Branch::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for BranchChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Ecall;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The chip of system calls.
pub struct EcallChip;

impl Chip for EcallChip {
    const NAME: &'static str = "ecall";
    const WIDTH: usize = Ecall::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for EcallChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

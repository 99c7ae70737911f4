#![doc = include_str!("README.md")]

mod air;
mod columns;
#[cfg(test)]
mod tests;
mod trace;

use hearth_machine::isa::Op;
use hearth_machine::trace::Step;
use p3_lookup::InteractionBuilder;

pub use self::columns::Misaligned;
use crate::Felt;
use crate::chip::{Chip, StepChip};

/// The operations of [`Misaligned::load`].
const LOADS: [Op; 5] = [Op::Lh, Op::Lhu, Op::Lw, Op::Lwu, Op::Ld];
/// The operations of [`Misaligned::store`].
const STORES: [Op; 3] = [Op::Sh, Op::Sw, Op::Sd];

/// The chip of loads and stores that are not naturally aligned.
pub struct MisalignedChip;

impl Chip for MisalignedChip {
    const NAME: &'static str = "misaligned";
    const WIDTH: usize = Misaligned::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        air::eval(builder);
    }
}

impl StepChip for MisalignedChip {
    fn fill(step: &Step, row: &mut [Felt]) {
        trace::fill(step, row);
    }
}

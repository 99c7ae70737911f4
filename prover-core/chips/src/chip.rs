//! What a chip is.

use hearth_machine::trace::Step;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;

/// A table of a shard: its width and the one definition of its constraints and messages.
///
/// Prover, verifier, look-up counting, tests and (later) recursion and GPU kernels all use this `eval`.
pub trait Chip {
    /// Name in keys, costs and reports.
    const NAME: &'static str;
    /// Columns.
    const WIDTH: usize;
    /// Asserts the constraints of the current row and sends its messages.
    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B);
}

/// A chip whose rows are instructions of one family.
pub trait StepChip: Chip {
    /// Fills an all-zero row of `WIDTH` cells with an honest step.
    fn fill(step: &Step, row: &mut [Felt]);

    /// The table of `steps`, filled up with zero rows to `height`.
    fn table(steps: &[Step], height: usize) -> RowMajorMatrix<Felt> {
        assert!(steps.len() <= height, "{}: {} steps in {height} rows", Self::NAME, steps.len());
        let mut values = alloc::vec![Felt::ZERO; height * Self::WIDTH];
        for (step, row) in steps.iter().zip(values.chunks_mut(Self::WIDTH)) {
            Self::fill(step, row);
        }
        RowMajorMatrix::new(values, Self::WIDTH)
    }
}

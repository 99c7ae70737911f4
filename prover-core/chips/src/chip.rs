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
        table_of::<Self, _>(steps, height, Self::fill)
    }
}

/// A chip whose rows are records of another kind: leaves, nodes, decodings, hash calls.
pub trait RecordChip: Chip {
    /// What a row is made from.
    type Record;

    /// Fills an all-zero row of `WIDTH` cells with an honest record.
    fn fill(record: &Self::Record, row: &mut [Felt]);

    /// The table of `records`, filled up with zero rows to `height`.
    fn table(records: &[Self::Record], height: usize) -> RowMajorMatrix<Felt> {
        table_of::<Self, _>(records, height, Self::fill)
    }
}

fn table_of<C: Chip + ?Sized, R>(records: &[R], height: usize, fill: impl Fn(&R, &mut [Felt])) -> RowMajorMatrix<Felt> {
    assert!(records.len() <= height, "{}: {} records in {height} rows", C::NAME, records.len());
    let mut values = alloc::vec![Felt::ZERO; height * C::WIDTH];
    for (record, row) in records.iter().zip(values.chunks_mut(C::WIDTH)) {
        fill(record, row);
    }
    RowMajorMatrix::new(values, C::WIDTH)
}

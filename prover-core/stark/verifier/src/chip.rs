//! What the protocol needs to know of a chip.

use p3_lookup::InteractionBuilder;

use crate::field::F;

/// A table: its columns, and the one definition of its constraints and messages.
///
/// Prover and verifier call the same `eval`. It must push the same constraints and interactions in the same order
/// whatever the builder. The next row is not available, except to constraints of fixed columns, which are not used.
pub trait Chip: Sync {
    /// Name in keys and reports.
    fn name(&self) -> &str;
    /// Columns, fixed ones included and preprocessed ones not.
    fn width(&self) -> usize;
    /// Preprocessed columns: what they hold is the key's. `eval` reads them from the builder's preprocessed window.
    fn preprocessed(&self) -> usize {
        0
    }
    /// Whether the table holds the public values' messages: one virtual row of ones that is never committed.
    fn is_boundary(&self) -> bool;
    /// The number of rows, if it is a constant of the key and not of the proof: whole tiles, and a power of two where columns are
    /// fixed.
    fn fixed_rows(&self) -> Option<usize>;
    /// The leading columns that are functions of the row number. They are not committed: the verifier evaluates them.
    fn fixed_columns(&self) -> &[FixedColumn];
    /// Asserts the constraints of a row and sends its messages.
    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B);
}

/// A column whose value in row `i` is `(i >> shift) mod 2^bits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedColumn {
    /// Lowest bit.
    pub shift: usize,
    /// Number of bits.
    pub bits: usize,
}

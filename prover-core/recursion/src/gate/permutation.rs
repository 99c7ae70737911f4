//! Poseidon2 in a row: the S-box outputs of all rounds but the last are columns.

use hearth_chips::poseidon2::{SBOXES, permute};
use hearth_machine::hash::WIDTH;
use hearth_stark_verifier::field::F;
use p3_lookup::InteractionBuilder;

/// Asserts that each column is the cube of what it stands for, and permutes `state`, whose elements then are of degree 3. On rows
/// with `real = 0` there are no round constants.
pub fn constrain<B: InteractionBuilder<F = F>>(
    builder: &mut B,
    state: &mut [B::Expr; WIDTH],
    real: B::Expr,
    columns: &[B::Var; SBOXES],
) {
    let mut columns = columns.iter();
    permute(state, real, |cube: B::Expr| match columns.next() {
        Some(&column) => {
            builder.assert_zero(column.into() - cube);
            column.into()
        }
        None => cube,
    });
}

/// Permutes and notes the S-box outputs.
pub fn fill(state: &mut [F; WIDTH], columns: &mut [F; SBOXES]) {
    let mut columns = columns.iter_mut();
    permute(state, <F as p3_field::PrimeCharacteristicRing>::ONE, |cube| {
        if let Some(column) = columns.next() {
            *column = cube;
        }
        cube
    });
}

#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use p3_air::{AirBuilder, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::bus::{BusBuilder, BytePair, Range16};
use crate::chip::Chip;
use crate::columns;

/// Rows of the table, always.
pub const HEIGHT: usize = 1 << LOG_HEIGHT;
/// Its logarithm.
pub const LOG_HEIGHT: u8 = 16;
/// Columns whose next row the constraints read: both bytes.
pub const NEXT_ROW_COLUMNS: &[usize] = &[0, 1];

columns! {
    /// A row: a number below 2^16 as two bytes.
    pub struct Bytes {
        /// Low byte.
        pub b0: T,
        /// High byte.
        pub b1: T,
        /// How often the number is looked up on `range16`.
        pub range: T,
        /// How often the pair is looked up on `bytes`.
        pub pair: T,
    }
}

/// The table of all bytes and all 16-bit numbers.
pub struct BytesChip;

impl BytesChip {
    /// The table that answers `range[value]` look-ups of `value` and `pair[a + 256 b]` of `(a, b)`: [`HEIGHT`] counts each.
    pub fn table(range: &[u32], pair: &[u32]) -> RowMajorMatrix<Felt> {
        assert!(range.len() == HEIGHT && pair.len() == HEIGHT);
        let mut values = alloc::vec![Felt::ZERO; HEIGHT * Self::WIDTH];
        for (i, row) in values.chunks_mut(Self::WIDTH).enumerate() {
            let row: &mut Bytes<Felt> = row.borrow_mut();
            row.b0 = Felt::from_u8(i as u8);
            row.b1 = Felt::from_u8((i >> 8) as u8);
            row.range = Felt::from_u32(range[i]);
            row.pair = Felt::from_u32(pair[i]);
        }
        RowMajorMatrix::new(values, Self::WIDTH)
    }
}

impl Chip for BytesChip {
    const NAME: &'static str = "bytes";
    const WIDTH: usize = Bytes::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &Bytes<B::Var> = main.current_slice().borrow();
        let next: &Bytes<B::Var> = main.next_slice().borrow();
        let max = Felt::from_u8(255);

        builder.when_first_row().assert_zero(row.b0);
        builder.when_first_row().assert_zero(row.b1);
        builder.when_last_row().assert_eq(row.b0, max);
        builder.when_last_row().assert_eq(row.b1, max);
        let carry: B::Expr = next.b1 - row.b1;
        let mut step = builder.when_transition();
        step.assert_bool(carry.clone());
        step.assert_zero(carry.clone() * (row.b0 - max));
        step.assert_eq(next.b0, (B::Expr::ONE - carry) * (row.b0 + B::Expr::ONE));

        builder.provide(Range16 { value: row.b0 + row.b1 * Felt::from_u16(256) }, row.range.into());
        builder.provide(BytePair { a: row.b0.into(), b: row.b1.into() }, row.pair.into());
    }
}

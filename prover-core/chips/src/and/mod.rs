#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::bus::{BusBuilder, ByteAnd};
use crate::chip::Chip;
use crate::columns;

columns! {
    /// A row: a pair of bytes in bits, least significant first.
    pub struct And {
        /// Bits of the first byte.
        pub a: [T; 8],
        /// Bits of the second byte.
        pub b: [T; 8],
        /// How often the pair is looked up.
        pub count: T,
    }
}

/// The table of the conjunctions that a shard uses.
pub struct AndChip;

impl AndChip {
    /// Rows that `counts` needs: the number of pairs that are looked up.
    pub fn rows(counts: &[u32]) -> usize {
        counts.iter().filter(|&&count| count > 0).count()
    }

    /// The table that answers `counts[a + 256 b]` look-ups of `(a, b)`, filled up with zero rows to `height`.
    pub fn table(counts: &[u32], height: usize) -> RowMajorMatrix<Felt> {
        let rows = Self::rows(counts);
        assert!(counts.len() == 1 << 16 && rows <= height, "{}: {rows} pairs in {height} rows", Self::NAME);
        let mut values = alloc::vec![Felt::ZERO; height * Self::WIDTH];
        let used = counts.iter().enumerate().filter(|&(_, &count)| count > 0);
        for ((pair, &count), row) in used.zip(values.chunks_mut(Self::WIDTH)) {
            let row: &mut And<Felt> = row.borrow_mut();
            row.a = core::array::from_fn(|i| Felt::from_bool(pair >> i & 1 == 1));
            row.b = core::array::from_fn(|i| Felt::from_bool(pair >> (8 + i) & 1 == 1));
            row.count = Felt::from_u32(count);
        }
        RowMajorMatrix::new(values, Self::WIDTH)
    }
}

impl Chip for AndChip {
    const NAME: &'static str = "and";
    const WIDTH: usize = And::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &And<B::Var> = main.current_slice().borrow();
        let mut byte = ByteAnd { a: B::Expr::ZERO, b: B::Expr::ZERO, c: B::Expr::ZERO };
        for (i, (&a, &b)) in row.a.iter().zip(&row.b).enumerate() {
            builder.assert_bool(a);
            builder.assert_bool(b);
            let weight = Felt::from_u8(1 << i);
            byte.a += a * weight;
            byte.b += b * weight;
            byte.c += a * b * weight;
        }
        builder.provide(byte, row.count.into());
    }
}

//! The tables as chips of our own protocol.

use hearth_stark_verifier::chip::{Chip, FixedColumn};
use p3_air::Air;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bytes;
use crate::tables::Table;

/// The bytes of the row number: the columns that the table's constraints pin down row by row elsewhere.
const BYTES: [FixedColumn; 2] = [FixedColumn { shift: 0, bits: 8 }, FixedColumn { shift: 8, bits: 8 }];

impl Chip for Table {
    fn name(&self) -> &str {
        Self::name(*self)
    }

    fn width(&self) -> usize {
        self.columns()
    }

    fn is_boundary(&self) -> bool {
        *self == Self::Boundary
    }

    fn fixed_rows(&self) -> Option<usize> {
        (*self == Self::Bytes).then_some(bytes::HEIGHT)
    }

    fn fixed_columns(&self) -> &[FixedColumn] {
        if *self == Self::Bytes { &BYTES } else { &[] }
    }

    #[inline(always)]
    fn eval<B: InteractionBuilder<F = Felt>>(&self, builder: &mut B) {
        Air::eval(self, builder);
    }
}

//! Preprocessed columns: what a key fixes beside its chips. They are stacked as a trace is, and committed once.

use hearth_soundness::stark::StarkParams;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::{Key, KeyError};
use p3_dft::Radix2DitParallel;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use thiserror::Error;

use crate::cpu::Oracle;
use crate::lanes::Lanes;
use crate::stack::{Column, TILE, fill, place};

/// The stack of a key's preprocessed columns, and its oracle.
pub struct Preprocessed {
    pub(crate) cells: Vec<F>,
    /// By chip.
    pub(crate) columns: Vec<Vec<Column>>,
    pub(crate) oracle: Oracle,
}

/// Why no key can be made of chips and their preprocessed columns.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum SetupError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("{found} tables of preprocessed columns, the key has {expected}")]
    Tables { expected: usize, found: usize },
    #[error("{chip}: {found:?} rows and preprocessed columns, it has {expected:?}")]
    Table { chip: String, expected: (usize, usize), found: (usize, usize) },
}

impl Preprocessed {
    /// Makes the key of chips with these preprocessed columns: a table for each chip without the boundary, of no cells where it
    /// has none.
    ///
    /// # Errors
    /// A [`SetupError`]; among others for chips of which none has preprocessed columns.
    pub fn setup<P: Lanes, A: Chip>(
        chips: Vec<A>,
        public_values: usize,
        params: StarkParams,
        tables: &[RowMajorMatrix<F>],
    ) -> Result<(Key<A>, Self), SetupError> {
        let key = Key::new(chips, public_values, params)?;
        if tables.len() != key.shapes.len() {
            return Err(SetupError::Tables { expected: key.shapes.len(), found: tables.len() });
        }
        let mut cells = F::zero_vec(1 << key.params.log_cells);
        let mut rest = &mut cells[..];
        let mut columns = Vec::with_capacity(tables.len());
        let mut strips = 0;
        for (shape, table) in key.shapes.iter().zip(tables) {
            if shape.preprocessed == 0 && table.values.is_empty() {
                columns.push(Vec::new());
                continue;
            }
            let rows = shape.fixed_rows.unwrap_or(0);
            let (expected, found) =
                ((rows, shape.preprocessed), (table.values.len() / table.width.max(1), table.width));
            if expected != found {
                return Err(SetupError::Table { chip: shape.name.clone(), expected, found });
            }
            columns.push(place(&shape.preprocessed_blocks, rows / TILE, &mut strips));
            rest = fill(rest, &shape.preprocessed_blocks, rows / TILE, table, 0);
        }
        let oracle = Oracle::new::<P>(&Radix2DitParallel::default(), &cells, &key.params, 0);
        let key = key.with_preprocessed(oracle.cap().to_vec())?;
        Ok((key, Self { cells, columns, oracle }))
    }
}

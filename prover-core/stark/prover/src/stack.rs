//! The stack of all columns: see [`hearth_stark_verifier::opening`] for its layout.

use hearth_soundness::stark::LOG_TILE;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use p3_maybe_rayon::prelude::*;
use std::sync::Arc;
use thiserror::Error;

use crate::lanes::{LANES, Lanes, parts};
use crate::preprocessed::Preprocessed;

/// Rows of a tile.
pub const TILE: usize = 1 << LOG_TILE;

/// Why a trace cannot be proved under a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum TraceError {
    #[error("{found} tables, the key has {expected}")]
    Tables { expected: usize, found: usize },
    #[error("{chip}: {found} columns, the key has {expected}")]
    Width { chip: String, expected: usize, found: usize },
    #[error("{chip}: {rows} rows, {limit}")]
    Rows { chip: String, rows: usize, limit: String },
    #[error("{strips} strips of {TILE} cells, the class has {limit}")]
    Area { strips: usize, limit: usize },
    #[error("{found} public values, the key has {expected}")]
    PublicValues { expected: usize, found: usize },
    #[error("the preprocessed columns are not those of the key")]
    Preprocessed,
}

/// Where a column is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// Cell of row `r` of tile `t`: `first + step t + r`.
    Committed { first: usize, step: usize },
    /// A function of the row number.
    Fixed { shift: usize, mask: usize },
}

/// One chip's part of the stack.
pub struct Part {
    /// Tiles.
    pub tiles: usize,
    columns: Vec<Column>,
}

/// The stack of a trace.
pub struct Stack {
    /// All cells, a power of two; then, if the key has preprocessed columns, as many of their stack.
    pub cells: Vec<F>,
    /// The chips' parts, in the order of the key.
    pub parts: Vec<Part>,
    /// The preprocessed columns.
    pub preprocessed: Option<Arc<Preprocessed>>,
}

impl Stack {
    /// Stacks tables of any number of rows, one per chip of the key without its boundary; fixed columns are ignored.
    ///
    /// # Errors
    /// A [`TraceError`] when the trace is not one of the key, and where the key has preprocessed columns.
    pub fn new<A: Chip>(key: &Key<A>, tables: &[RowMajorMatrix<F>]) -> Result<Self, TraceError> {
        if key.is_joint() {
            return Err(TraceError::Preprocessed);
        }
        Self::of_trace(key, tables)
    }

    /// [`Stack::new`] for a key with these preprocessed columns.
    ///
    /// # Errors
    /// A [`TraceError`] when trace or preprocessed columns are not those of the key.
    pub fn with_preprocessed<A: Chip>(
        key: &Key<A>,
        preprocessed: &Arc<Preprocessed>,
        tables: &[RowMajorMatrix<F>],
    ) -> Result<Self, TraceError> {
        if key.preprocessed != preprocessed.oracle.cap() {
            return Err(TraceError::Preprocessed);
        }
        let mut stack = Self::of_trace(key, tables)?;
        let first = stack.cells.len();
        stack.cells.extend_from_slice(&preprocessed.cells);
        for (part, columns) in stack.parts.iter_mut().zip(&preprocessed.columns) {
            part.columns.extend(columns.iter().map(|column| column.moved(first)));
        }
        stack.preprocessed = Some(preprocessed.clone());
        Ok(stack)
    }

    /// The cells of the trace.
    pub fn trace(&self) -> &[F] {
        &self.cells[..self.cells.len() >> usize::from(self.preprocessed.is_some())]
    }

    fn of_trace<A: Chip>(key: &Key<A>, tables: &[RowMajorMatrix<F>]) -> Result<Self, TraceError> {
        if tables.len() != key.shapes.len() {
            return Err(TraceError::Tables { expected: key.shapes.len(), found: tables.len() });
        }
        let mut parts = Vec::with_capacity(tables.len());
        let mut strips = 0;
        for (shape, table) in key.shapes.iter().zip(tables) {
            let chip = || shape.name.clone();
            if table.width != shape.width {
                return Err(TraceError::Width { chip: chip(), expected: shape.width, found: table.width });
            }
            let rows = table.values.len() / table.width;
            if let Some(fixed) = shape.fixed_rows
                && rows != fixed
            {
                return Err(TraceError::Rows { chip: chip(), rows, limit: format!("it always has {fixed}") });
            }
            if rows > 1 << key.params.log_rows {
                let limit = format!("the class has at most 2^{}", key.params.log_rows);
                return Err(TraceError::Rows { chip: chip(), rows, limit });
            }
            let tiles = rows.div_ceil(TILE);
            let mut columns: Vec<Column> = shape
                .fixed
                .iter()
                .map(|fixed| Column::Fixed { shift: fixed.shift, mask: (1 << fixed.bits) - 1 })
                .collect();
            columns.extend(place(&shape.blocks, tiles, &mut strips));
            parts.push(Part { tiles, columns });
        }
        let limit = 1 << (key.params.log_cells - LOG_TILE);
        if strips > limit {
            return Err(TraceError::Area { strips, limit });
        }

        let mut cells = F::zero_vec(limit * TILE);
        let mut rest = &mut cells[..];
        for ((shape, table), part) in key.shapes.iter().zip(tables).zip(&parts) {
            rest = fill(rest, &shape.blocks, part.tiles, table, shape.fixed.len());
        }
        Ok(Self { cells, parts, preprocessed: None })
    }

    /// Tiles of all chips.
    pub fn heights(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().map(|part| part.tiles)
    }
}

/// The columns of blocks that begin at strip `strips`, which goes behind them.
pub(crate) fn place(blocks: &[usize], tiles: usize, strips: &mut usize) -> Vec<Column> {
    let mut columns = Vec::new();
    for &bits in blocks {
        let step = TILE << bits;
        columns.extend((0..1 << bits).map(|j| Column::Committed { first: (*strips + j) * TILE, step }));
        *strips += tiles << bits;
    }
    columns
}

/// Writes the columns of `table` from `column` on into their blocks; returns the cells after them.
pub(crate) fn fill<'c>(
    mut cells: &'c mut [F],
    blocks: &[usize],
    tiles: usize,
    table: &RowMajorMatrix<F>,
    mut column: usize,
) -> &'c mut [F] {
    for &bits in blocks {
        let (block, after) = cells.split_at_mut((tiles << bits) * TILE);
        cells = after;
        block.par_chunks_mut(TILE << bits).enumerate().for_each(|(tile, strips)| {
            let rows = &table.values[tile * TILE * table.width..];
            for (j, strip) in strips.chunks_mut(TILE).enumerate() {
                for (cell, row) in strip.iter_mut().zip(rows.chunks_exact(table.width)) {
                    *cell = row[column + j];
                }
            }
        });
        column += 1 << bits;
    }
    cells
}

impl Column {
    /// The column in a stack that has `cells` more before it.
    fn moved(&self, cells: usize) -> Self {
        match *self {
            Self::Committed { first, step } => Self::Committed { first: first + cells, step },
            fixed => fixed,
        }
    }
}

impl Part {
    /// The packed cells of a group of rows: group `group` of tile `tile`, part `part` of its lanes, in column `column`.
    #[inline(always)]
    pub fn cell<P: Lanes>(&self, cells: &[F], column: usize, tile: usize, group: usize, part: usize) -> P {
        let row = group * LANES + part * P::WIDTH;
        match self.columns[column] {
            Column::Committed { first, step } => *P::from_slice(&cells[first + step * tile + row..][..P::WIDTH]),
            Column::Fixed { shift, mask } => {
                P::from_fn(|lane| F::from_usize((tile * TILE + row + lane) >> shift & mask))
            }
        }
    }

    /// Fills `row` with the packed cells of all columns.
    #[inline(always)]
    pub fn row<P: Lanes>(&self, cells: &[F], tile: usize, group: usize, part: usize, row: &mut [P]) {
        debug_assert!(part < parts::<P>());
        for (column, cell) in row.iter_mut().enumerate() {
            *cell = self.cell(cells, column, tile, group, part);
        }
    }
}

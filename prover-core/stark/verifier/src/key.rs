//! The key: everything about the shape of a proof, read off the chips once.

use alloc::string::String;
use alloc::vec::Vec;

use hearth_machine::hash::{DIGEST, Hasher, Tag};
use hearth_soundness::report::Facts;
use hearth_soundness::stark::{LOG_LANES, LOG_SKIP, LOG_TILE, MAX_DEGREE, StarkParams};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use thiserror::Error;

use crate::chip::Chip;
use crate::field::F;
use crate::shape::{Buses, Probe, shape};
pub use crate::shape::{ChipShape, LookupShape};

/// Version of the protocol; part of every key.
pub const VERSION: u32 = 2;

/// A key: chips with their shapes, buses, parameters.
pub struct Key<A> {
    /// The chips without the boundary, in the order of the proof.
    pub chips: Vec<A>,
    /// Their shapes.
    pub shapes: Vec<ChipShape>,
    /// The chip of the public values' messages.
    pub boundary: Option<(A, ChipShape)>,
    /// Names of the buses.
    pub buses: Vec<String>,
    /// Elements of the widest message.
    pub message_width: usize,
    /// Number of public values.
    pub public_values: usize,
    /// Log2 of the slots of all chips, unused ones included.
    pub log_slots: usize,
    /// Parameters.
    pub params: StarkParams,
    /// The cap of the stack of preprocessed columns; empty if no chip has any.
    pub preprocessed: Vec<[F; DIGEST]>,
    /// Digest of all of the above: the transcript's seed.
    pub digest: [F; DIGEST],
}

/// Why no key can be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum KeyError {
    #[error("{chip}: degree {degree} of {what}, at most {MAX_DEGREE} is possible")]
    Degree { chip: String, what: &'static str, degree: usize },
    #[error("{chip}: the zero row does not satisfy every constraint, or sends a message")]
    ZeroRow { chip: String },
    #[error("{chip}: local and exclusive look-ups are not supported")]
    LocalLookup { chip: String },
    #[error("{chip}: it has no columns of its own")]
    Columns { chip: String },
    #[error(
        "{chip}: preprocessed columns need a constant number of rows, in whole tiles, and no fixed columns beside them"
    )]
    Preprocessed { chip: String },
    #[error("the preprocessed columns have {strips} strips of {} cells, the class has {limit}", 1 << LOG_TILE)]
    PreprocessedArea { strips: usize, limit: usize },
    #[error("a cap of {found} digests, not {expected}")]
    Cap { expected: usize, found: usize },
    #[error("{chip}: {what}")]
    Reads { chip: String, what: &'static str },
    #[error(
        "{chip}: a fixed column needs a constant number of rows, no more bits than they have, and of the bits {LOG_LANES} up to \
         {LOG_TILE} of the row number all or none"
    )]
    FixedColumn { chip: String },
    #[error(
        "{chip}: {rows} rows are no whole tiles up to the greatest height, or no power of two where columns are fixed"
    )]
    Rows { chip: String, rows: usize },
    #[error("bus {bus}: messages of {found} and of {expected} elements")]
    MessageWidth { bus: String, expected: usize, found: usize },
    #[error("messages may be sent {times} times, which is not below the field's order")]
    Multiplicity { times: u64 },
    #[error("the widths and heights may sum up to more than the field's order")]
    Area,
    #[error("more than one chip has the public values")]
    Boundaries,
}

impl<A: Chip> Key<A> {
    /// Reads a key off the chips; `public_values` is the number of elements that the boundary chip reads. Where chips have
    /// preprocessed columns the key accepts nothing before [`Key::with_preprocessed`].
    ///
    /// # Errors
    /// A [`KeyError`] that names the chip that the protocol cannot prove.
    pub fn new(chips: Vec<A>, public_values: usize, params: StarkParams) -> Result<Self, KeyError> {
        let mut buses = Buses::default();
        let mut shapes = Vec::new();
        let mut kept = Vec::new();
        let mut boundary = None;
        let mut first_slot = 0;
        for chip in chips {
            let shape = shape(&chip, public_values, &params, &mut buses, first_slot)?;
            if chip.is_boundary() {
                if boundary.replace((chip, shape)).is_some() {
                    return Err(KeyError::Boundaries);
                }
            } else {
                first_slot += shape.slots();
                shapes.push(shape);
                kept.push(chip);
            }
        }
        let log_slots = first_slot.next_power_of_two().ilog2() as usize;
        let order = u64::from(F::ORDER_U32);
        // Condition 18: no count can wrap. Each row of each chip counts at most the weights of its look-ups.
        let most = |shape: &ChipShape, i: usize| {
            buses.weights[i].saturating_mul(shape.fixed_rows.map_or(1 << params.log_rows, |rows| rows as u64))
        };
        let times = shapes.iter().enumerate().fold(0u64, |sum, (i, shape)| sum.saturating_add(most(shape, i)));
        // The cells of the stack bound the rows as well.
        let widest =
            shapes.iter().zip(&buses.weights).map(|(s, w)| w.div_ceil(s.committed() as u64)).max().unwrap_or(0);
        let times = times.min(widest.saturating_mul(1 << params.log_cells)).saturating_add(buses.boundary_weight);
        if times >= order {
            return Err(KeyError::Multiplicity { times });
        }
        let columns: u64 = shapes.iter().map(|shape| shape.committed() as u64).sum();
        if columns << (params.log_rows - LOG_TILE) >= order {
            return Err(KeyError::Area);
        }
        let strips: usize =
            shapes.iter().map(|shape| shape.preprocessed * (shape.fixed_rows.unwrap_or(0) >> LOG_TILE)).sum();
        let limit = 1 << (params.log_cells - LOG_TILE);
        if strips > limit {
            return Err(KeyError::PreprocessedArea { strips, limit });
        }
        // Nothing that anyone knows has these digests.
        let preprocessed = alloc::vec![[F::ZERO; DIGEST]; if strips > 0 { 1 << params.log_cap(0) } else { 0 }];
        let message_width = buses.widths.iter().copied().max().unwrap_or(0);
        let mut key = Self {
            chips: kept,
            shapes,
            boundary,
            buses: buses.names,
            message_width,
            public_values,
            log_slots,
            params,
            preprocessed,
            digest: [F::ZERO; DIGEST],
        };
        key.digest = key.compute_digest();
        Ok(key)
    }

    /// The key for preprocessed columns whose stack has the cap `cap`.
    ///
    /// # Errors
    /// [`KeyError::Cap`] for a cap of another length, and for any where no chip has such columns.
    pub fn with_preprocessed(mut self, cap: Vec<[F; DIGEST]>) -> Result<Self, KeyError> {
        if cap.is_empty() || cap.len() != self.preprocessed.len() {
            return Err(KeyError::Cap { expected: self.preprocessed.len(), found: cap.len() });
        }
        self.preprocessed = cap;
        self.digest = self.compute_digest();
        Ok(self)
    }

    /// Whether chips have preprocessed columns, so that two oracles are opened as one.
    pub fn is_joint(&self) -> bool {
        !self.preprocessed.is_empty()
    }

    /// Variables of the fractions' tree: row, slot.
    pub fn tree_variables(&self) -> usize {
        self.params.log_rows + self.log_slots
    }

    /// Row variables above a tile.
    pub fn tile_variables(&self) -> usize {
        self.params.log_rows - LOG_TILE
    }

    /// What the soundness report needs to know.
    pub fn facts(&self) -> Facts {
        let fractions = |shape: &ChipShape| shape.lookups.len() as f64;
        // Tables of constant height as they are; the rest of the stack full of the chip with most look-ups per cell.
        let fixed: f64 = self.shapes.iter().filter_map(|s| Some(fractions(s) * s.fixed_rows? as f64)).sum();
        let open = self.shapes.iter().filter(|shape| shape.fixed_rows.is_none());
        let most = open.map(|shape| fractions(shape) / shape.committed() as f64).fold(0.0, f64::max);
        let boundary = self.boundary.as_ref().map_or(0.0, |(_, shape)| fractions(shape));
        Facts {
            fractions: fixed + boundary + most * (1u64 << self.params.log_cells) as f64,
            tree_variables: self.tree_variables(),
            constraints: self.shapes.iter().map(|shape| shape.constraints).max().unwrap_or(0),
            chips: self.shapes.len(),
            blocks: self.shapes.iter().map(|shape| shape.blocks.len() + shape.preprocessed_blocks.len()).sum(),
            block_bits: self.block_bits(),
            is_joint: self.is_joint(),
        }
    }

    /// Log2 of the greatest sub-block's width.
    pub fn block_bits(&self) -> usize {
        let first = |shape: &ChipShape| shape.blocks.first().max(shape.preprocessed_blocks.first()).copied();
        self.shapes.iter().filter_map(first).max().unwrap_or(0)
    }

    /// Committed columns of all chips.
    pub fn columns(&self) -> usize {
        self.shapes.iter().map(ChipShape::committed).sum()
    }

    /// Preprocessed columns of all chips.
    pub fn preprocessed_columns(&self) -> usize {
        self.shapes.iter().map(|shape| shape.preprocessed).sum()
    }

    /// The digest: parameters, shapes, and each chip's constraints and messages at a pseudo-random row, so that two
    /// keys whose chips differ in any polynomial have different digests but for a probability of about `3 / p^9`. Every list
    /// is written with its length; what only keys with preprocessed columns have comes last.
    fn compute_digest(&self) -> [F; DIGEST] {
        let hasher = Hasher::new();
        let mut words: Vec<F> = Vec::new();
        let mut number = |value: usize| words.push(F::from_usize(value));
        let params = &self.params;
        number(VERSION as usize);
        let sizes = [LOG_TILE, LOG_SKIP, LOG_LANES, params.log_cells, params.log_rows, params.log_cap];
        let grinding = [params.bus_grinding, params.constraint_grinding, params.fold_grinding, params.query_grinding];
        sizes.into_iter().chain(grinding).for_each(&mut number);
        for list in [params.folds, params.log_inv_rates, params.queries] {
            number(list.len());
            list.iter().copied().for_each(&mut number);
        }
        number(self.public_values);
        number(self.log_slots);
        number(self.buses.len());
        for bus in &self.buses {
            number(bus.len());
            bus.bytes().map(usize::from).for_each(&mut number);
        }
        number(self.chips.len());
        let chips =
            self.chips.iter().zip(&self.shapes).chain(self.boundary.as_ref().map(|(chip, shape)| (chip, shape)));
        for (chip, shape) in chips {
            let mut number = |value: usize| words.push(F::from_usize(value));
            number(shape.name.len());
            shape.name.bytes().map(usize::from).for_each(&mut number);
            number(shape.width);
            number(usize::from(chip.is_boundary()));
            number(shape.fixed_rows.map_or(0, |rows| log2(rows) + 1));
            number(shape.fixed.len());
            for column in &shape.fixed {
                number(column.shift);
                number(column.bits);
            }
            number(shape.constraints);
            number(shape.lookups.len());
            shape.lookups.iter().for_each(|lookup| number(lookup.bus));
            number(shape.slots.len());
            shape.slots.iter().copied().for_each(&mut number);
            for seed in 0..DIGEST {
                let length = shape.row() + self.public_values;
                let mut row = Vec::with_capacity(length);
                while row.len() < length {
                    row.extend(hasher.sponge(Tag::Key, &[F::from_usize(seed), F::from_usize(row.len())]));
                }
                let (row, public) = row.split_at(shape.row());
                let probe = Probe::of(chip, row, &public[..self.public_values]);
                words.extend(probe.constraints);
                for (_, fields, count, _) in probe.messages {
                    words.push(F::from_usize(fields.len()));
                    words.extend(fields);
                    words.push(count);
                }
            }
        }
        if self.is_joint() {
            for shape in &self.shapes {
                words.push(F::from_usize(shape.preprocessed));
                words.push(F::from_usize(shape.fixed_rows.unwrap_or(0)));
            }
            words.push(F::from_usize(self.preprocessed.len()));
            words.extend(self.preprocessed.as_flattened());
        }
        hasher.sponge(Tag::Key, &words)
    }
}

fn log2(n: usize) -> usize {
    n.ilog2() as usize
}

//! The chips of a key and the heights that their traces may have.

use alloc::string::String;
use alloc::vec::Vec;

use hearth_soundness::{MAX_LOG_HEIGHT, SizeClass};
use p3_air::Air;
use p3_air::symbolic::AirLayout;
use p3_field::PrimeField32;
use p3_lookup::InteractionSymbolicBuilder;

use super::error::{HeightError, SetupError};
use super::field::{Challenge, F};

/// Which heights (log2 of rows) a chip's trace may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeightRule {
    /// Always this height: for tables whose rows are fixed by constraints that count them.
    Fixed(u8),
    /// Any height from `min` to `max`, both included.
    Range {
        /// Log2 of the least height.
        min: u8,
        /// Log2 of the greatest height.
        max: u8,
    },
}

impl HeightRule {
    /// The least and the greatest allowed height, log2.
    #[must_use]
    pub const fn bounds(self) -> (u8, u8) {
        match self {
            Self::Fixed(log_height) => (log_height, log_height),
            Self::Range { min, max } => (min, max),
        }
    }
}

/// One chip of a key.
#[derive(Clone, Debug)]
pub struct ChipSpec<A> {
    /// Name in errors, and part of the key's digest.
    pub name: String,
    /// Constraints and messages.
    pub air: A,
    /// Allowed heights.
    pub height: HeightRule,
}

/// The chips of a key in their fixed order, with what follows from them at setup.
#[derive(Clone, Debug)]
pub struct ChipSet<A> {
    chips: Vec<ChipSpec<A>>,
    class: SizeClass,
    widths: Vec<usize>,
    /// Sum of the message weights per row of each chip.
    weights: Vec<u64>,
    #[cfg(feature = "p3")]
    pub(super) public_chip: Option<usize>,
    num_public_values: usize,
}

impl<A> ChipSet<A>
where
    A: Air<InteractionSymbolicBuilder<F, Challenge>>,
{
    /// Checks the chips and reads their shapes.
    ///
    /// # Errors
    ///
    /// See [`SetupError`].
    pub fn new(chips: Vec<ChipSpec<A>>, class: SizeClass) -> Result<Self, SetupError> {
        if chips.is_empty() || chips.len() > usize::from(u8::MAX) {
            return Err(SetupError::ChipCount(chips.len()));
        }
        let mut public_chip: Option<usize> = None;
        let mut weights = Vec::with_capacity(chips.len());
        for (index, chip) in chips.iter().enumerate() {
            let recorded = symbolic(&chip.air);
            weights.push(message_weight(&recorded));
            if let Some(reason) = unsupported(&chip.air, &recorded) {
                return Err(SetupError::Unsupported { chip: chip.name.clone(), reason });
            }
            let (min, max) = chip.height.bounds();
            if min > max || min < class.min_log_height() || max > MAX_LOG_HEIGHT {
                return Err(SetupError::HeightRule {
                    chip: chip.name.clone(),
                    min,
                    max,
                    least: class.min_log_height(),
                    greatest: MAX_LOG_HEIGHT,
                });
            }
            if chip.air.num_public_values() != 0 {
                if let Some(other) = public_chip {
                    return Err(SetupError::TwoPublicChips(chips[other].name.clone(), chip.name.clone()));
                }
                public_chip = Some(index);
            }
        }
        let widths = chips.iter().map(|chip| chip.air.width()).collect();
        let num_public_values = public_chip.map_or(0, |index| chips[index].air.num_public_values());
        let set = Self {
            chips,
            class,
            widths,
            weights,
            #[cfg(feature = "p3")]
            public_chip,
            num_public_values,
        };
        let least: Vec<u8> = set.chips.iter().map(|chip| chip.height.bounds().0).collect();
        set.check_heights(&least).map_err(|_| SetupError::ClassTooSmall(class))?;
        Ok(set)
    }
}

/// The chip's constraints and messages as expressions.
pub(super) fn symbolic<A>(air: &A) -> InteractionSymbolicBuilder<F, Challenge>
where
    A: Air<InteractionSymbolicBuilder<F, Challenge>>,
{
    InteractionSymbolicBuilder::from_air(air, AirLayout::from_air::<F>(air))
}

/// What a chip uses that shard proofs do not support, if anything.
fn unsupported<A>(air: &A, recorded: &InteractionSymbolicBuilder<F, Challenge>) -> Option<&'static str>
where
    A: Air<InteractionSymbolicBuilder<F, Challenge>>,
{
    let uses = [
        (air.width() == 0, "it has no columns"),
        (air.preprocessed_width() != 0, "preprocessed columns"),
        (air.num_periodic_columns() != 0, "periodic columns"),
        (air.boolean_columns() != 0, "columns that are boolean by commitment"),
        (!air.public_boundary_io().is_empty(), "cells pinned by position"),
        (!recorded.extension_constraints().is_empty(), "constraints over the extension field"),
        (!recorded.local_interactions().is_empty(), "local interactions"),
        (!recorded.exclusive_interactions().is_empty(), "exclusive interactions"),
        (!recorded.indexed_reads().is_empty() || !recorded.indexed_tables().is_empty(), "indexed reads"),
    ];
    uses.into_iter().find_map(|(used, what)| used.then_some(what))
}

/// Sum of the declared weights of all messages of one row.
fn message_weight(recorded: &InteractionSymbolicBuilder<F, Challenge>) -> u64 {
    recorded.global_interactions().iter().map(|message| u64::from(message.count_weight)).sum()
}

impl<A> ChipSet<A> {
    /// The chips, in the order of traces and heights.
    #[must_use]
    pub fn chips(&self) -> &[ChipSpec<A>] {
        &self.chips
    }

    /// The size class.
    #[must_use]
    pub const fn class(&self) -> SizeClass {
        self.class
    }

    /// Columns per chip.
    #[must_use]
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// Number of public values, all read by one chip.
    #[must_use]
    pub const fn num_public_values(&self) -> usize {
        self.num_public_values
    }

    /// Checks a list of log2 heights, one per chip, and returns log2 of the padded stack.
    ///
    /// # Errors
    ///
    /// A height outside its chip's rule, more cells than the class holds, or messages that could
    /// wrap around the field's characteristic.
    pub fn check_heights(&self, log_heights: &[u8]) -> Result<usize, HeightError> {
        if log_heights.len() != self.chips.len() {
            return Err(HeightError::Count { expected: self.chips.len(), actual: log_heights.len() });
        }
        let (mut cells, mut messages) = (0u64, 0u64);
        for (index, (chip, &actual)) in self.chips.iter().zip(log_heights).enumerate() {
            let (min, max) = chip.height.bounds();
            if actual < min || actual > max {
                return Err(HeightError::Rule { chip: chip.name.clone(), min, max, actual });
            }
            // Heights are below 2^24, so neither sum can overflow for any width that fits in memory.
            let height = 1u64 << actual;
            cells = cells.saturating_add(height.saturating_mul(self.widths[index] as u64));
            messages = messages.saturating_add(height.saturating_mul(self.weights[index]));
        }
        let log_cells = self.class.log_cells();
        if cells > 1 << log_cells {
            return Err(HeightError::Cells { cells, log_cells });
        }
        if messages >= u64::from(F::ORDER_U32) {
            return Err(HeightError::Multiplicities);
        }
        Ok(cells.next_power_of_two().ilog2() as usize)
    }
}

//! The key: everything about the shape of a proof, read off the chips once.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hearth_machine::hash::{DIGEST, Hasher, Tag};
use hearth_soundness::report::Facts;
use hearth_soundness::stark::{LOG_LANES, LOG_SKIP, LOG_TILE, LOOKUPS_PER_SLOT, MAX_DEGREE, StarkParams};
use p3_air::symbolic::{AirLayout, SymbolicExpression};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_lookup::InteractionSymbolicBuilder;
use thiserror::Error;

use crate::chip::{Chip, FixedColumn};
use crate::evaluate::{Evaluator, Sink};
use crate::field::F;
use crate::reads::{Reads, is_evaluable};

/// Version of the protocol; part of every key.
pub const VERSION: u32 = 2;

/// A look-up of a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupShape {
    /// Number of its bus.
    pub bus: usize,
    /// The fields that are not 0 on the zero row, with their values there.
    pub at_zero: Vec<(usize, F)>,
}

/// What the protocol knows of a chip.
#[derive(Clone, Debug)]
pub struct ChipShape {
    /// Name.
    pub name: String,
    /// Columns, fixed ones included.
    pub width: usize,
    /// The leading columns that are not committed.
    pub fixed: Vec<FixedColumn>,
    /// Constant number of rows.
    pub fixed_rows: Option<usize>,
    /// Constraints.
    pub constraints: usize,
    /// Look-ups in the order of `eval`.
    pub lookups: Vec<LookupShape>,
    /// Slot `s` has the look-ups `slots[s] .. slots[s + 1]`.
    pub slots: Vec<usize>,
    /// Number of its first slot among those of all chips.
    pub first_slot: usize,
    /// Its sub-blocks of columns in the stack: log2 of their widths, greatest first.
    pub blocks: Vec<usize>,
    /// Preprocessed columns.
    pub preprocessed: usize,
    /// Their sub-blocks in the stack of preprocessed columns.
    pub preprocessed_blocks: Vec<usize>,
}

impl ChipShape {
    /// Number of slots.
    pub fn slots(&self) -> usize {
        self.slots.len() - 1
    }

    /// Number of committed columns.
    pub fn committed(&self) -> usize {
        self.width - self.fixed.len()
    }

    /// Cells of a row: fixed, committed, preprocessed.
    pub fn row(&self) -> usize {
        self.width + self.preprocessed
    }
}

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

#[derive(Default)]
struct Buses {
    names: Vec<String>,
    widths: Vec<usize>,
    /// Per committed chip, the sum of its look-ups' weights.
    weights: Vec<u64>,
    /// That of the boundary's one row.
    boundary_weight: u64,
}

fn shape<A: Chip>(
    chip: &A,
    public_values: usize,
    params: &StarkParams,
    buses: &mut Buses,
    first_slot: usize,
) -> Result<ChipShape, KeyError> {
    let name = chip.name().to_string();
    let width = chip.width();
    let fixed = chip.fixed_columns().to_vec();
    if width <= fixed.len() && !chip.is_boundary() {
        return Err(KeyError::Columns { chip: name });
    }
    let preprocessed = chip.preprocessed();
    if preprocessed > 0 && (chip.is_boundary() || chip.fixed_rows().is_none() || !fixed.is_empty()) {
        return Err(KeyError::Preprocessed { chip: name });
    }
    if let Some(rows) = chip.fixed_rows()
        && !((1 << LOG_TILE..=1 << params.log_rows).contains(&rows)
            && rows.is_multiple_of(1 << LOG_TILE)
            && (preprocessed > 0 || rows.is_power_of_two()))
    {
        return Err(KeyError::Rows { chip: name, rows });
    }

    if !fixed.iter().all(|&column| is_evaluable(column, chip.fixed_rows())) {
        return Err(KeyError::FixedColumn { chip: name });
    }

    let layout = AirLayout {
        main_width: width,
        preprocessed_width: preprocessed,
        num_public_values: public_values,
        ..AirLayout::default()
    };
    let mut symbolic: InteractionSymbolicBuilder<F> = InteractionSymbolicBuilder::new(layout);
    chip.eval(&mut symbolic);
    if let Some(what) = Reads::of(chip).refuse(&symbolic) {
        return Err(KeyError::Reads { chip: name, what });
    }
    let has_constraints = fixed.is_empty() && !chip.is_boundary();
    let constraints = if has_constraints { symbolic.base_constraints().len() } else { 0 };
    if !symbolic.local_interactions().is_empty() || !symbolic.exclusive_interactions().is_empty() {
        return Err(KeyError::LocalLookup { chip: name });
    }
    if has_constraints {
        let degree = symbolic.base_constraints().iter().map(SymbolicExpression::degree_multiple).max().unwrap_or(0);
        if degree > MAX_DEGREE {
            return Err(KeyError::Degree { chip: name, what: "a constraint", degree });
        }
    }

    // Look-ups fill slots in their order, as many as the degree allows.
    let degrees: Vec<(usize, usize)> = symbolic
        .global_interactions()
        .iter()
        .map(|message| {
            let fields = message.fields.iter().map(SymbolicExpression::degree_multiple).max().unwrap_or(0);
            (message.count.degree_multiple(), fields)
        })
        .collect();
    let slots =
        assign_slots(&degrees).map_err(|degree| KeyError::Degree { chip: name.clone(), what: "a look-up", degree })?;

    let zeros = alloc::vec![F::ZERO; (width + preprocessed).max(public_values)];
    let probe = Probe::of(chip, &zeros[..width + preprocessed], &zeros[..public_values]);
    let mut lookups = Vec::new();
    let mut weight = 0;
    for (bus, fields, count, times) in probe.messages {
        if count != F::ZERO {
            return Err(KeyError::ZeroRow { chip: name });
        }
        let number = match buses.names.iter().position(|known| *known == bus) {
            Some(number) if buses.widths[number] != fields.len() => {
                return Err(KeyError::MessageWidth { bus, expected: buses.widths[number], found: fields.len() });
            }
            Some(number) => number,
            None => {
                buses.names.push(bus);
                buses.widths.push(fields.len());
                buses.names.len() - 1
            }
        };
        weight += u64::from(times);
        let at_zero = fields.into_iter().enumerate().filter(|&(_, field)| field != F::ZERO).collect();
        lookups.push(LookupShape { bus: number, at_zero });
    }
    if has_constraints && probe.constraints.iter().any(|&value| value != F::ZERO) {
        return Err(KeyError::ZeroRow { chip: name });
    }
    if chip.is_boundary() {
        buses.boundary_weight = weight;
    } else {
        buses.weights.push(weight);
    }
    let blocks = |columns: usize| (0..usize::BITS as usize).rev().filter(|bit| columns >> bit & 1 == 1).collect();
    Ok(ChipShape {
        name,
        width,
        fixed_rows: chip.fixed_rows(),
        constraints,
        lookups,
        slots,
        first_slot,
        blocks: blocks(width - fixed.len()),
        fixed,
        preprocessed,
        preprocessed_blocks: blocks(preprocessed),
    })
}

/// Ends of the slots for look-ups with these degrees of (count, fields), or the degree of one that fits into none.
///
/// In a slot, the denominator has the sum of the fields' degrees, the numerator a count's in place of its fields'.
fn assign_slots(degrees: &[(usize, usize)]) -> Result<Vec<usize>, usize> {
    let mut slots = alloc::vec![0];
    let fits = |group: &[(usize, usize)]| {
        let denominator: usize = group.iter().map(|&(_, fields)| fields).sum();
        let numerator = group.iter().map(|&(count, fields)| denominator - fields + count).max().unwrap_or(0);
        group.len() <= LOOKUPS_PER_SLOT && denominator.max(numerator) <= MAX_DEGREE
    };
    let mut first = 0;
    for end in 0..degrees.len() {
        if !fits(&degrees[end..=end]) {
            return Err(degrees[end].0.max(degrees[end].1));
        }
        if !fits(&degrees[first..=end]) {
            slots.push(end);
            first = end;
        }
    }
    if first < degrees.len() {
        slots.push(degrees.len());
    }
    Ok(slots)
}

/// Bus, fields, count and weight of a message.
type Message = (String, Vec<F>, F, u32);

/// What a row of numbers asserts and sends.
#[derive(Default)]
struct Probe {
    constraints: Vec<F>,
    messages: Vec<Message>,
}

impl Probe {
    /// Of a row with its preprocessed cells.
    fn of<A: Chip>(chip: &A, row: &[F], public: &[F]) -> Self {
        let mut probe = Self::default();
        let (row, preprocessed) = row.split_at(chip.width());
        chip.eval(&mut Evaluator::inner(row, public, &mut probe).preprocessed(preprocessed));
        probe
    }
}

impl Sink for Probe {
    fn constraint(&mut self, _: usize, value: F) {
        self.constraints.push(value);
    }

    fn message(&mut self, bus: &str, fields: impl Iterator<Item = F>, count: F, weight: u32) {
        self.messages.push((bus.to_string(), fields.collect(), count, weight));
    }
}

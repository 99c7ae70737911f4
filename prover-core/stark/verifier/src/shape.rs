//! The shape of a chip: what the protocol knows of it, read off its `eval`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hearth_soundness::stark::{LOG_TILE, LOOKUPS_PER_SLOT, MAX_DEGREE, StarkParams};
use p3_air::symbolic::{AirLayout, SymbolicExpression};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionSymbolicBuilder;

use crate::chip::{Chip, FixedColumn};
use crate::evaluate::{Evaluator, Sink};
use crate::field::F;
use crate::key::KeyError;
use crate::reads::{Reads, is_evaluable};

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

/// The buses that the chips so far send to.
#[derive(Default)]
pub(crate) struct Buses {
    pub names: Vec<String>,
    /// Elements of a message on each.
    pub widths: Vec<usize>,
    /// Per committed chip, the sum of its look-ups' weights.
    pub weights: Vec<u64>,
    /// That of the boundary's one row.
    pub boundary_weight: u64,
}

/// Reads a chip's shape off its `eval`.
///
/// # Errors
/// A [`KeyError`] that names the chip that the protocol cannot prove.
pub(crate) fn shape<A: Chip>(
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
pub(crate) type Message = (String, Vec<F>, F, u32);

/// What a row of numbers asserts and sends.
#[derive(Default)]
pub(crate) struct Probe {
    pub constraints: Vec<F>,
    pub messages: Vec<Message>,
}

impl Probe {
    /// Of a row with its preprocessed cells.
    pub fn of<A: Chip>(chip: &A, row: &[F], public: &[F]) -> Self {
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

//! A toy machine in the shape of the real one: a state chain between public ends, rows of 30 columns
//! with 18 messages, and a range table.
//!
//! It computes x <- x * a + b for `steps` steps from a public start to a public end.

use hearth_shard::backend::{ChipSpec, F, HeightRule};
use p3_air::{Air, AirBuilder, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::dense::RowMajorMatrix;

pub const STATE: &str = "state";
pub const RANGE: &str = "range";

const STEP_WIDTH: usize = 30;
const REAL: usize = 0;
const TIME: usize = 1;
const X: usize = 2;
const Y: usize = 3;
/// Sixteen range-checked values; the first two are the step's operands.
const VALUES: usize = 4;
const NUM_VALUES: usize = 16;
/// Products of three values each.
const PRODUCTS: usize = VALUES + NUM_VALUES;

/// The chips of the toy machine.
#[derive(Clone, Copy, Debug)]
pub enum Toy {
    /// One row that sends the first state and receives the last one: (x at 0), (steps, x at the end).
    Ends,
    /// One row per step.
    Step,
    /// The numbers below 2^bits.
    Range(u8),
}

impl BaseAir<F> for Toy {
    fn width(&self) -> usize {
        match self {
            Self::Ends => 1,
            Self::Step => STEP_WIDTH,
            Self::Range(_) => 2,
        }
    }

    fn num_public_values(&self) -> usize {
        match self {
            Self::Ends => 3,
            Self::Step | Self::Range(_) => 0,
        }
    }

    fn main_next_row_columns(&self) -> Vec<usize> {
        match self {
            Self::Ends | Self::Range(_) => vec![0],
            Self::Step => vec![],
        }
    }
}

impl<AB: AirBuilder<F = F> + InteractionBuilder> Air<AB> for Toy {
    fn eval(&self, builder: &mut AB) {
        match self {
            Self::Ends => ends(builder),
            Self::Step => step(builder),
            Self::Range(bits) => range(builder, *bits),
        }
    }
}

fn ends<AB: AirBuilder<F = F> + InteractionBuilder>(builder: &mut AB) {
    let main = builder.main();
    let (first, next_first) = (main.current_slice()[0], main.next_slice()[0]);
    builder.when_first_row().assert_one(first);
    builder.when_transition().assert_zero(next_first);
    let public: Vec<AB::Expr> = builder.public_values().iter().map(|&value| value.into()).collect();
    let [start, steps, end] = <[AB::Expr; 3]>::try_from(public).unwrap_or_else(|_| unreachable!("three public values"));
    builder.push_interaction(STATE, [AB::Expr::ZERO, start], Count::bounded(first.into(), 1));
    builder.push_interaction(STATE, [steps, end], -Count::bounded(first.into(), 1));
}

fn step<AB: AirBuilder<F = F> + InteractionBuilder>(builder: &mut AB) {
    let main = builder.main();
    let row = main.current_slice().to_vec();
    let real: AB::Expr = row[REAL].into();
    builder.assert_bool(row[REAL]);
    builder.assert_eq(row[Y], row[X] * row[VALUES] + row[VALUES + 1]);
    for (index, &product) in row[PRODUCTS..].iter().enumerate() {
        let at = |offset: usize| row[VALUES + (index + offset) % NUM_VALUES];
        builder.assert_eq(product, at(0) * at(1) * at(3));
    }
    let one = || Count::bounded(real.clone(), 1);
    builder.push_interaction::<AB::Expr>(STATE, [row[TIME].into(), row[X].into()], -one());
    builder.push_interaction(STATE, [row[TIME] + real.clone(), row[Y].into()], one());
    for &value in &row[VALUES..PRODUCTS] {
        builder.push_interaction(RANGE, [value], one());
    }
}

fn range<AB: AirBuilder<F = F> + InteractionBuilder>(builder: &mut AB, bits: u8) {
    let main = builder.main();
    let (value, count, next) = (main.current_slice()[0], main.current_slice()[1], main.next_slice()[0]);
    builder.when_first_row().assert_zero(value);
    builder.when_transition().assert_eq(next, value + AB::Expr::ONE);
    builder.when_last_row().assert_eq(value, AB::Expr::from_u32((1 << bits) - 1));
    builder.push_interaction(RANGE, [value], -Count::provided(count.into()));
}

/// The chips with their height rules; `bits` is the size of the range table.
pub fn chips(bits: u8) -> Vec<ChipSpec<Toy>> {
    let chip = |name: &str, air, height| ChipSpec { name: name.into(), air, height };
    vec![
        chip("ends", Toy::Ends, HeightRule::Fixed(7)),
        chip("step", Toy::Step, HeightRule::Range { min: 7, max: 22 }),
        chip("range", Toy::Range(bits), HeightRule::Fixed(bits)),
    ]
}

/// An honest run: traces in the order of [`chips`], and the public values.
pub struct Run {
    pub traces: Vec<RowMajorMatrix<F>>,
    pub public_values: Vec<F>,
}

/// Runs `steps` steps in a trace of `2^log_height` rows with a range table of `2^bits`.
pub fn run(steps: usize, log_height: u8, bits: u8) -> Run {
    let height = 1usize << log_height;
    assert!(steps <= height);
    let mut cells = F::zero_vec(height * STEP_WIDTH);
    let mut counts = vec![0u32; 1 << bits];
    let mut seed = 0x9e37_79b9_7f4a_7c15u64;
    let start = F::from_u32(7);
    let mut x = start;
    for (time, row) in cells.chunks_exact_mut(STEP_WIDTH).take(steps).enumerate() {
        row[REAL] = F::ONE;
        row[TIME] = F::from_usize(time);
        row[X] = x;
        for value in &mut row[VALUES..PRODUCTS] {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let drawn = (seed >> 40) as u32 & ((1 << bits) - 1);
            counts[drawn as usize] += 1;
            *value = F::from_u32(drawn);
        }
        x = x * row[VALUES] + row[VALUES + 1];
        row[Y] = x;
        for index in 0..STEP_WIDTH - PRODUCTS {
            let at = |offset: usize| row[VALUES + (index + offset) % NUM_VALUES];
            row[PRODUCTS + index] = at(0) * at(1) * at(3);
        }
    }
    let mut ends = F::zero_vec(128);
    ends[0] = F::ONE;
    let table = (0..1u32 << bits).flat_map(|value| [F::from_u32(value), F::from_u32(counts[value as usize])]);
    Run {
        traces: vec![
            RowMajorMatrix::new(ends, 1),
            RowMajorMatrix::new(cells, STEP_WIDTH),
            RowMajorMatrix::new(table.collect(), 2),
        ],
        public_values: vec![start, F::from_usize(steps), x],
    }
}

//! A machine of 2^12 cells: every step of the protocol in a proof that takes milliseconds.

use hearth_soundness::stark::StarkParams;
use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::dense::RowMajorMatrix;

/// The chips of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Small {
    /// `(real, t, x, y, twice)`: from time t to t + 1; y is the cube of the digit x, `twice` is 2 x.
    Tick,
    /// `(count, x, y)`: y is the cube of x.
    Cube,
    /// `(value, count)`: all digits, 0 to 127.
    Digits,
    /// The public values: first and last time.
    Ends,
}

/// Parameters of no class: queries are few, so that the proof is small.
pub const PARAMS: StarkParams = StarkParams {
    log_cells: 12,
    log_rows: 9,
    folds: &[6, 3],
    log_inv_rates: &[1, 2],
    queries: &[6, 4],
    log_cap: 3,
    bus_grinding: 3,
    constraint_grinding: 2,
    fold_grinding: 2,
    query_grinding: 3,
};

/// Digits.
const DIGITS: usize = 128;
/// Columns of a tick.
pub const TICK_WIDTH: usize = 5;

impl Chip for Small {
    fn name(&self) -> &str {
        match self {
            Self::Tick => "tick",
            Self::Cube => "cube",
            Self::Digits => "digits",
            Self::Ends => "ends",
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Tick => TICK_WIDTH,
            Self::Cube => 3,
            Self::Digits => 2,
            Self::Ends => 1,
        }
    }

    fn is_boundary(&self) -> bool {
        *self == Self::Ends
    }

    fn fixed_rows(&self) -> Option<usize> {
        (*self == Self::Digits).then_some(DIGITS)
    }

    fn fixed_columns(&self) -> &[FixedColumn] {
        match self {
            Self::Digits => &[FixedColumn { shift: 0, bits: 7 }],
            _ => &[],
        }
    }

    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
        let main = builder.main();
        let row = main.current_slice();
        match self {
            Self::Tick => {
                let [real, t, x, y, twice] = core::array::from_fn(|i| row[i]);
                builder.assert_bool(real);
                builder.assert_zero(twice - x - x);
                builder.push_interaction("time", [t.into()], Count::bounded(-Into::<B::Expr>::into(real), 1));
                builder.push_interaction("time", [t + F::ONE], Count::bounded(real.into(), 1));
                builder.push_interaction("cube", [x, y], Count::bounded(real.into(), 1));
                builder.push_interaction("digit", [x], Count::bounded(real.into(), 1));
            }
            Self::Cube => {
                let [count, x, y] = core::array::from_fn(|i| row[i]);
                builder.assert_zero(x * x * x - y);
                builder.push_interaction("cube", [x, y], Count::provided(-Into::<B::Expr>::into(count)));
            }
            Self::Digits => {
                let [value, count] = core::array::from_fn(|i| row[i]);
                builder.push_interaction("digit", [value], Count::provided(-Into::<B::Expr>::into(count)));
            }
            Self::Ends => {
                let active: B::Expr = row[0].into();
                let public: Vec<B::Expr> = builder.public_values().iter().map(|&value| value.into()).collect();
                builder.push_interaction("time", [public[0].clone()], Count::bounded(active.clone(), 1));
                builder.push_interaction("time", [public[1].clone()], Count::bounded(-active, 1));
            }
        }
    }
}

/// All chips.
pub fn chips() -> Vec<Small> {
    vec![Small::Tick, Small::Cube, Small::Digits, Small::Ends]
}

/// The key.
pub fn key() -> Key<Small> {
    Key::new(chips(), 2, PARAMS).unwrap()
}

/// The tables of `ticks` ticks, and the public values.
pub fn trace(ticks: usize) -> (Vec<RowMajorMatrix<F>>, Vec<F>) {
    let digit = |t: usize| t * 37 % DIGITS;
    let cube = |x: usize| F::from_usize(x).cube();
    let mut counts = vec![0; DIGITS];
    let mut tick = Vec::new();
    for t in 0..ticks {
        let x = digit(t);
        counts[x] += 1;
        tick.extend([F::ONE, F::from_usize(t), F::from_usize(x), cube(x), F::from_usize(2 * x)]);
    }
    let used = || counts.iter().enumerate().filter(|&(_, &count)| count > 0);
    let cubes = used().flat_map(|(x, &count)| [F::from_usize(count), F::from_usize(x), cube(x)]).collect();
    let digits = counts.iter().enumerate().flat_map(|(x, &count)| [F::from_usize(x), F::from_usize(count)]).collect();
    let tables =
        vec![RowMajorMatrix::new(tick, TICK_WIDTH), RowMajorMatrix::new(cubes, 3), RowMajorMatrix::new(digits, 2)];
    (tables, vec![F::ZERO, F::from_usize(ticks)])
}

//! A small machine: steps from a state to the next, a cube table, a table of all 16-bit numbers.

use hearth_soundness::SizeClass;
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
pub enum Toy {
    /// `(real, x, t, cube, low, high, 0)`: from `(x, t)` to the low half of `x^3`, and `t + 1`.
    Step,
    /// `(count, x, y)`: y = x^3.
    Cube,
    /// `(value, count)`: all 16-bit numbers.
    Range,
    /// The public values: first and last state.
    Ends,
}

/// Columns of a step.
pub const STEP_WIDTH: usize = 7;

impl Chip for Toy {
    fn name(&self) -> &str {
        match self {
            Self::Step => "step",
            Self::Cube => "cube",
            Self::Range => "range",
            Self::Ends => "ends",
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Step => STEP_WIDTH,
            Self::Cube => 3,
            Self::Range => 2,
            Self::Ends => 1,
        }
    }

    fn is_boundary(&self) -> bool {
        *self == Self::Ends
    }

    fn fixed_rows(&self) -> Option<usize> {
        (*self == Self::Range).then_some(1 << 16)
    }

    fn fixed_columns(&self) -> &[FixedColumn] {
        match self {
            Self::Range => &[FixedColumn { shift: 0, bits: 16 }],
            _ => &[],
        }
    }

    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
        let main = builder.main();
        let row = main.current_slice();
        match self {
            Self::Step => {
                let [real, x, t, cube, low, high, sign] = core::array::from_fn(|i| row[i]);
                builder.assert_bool(real);
                builder.assert_zero(sign);
                builder.assert_zero((B::Expr::ONE - real) * (B::Expr::ONE - real) * (low + high + sign));
                // The halves are not unique when they pass p; the test does not need it.
                let sum: B::Expr = low + high * F::from_u32(1 << 16);
                builder.assert_zero((cube - sum.clone()) * real);
                builder.push_interaction("state", [x, t], Count::bounded(-Into::<B::Expr>::into(real), 1));
                builder.push_interaction("state", [low.into(), t + F::ONE], Count::bounded(real.into(), 1));
                builder.push_interaction("cube", [x, cube], Count::bounded(real.into(), 1));
                builder.push_interaction("range", [low], Count::bounded(real.into(), 1));
                builder.push_interaction("range", [high], Count::bounded(real.into(), 1));
            }
            Self::Cube => {
                let [count, x, y] = core::array::from_fn(|i| row[i]);
                builder.assert_zero(x * x * x - y);
                // One is a field that is not 0 on the zero row.
                let y: B::Expr = y.into();
                builder.push_interaction("cube", [x.into(), y], Count::provided(-Into::<B::Expr>::into(count)));
                builder.push_interaction("one", [B::Expr::ONE, count.into()], Count::bounded(count.into(), 1));
                builder.push_interaction(
                    "one",
                    [B::Expr::ONE, count.into()],
                    Count::bounded(-Into::<B::Expr>::into(count), 1),
                );
            }
            Self::Range => {
                let [value, count] = core::array::from_fn(|i| row[i]);
                builder.push_interaction("range", [value], Count::provided(-Into::<B::Expr>::into(count)));
            }
            Self::Ends => {
                let active: B::Expr = row[0].into();
                let public: Vec<B::Expr> = builder.public_values().iter().map(|&value| value.into()).collect();
                let [x0, t0, x1, t1] = core::array::from_fn(|i| public[i].clone());
                builder.push_interaction("state", [x0, t0], Count::bounded(active.clone(), 1));
                builder.push_interaction("state", [x1, t1], Count::bounded(-active, 1));
            }
        }
    }
}

/// The key for a class.
pub fn key(class: SizeClass) -> Key<Toy> {
    Key::new(vec![Toy::Step, Toy::Cube, Toy::Range, Toy::Ends], 4, StarkParams::of(class)).unwrap()
}

/// The tables of `steps` steps from `start`, and the public values.
pub fn trace(start: u32, steps: usize) -> (Vec<RowMajorMatrix<F>>, Vec<F>) {
    use p3_field::PrimeField32;
    let mut range = vec![0u32; 1 << 16];
    let mut rows = Vec::new();
    let mut cubes = Vec::new();
    let mut x = start;
    for t in 0..steps {
        let felt = F::from_u32(x);
        let cube = felt * felt * felt;
        let value = cube.as_canonical_u32();
        let (low, high) = (value & 0xffff, value >> 16);
        range[low as usize] += 1;
        range[high as usize] += 1;
        rows.extend([F::ONE, felt, F::from_usize(t), cube, F::from_u32(low), F::from_u32(high), F::ZERO]);
        cubes.extend([F::ONE, felt, cube]);
        x = low;
    }
    let table = range.iter().enumerate().flat_map(|(i, &count)| [F::from_usize(i), F::from_u32(count)]).collect();
    let public = vec![F::from_u32(start), F::ZERO, F::from_u32(x), F::from_usize(steps)];
    let tables =
        vec![RowMajorMatrix::new(rows, STEP_WIDTH), RowMajorMatrix::new(cubes, 3), RowMajorMatrix::new(table, 2)];
    (tables, public)
}

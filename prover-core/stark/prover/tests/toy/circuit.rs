//! A chip with preprocessed columns beside those of the toy.

use std::sync::Arc;

use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::Preprocessed;
use hearth_stark_prover::lanes::Native;
use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::dense::RowMajorMatrix;

use super::toy;

pub const CLASS: SizeClass = SizeClass::Test18;

/// Rows of the wires' table, which are no power of two, and those that do something.
const ROWS: usize = 3 * 128;
pub const USED: usize = 300;
/// Preprocessed columns: two sub-blocks.
pub const COLUMNS: usize = 5;

/// A chip with preprocessed columns among those of the toy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// `value | from, to, addend, used, first`: takes the value at address `from` and puts the value and the addend at `to`.
    /// The addresses are a cycle and the addends sum up to 0; the first value is 7.
    Wires,
    Toy(toy::Toy),
}

impl Chip for Circuit {
    fn name(&self) -> &str {
        match self {
            Self::Wires => "wires",
            Self::Toy(toy) => toy.name(),
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Wires => 1,
            Self::Toy(toy) => toy.width(),
        }
    }

    fn preprocessed(&self) -> usize {
        if *self == Self::Wires { COLUMNS } else { 0 }
    }

    fn is_boundary(&self) -> bool {
        matches!(self, Self::Toy(toy) if toy.is_boundary())
    }

    fn fixed_rows(&self) -> Option<usize> {
        match self {
            Self::Wires => Some(ROWS),
            Self::Toy(toy) => toy.fixed_rows(),
        }
    }

    fn fixed_columns(&self) -> &[FixedColumn] {
        match self {
            Self::Wires => &[],
            Self::Toy(toy) => toy.fixed_columns(),
        }
    }

    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
        match self {
            Self::Wires => {
                let value: B::Expr = builder.main().current_slice()[0].into();
                let [from, to, addend, used, first] =
                    core::array::from_fn(|i| Into::<B::Expr>::into(builder.preprocessed().current_slice()[i]));
                builder.assert_zero(first * (value.clone() - F::from_u8(7)));
                builder.push_interaction("wire", [from, value.clone()], Count::bounded(-used.clone(), 1));
                builder.push_interaction("wire", [to, value + addend], Count::bounded(used, 1));
            }
            Self::Toy(toy) => toy.eval(builder),
        }
    }
}

pub fn chips() -> Vec<Circuit> {
    let toys = [toy::Toy::Step, toy::Toy::Cube, toy::Toy::Range, toy::Toy::Ends].map(Circuit::Toy);
    [toys[0], Circuit::Wires].into_iter().chain(toys[1..].iter().copied()).collect()
}

/// The wires' preprocessed columns, and its values.
pub fn wires() -> (RowMajorMatrix<F>, RowMajorMatrix<F>) {
    let mut columns = vec![F::ZERO; ROWS * COLUMNS];
    let mut values = vec![F::ZERO; ROWS];
    let (mut value, mut sum) = (F::from_u8(7), F::ZERO);
    for row in 0..USED {
        let addend = if row + 1 == USED { -sum } else { F::from_usize(row * row + 3) };
        let [from, to] = [row, (row + 1) % USED].map(|address| F::from_usize(address * 7 % USED + 1));
        columns[row * COLUMNS..][..COLUMNS].copy_from_slice(&[from, to, addend, F::ONE, F::from_bool(row == 0)]);
        values[row] = value;
        value += addend;
        sum += addend;
    }
    (RowMajorMatrix::new(columns, COLUMNS), RowMajorMatrix::new(values, 1))
}

fn empty() -> RowMajorMatrix<F> {
    RowMajorMatrix::new(Vec::new(), 0)
}

pub fn setup(columns: RowMajorMatrix<F>) -> (Key<Circuit>, Arc<Preprocessed>) {
    let tables = [empty(), columns, empty(), empty()];
    let (key, preprocessed) =
        Preprocessed::setup::<Native, _>(chips(), 4, StarkParams::of(CLASS), &tables).expect("a key");
    (key, Arc::new(preprocessed))
}

/// The tables of a run with these values of the wires.
pub fn trace(values: RowMajorMatrix<F>) -> (Vec<RowMajorMatrix<F>>, Vec<F>) {
    let (mut tables, public) = toy::trace(3, 200);
    tables.insert(1, values);
    (tables, public)
}

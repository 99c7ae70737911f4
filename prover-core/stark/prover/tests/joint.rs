//! Keys with preprocessed columns: two stacks, opened as one.

#[path = "toy/mod.rs"]
mod toy;

use std::sync::Arc;

use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{Preprocessed, Stack, TraceError, prove, prove_stack};
use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::{Key, KeyError};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::dense::RowMajorMatrix;

const CLASS: SizeClass = SizeClass::Test18;

/// Rows of the wires' table, which are no power of two, and those that do something.
const ROWS: usize = 3 * 128;
const USED: usize = 300;
/// Preprocessed columns: two sub-blocks.
const COLUMNS: usize = 5;

/// A chip with preprocessed columns among those of the toy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Circuit {
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

fn chips() -> Vec<Circuit> {
    let toys = [toy::Toy::Step, toy::Toy::Cube, toy::Toy::Range, toy::Toy::Ends].map(Circuit::Toy);
    [toys[0], Circuit::Wires].into_iter().chain(toys[1..].iter().copied()).collect()
}

/// The wires' preprocessed columns, and its values.
fn wires() -> (RowMajorMatrix<F>, RowMajorMatrix<F>) {
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

fn setup(columns: RowMajorMatrix<F>) -> (Key<Circuit>, Arc<Preprocessed>) {
    let tables = [empty(), columns, empty(), empty()];
    let (key, preprocessed) =
        Preprocessed::setup::<Native, _>(chips(), 4, StarkParams::of(CLASS), &tables).expect("a key");
    (key, Arc::new(preprocessed))
}

/// The tables of a run with these values of the wires.
fn trace(values: RowMajorMatrix<F>) -> (Vec<RowMajorMatrix<F>>, Vec<F>) {
    let (mut tables, public) = toy::trace(3, 200);
    tables.insert(1, values);
    (tables, public)
}

/// The proof of a trace, right or wrong.
fn proof(key: &Key<Circuit>, preprocessed: &Arc<Preprocessed>, values: RowMajorMatrix<F>) -> (Vec<F>, Vec<u8>) {
    let (tables, public) = trace(values);
    let stack = Stack::with_preprocessed(key, preprocessed, &tables).expect("tables of the key");
    let proof = prove_stack::<Native, _>(key, &stack, &public).expect("a proof");
    (public, proof)
}

#[test]
fn honest_proofs_are_accepted() {
    let (columns, values) = wires();
    let (key, preprocessed) = setup(columns);
    assert_eq!(key.shapes[1].preprocessed_blocks, [2, 0]);
    let (public, proof) = proof(&key, &preprocessed, values);
    assert_eq!(key.verify(&public, &proof), Ok(()));
}

/// The key alone says what the preprocessed columns are: every value that they exclude is refused, by the constraint or the bus
/// that reads them.
#[test]
fn wrong_values_are_refused() {
    let (columns, values) = wires();
    let (key, preprocessed) = setup(columns);
    for row in [0, 1, USED / 2, USED - 1] {
        let mut wrong = values.clone();
        wrong.values[row] += F::ONE;
        let (public, proof) = proof(&key, &preprocessed, wrong);
        assert!(key.verify(&public, &proof).is_err(), "row {row}");
    }
    // All values one more: the cycle balances, and the first constraint does not hold.
    let mut shifted = values.clone();
    shifted.values[..USED].iter_mut().for_each(|value| *value += F::ONE);
    let (public, proof) = proof(&key, &preprocessed, shifted);
    assert!(key.verify(&public, &proof).is_err());
}

/// A proof about other preprocessed columns, each cell of a few rows changed, and the proof of the one key under the other.
#[test]
fn other_columns_are_another_key() {
    let (columns, values) = wires();
    let (key, preprocessed) = setup(columns.clone());
    let (public, honest) = proof(&key, &preprocessed, values.clone());
    for cell in 0..2 * COLUMNS {
        let mut other = columns.clone();
        other.values[cell] += F::ONE;
        let (other_key, other_columns) = setup(other);
        assert_ne!(key.digest, other_key.digest, "cell {cell}");
        assert_eq!(other_key.verify(&public, &honest), Err(Rejection::Failed(Check::Grinding)), "cell {cell}");
        // A prover with the right transcript and the wrong columns.
        let (tables, _) = trace(values.clone());
        let refused = Stack::with_preprocessed(&key, &other_columns, &tables);
        assert!(matches!(refused, Err(TraceError::Preprocessed)), "cell {cell}");
        let mut lying = other_key;
        lying.digest = key.digest;
        let (_, forged) = proof(&lying, &other_columns, values.clone());
        assert!(key.verify(&public, &forged).is_err(), "cell {cell}");
    }
}

/// PCS-1: every opened leaf and path of either stack counts, and so does every other word of the proof.
#[test]
fn every_word_counts() {
    let (columns, values) = wires();
    let (key, preprocessed) = setup(columns);
    let (public, honest) = proof(&key, &preprocessed, values);
    let words = honest.len() / 4;
    for word in (0..words).step_by(41) {
        let mut forged = honest.clone();
        let place = &mut forged[4 * word..][..4];
        let value = F::from_u32(u32::from_le_bytes((*place).try_into().unwrap())) + F::ONE;
        place.copy_from_slice(&p3_field::PrimeField32::as_canonical_u32(&value).to_le_bytes());
        assert!(key.verify(&public, &forged).is_err(), "word {word} of {words}");
    }
    assert_eq!(key.verify(&public, &honest[..honest.len() - 4]), Err(Rejection::TooShort));
}

/// A key without its cap accepts nothing, also of a prover who has none.
#[test]
fn a_key_needs_its_cap() {
    let (columns, values) = wires();
    let (key, preprocessed) = setup(columns);
    let bare = Key::new(chips(), 4, StarkParams::of(CLASS)).unwrap();
    let (public, honest) = proof(&key, &preprocessed, values.clone());
    assert!(bare.verify(&public, &honest).is_err());
    let (tables, public) = trace(values);
    assert_eq!(prove::<Native, _>(&bare, &tables, &public), Err(TraceError::Preprocessed));
    let cap = key.preprocessed.clone();
    assert!(matches!(bare.with_preprocessed(cap[1..].to_vec()), Err(KeyError::Cap { .. })));
    let again = Key::new(chips(), 4, StarkParams::of(CLASS)).unwrap().with_preprocessed(cap).unwrap();
    assert_eq!(again.digest, key.digest);
    assert_eq!(again.verify(&public, &honest), Ok(()));
    let plain = toy::key(CLASS);
    assert!(matches!(plain.with_preprocessed(key.preprocessed), Err(KeyError::Cap { expected: 0, .. })));
}

//! A tiny machine whose proofs take milliseconds, and a verifier that overlooks checks.

use std::cell::RefCell;

use hearth_machine::hash::{DIGEST, WIDTH};
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::Stack;
use hearth_stark_prover::cheat::Cheat;
use hearth_stark_prover::lanes::Native as Lanes;
use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::native::Native;
use hearth_stark_verifier::verify::verify;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::dense::RowMajorMatrix;

/// Columns of a row of [`Table::Cube`] and [`Table::Double`].
pub const COLUMNS: usize = 4;
/// Rows of the table of numbers.
pub const NUMBERS: usize = 128;

/// The tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `(real, x, y, 0)`: y = x^3, and x is a number of the table.
    Cube,
    /// `(real, x, y, 0)`: y = 2 x.
    Double,
    /// `(number, count)`.
    Numbers,
    /// The public values: a cube and a double.
    Ends,
}

/// In what a cheat's chip is not the verifier's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// In nothing.
    None,
    /// A cube may be any number.
    AnyCube,
    /// The table has other numbers.
    OtherNumbers,
    /// The table has twice as many.
    MoreNumbers,
}

/// A chip of the verifier, or of a cheat.
#[derive(Clone, Copy, Debug)]
pub struct Mini(pub Table, pub Lie);

impl Chip for Mini {
    fn name(&self) -> &str {
        match self.0 {
            Table::Cube => "cube",
            Table::Double => "double",
            Table::Numbers => "numbers",
            Table::Ends => "ends",
        }
    }

    fn width(&self) -> usize {
        match self.0 {
            Table::Cube | Table::Double => COLUMNS,
            Table::Numbers => 2,
            Table::Ends => 1,
        }
    }

    fn is_boundary(&self) -> bool {
        self.0 == Table::Ends
    }

    fn fixed_rows(&self) -> Option<usize> {
        (self.0 == Table::Numbers).then_some(if self.1 == Lie::MoreNumbers { 2 * NUMBERS } else { NUMBERS })
    }

    fn fixed_columns(&self) -> &[FixedColumn] {
        match *self {
            Self(Table::Numbers, Lie::MoreNumbers) => &[FixedColumn { shift: 0, bits: 8 }],
            Self(Table::Numbers, _) => &[FixedColumn { shift: 0, bits: 7 }],
            _ => &[],
        }
    }

    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
        let main = builder.main();
        let row = main.current_slice();
        let minus = |count: B::Var| Count::bounded(-Into::<B::Expr>::into(count), 1);
        match self.0 {
            Table::Cube | Table::Double => {
                let [real, x, y, zero] = core::array::from_fn(|i| row[i]);
                let cube = self.0 == Table::Cube;
                let result: B::Expr = if cube { x * x * x } else { x + x };
                builder.assert_bool(real);
                builder.assert_zero(if self.1 == Lie::AnyCube { B::Expr::ZERO } else { result - y });
                builder.assert_zero(zero);
                builder.push_interaction(if cube { "cube" } else { "double" }, [x, y], minus(real));
                if cube {
                    builder.push_interaction("number", [x], Count::bounded(real.into(), 1));
                }
            }
            Table::Numbers => {
                let [number, count] = [row[0], row[1]];
                let number: B::Expr = if self.1 == Lie::OtherNumbers { number + number } else { number.into() };
                builder.push_interaction("number", [number], Count::provided(-Into::<B::Expr>::into(count)));
            }
            Table::Ends => {
                let active: B::Expr = row[0].into();
                let public: Vec<B::Expr> = builder.public_values().iter().map(|&value| value.into()).collect();
                let [x, y, u, v] = core::array::from_fn(|i| public[i].clone());
                builder.push_interaction("cube", [x, y], Count::bounded(active.clone(), 1));
                builder.push_interaction("double", [u, v], Count::bounded(active, 1));
            }
        }
    }
}

/// The queries of a real class on oracles of a few hundred leaves, with little grinding.
pub const PARAMS: StarkParams = StarkParams {
    log_cells: 13,
    log_rows: 9,
    folds: &[5, 3, 2],
    log_inv_rates: &[1, 2, 5],
    queries: &[311, 191, 135],
    log_cap: 3,
    bus_grinding: 6,
    constraint_grinding: 6,
    fold_grinding: 3,
    query_grinding: 6,
};

/// The verifier's key.
pub fn key(params: StarkParams) -> Key<Mini> {
    let tables = [Table::Cube, Table::Double, Table::Numbers, Table::Ends];
    Key::new(tables.map(|table| Mini(table, Lie::None)).to_vec(), 4, params).unwrap()
}

/// A cheat's key: of chips, or parameters, that are not the verifier's. It has the digest of the verifier's, so that all
/// challenges are those that the verifier draws.
pub fn cheats_key(verifiers: &Key<Mini>, lie: Lie, params: StarkParams) -> Key<Mini> {
    let tables = [Table::Cube, Table::Double, Table::Numbers, Table::Ends];
    let mut key = Key::new(tables.map(|table| Mini(table, lie)).to_vec(), 4, params).unwrap();
    key.digest = verifiers.digest;
    key
}

/// Rows `(x, y, last column)` of both tables.
pub type Rows<'a> = &'a [(u32, i64, i64)];

/// The tables with these rows, real ones, and as many zero rows as fill `tiles` tiles; the first numbers' counts.
pub fn tables(cubes: Rows<'_>, doubles: Rows<'_>, tiles: [usize; 2], numbers: usize) -> Vec<RowMajorMatrix<F>> {
    let table = |rows: Rows<'_>, tiles: usize| {
        let mut values: Vec<F> =
            rows.iter().flat_map(|&(x, y, w)| [F::ONE, F::from_u32(x), F::from_i64(y), F::from_i64(w)]).collect();
        values.resize(tiles * 128 * COLUMNS, F::ZERO);
        RowMajorMatrix::new(values, COLUMNS)
    };
    let count = |i: usize| cubes.iter().filter(|&&(x, ..)| x as usize == i).count();
    let counts = (0..numbers).flat_map(|i| [F::from_usize(i), F::from_usize(count(i))]).collect();
    vec![table(cubes, tiles[0]), table(doubles, tiles[1]), RowMajorMatrix::new(counts, 2)]
}

/// The statement that the cube of x is y, and the double of u is v.
pub fn statement(cube: (u32, i64), double: (u32, i64)) -> Vec<F> {
    vec![F::from_u32(cube.0), F::from_i64(cube.1), F::from_u32(double.0), F::from_i64(double.1)]
}

/// A stack of tables.
pub fn stack(key: &Key<Mini>, tables: &[RowMajorMatrix<F>]) -> Stack {
    Stack::new(key, tables).unwrap()
}

/// The cheat's proof.
pub fn forge(key: &Key<Mini>, cheat: Cheat<'_>, public: &[F]) -> Vec<u8> {
    cheat.prove::<Lanes, _>(key, public)
}

/// The verifier refuses the proof by this check, and by nothing else: one that overlooks it accepts.
#[track_caller]
pub fn refused_by(key: &Key<Mini>, public: &[F], proof: &[u8], check: Check) {
    assert_eq!(key.verify(public, proof), Err(Rejection::Failed(check)));
    let mut context = Overlooking::new(proof, vec![check]);
    assert_eq!(verify(key, &mut context, public), Ok(()), "{check:?} was not all that stood against it");
    assert_eq!(context.inner.finish(), Ok(()));
}

/// A verifier that goes on when one of some checks fails, and keeps what it read, drew and checked.
pub struct Overlooking<'p> {
    inner: Native<'p>,
    overlooked: Vec<Check>,
    /// All extension elements that were read or drawn.
    elements: RefCell<Vec<E>>,
    /// All values that should have been 0, with the number of elements before them.
    asserted: Vec<(Check, E, usize)>,
}

impl<'p> Overlooking<'p> {
    /// A verifier that overlooks these checks.
    pub fn new(proof: &'p [u8], overlooked: Vec<Check>) -> Self {
        Self { inner: Native::new(proof), overlooked, elements: RefCell::default(), asserted: Vec::new() }
    }

    /// What a check found instead of 0 when it was made last, and the elements that came after it.
    pub fn found(&self, check: Check) -> (E, Vec<E>) {
        let &(_, value, place) = self.asserted.iter().rfind(|(made, ..)| *made == check).unwrap();
        (value, self.elements.borrow()[place..].to_vec())
    }
}

impl Context for Overlooking<'_> {
    type Base = F;
    type Ext = E;

    fn read(&mut self) -> Result<F, Rejection> {
        self.inner.read()
    }

    fn ext(&self, coordinates: [F; DEGREE]) -> E {
        let element = self.inner.ext(coordinates);
        self.elements.borrow_mut().push(element);
        element
    }

    fn permute(&mut self, state: &mut [F; WIDTH]) {
        self.inner.permute(state);
    }

    fn low_bits(&mut self, value: F, count: usize) -> Vec<F> {
        self.inner.low_bits(value, count)
    }

    fn select(&mut self, nodes: &[[F; DIGEST]], bits: &[F]) -> [F; DIGEST] {
        self.inner.select(nodes, bits)
    }

    fn assert_zero(&mut self, check: Check, value: E) -> Result<(), Rejection> {
        self.asserted.push((check, value, self.elements.borrow().len()));
        if self.overlooked.contains(&check) { Ok(()) } else { self.inner.assert_zero(check, value) }
    }

    fn assert_nonzero(&mut self, check: Check, value: E) -> Result<(), Rejection> {
        if self.overlooked.contains(&check) { Ok(()) } else { self.inner.assert_nonzero(check, value) }
    }
}

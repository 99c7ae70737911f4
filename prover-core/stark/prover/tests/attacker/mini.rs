//! Chips as data, so that an attacker's differ from the verifier's in one place.

use std::ops::{Add, Mul, Neg};

use hearth_soundness::stark::StarkParams;
use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::{Key, KeyError};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::dense::RowMajorMatrix;

/// What a linear form is a form of.
#[derive(Clone, Copy, Debug)]
pub enum Term {
    One,
    Column(usize),
    Next(usize),
    Public(usize),
    FirstRow,
}

/// A linear form: coefficients and terms.
#[derive(Clone, Debug)]
pub struct Form(Vec<(i32, Term)>);

/// Column `i`.
pub fn col(i: usize) -> Form {
    of(Term::Column(i))
}

/// A number.
pub fn num(n: i32) -> Form {
    Form(vec![(n, Term::One)])
}

/// A term.
pub fn of(term: Term) -> Form {
    Form(vec![(1, term)])
}

impl Add for Form {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self([self.0, other.0].concat())
    }
}

impl Mul<i32> for Form {
    type Output = Self;
    fn mul(self, factor: i32) -> Self {
        Self(self.0.into_iter().map(|(coefficient, term)| (factor * coefficient, term)).collect())
    }
}

impl Neg for Form {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1
    }
}

impl Form {
    fn on<B: InteractionBuilder<F = F>>(&self, builder: &B) -> B::Expr {
        let main = builder.main();
        let value = |term| match term {
            Term::One => B::Expr::ONE,
            Term::Column(i) => main.current_slice()[i].into(),
            Term::Next(i) => main.next_slice()[i].into(),
            Term::Public(i) => builder.public_values()[i].into(),
            Term::FirstRow => builder.is_first_row(),
        };
        self.0.iter().map(|&(coefficient, term)| value(term) * F::from_i32(coefficient)).sum()
    }
}

/// A message: bus, fields, count (positive: sent), bound of the count; 0 for a provided one.
#[derive(Clone, Debug)]
pub struct Message {
    pub bus: &'static str,
    pub fields: Vec<Form>,
    pub count: Form,
    pub weight: u32,
}

/// A message of one field.
pub fn message(bus: &'static str, field: Form, count: Form, weight: u32) -> Message {
    Message { bus, fields: vec![field], count, weight }
}

/// A chip. Its constraints are products of linear forms.
#[derive(Clone, Debug, Default)]
pub struct Mini {
    pub name: &'static str,
    pub width: usize,
    pub boundary: bool,
    pub fixed_rows: Option<usize>,
    pub fixed: Vec<FixedColumn>,
    pub constraints: Vec<Vec<Form>>,
    pub messages: Vec<Message>,
}

impl Chip for Mini {
    fn name(&self) -> &str {
        self.name
    }
    fn width(&self) -> usize {
        self.width
    }
    fn is_boundary(&self) -> bool {
        self.boundary
    }
    fn fixed_rows(&self) -> Option<usize> {
        self.fixed_rows
    }
    fn fixed_columns(&self) -> &[FixedColumn] {
        &self.fixed
    }
    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
        for factors in &self.constraints {
            let product: B::Expr = factors.iter().map(|factor| factor.on(builder)).product();
            builder.assert_zero(product);
        }
        for message in &self.messages {
            let fields: Vec<B::Expr> = message.fields.iter().map(|field| field.on(builder)).collect();
            let count = message.count.on(builder);
            builder.push_interaction(message.bus, fields, Count::bounded(count, message.weight));
        }
    }
}

/// Columns of [`step`].
pub const STEP_WIDTH: usize = 3;

/// `(real, x, y)`: from state x to y = 2 x + 1. The seal is sent and received by the same row: a field that is not 0 on
/// the zero row. Five look-ups in two slots.
pub fn step() -> Mini {
    let [real, x, y] = [0, 1, 2].map(col);
    Mini {
        name: "step",
        width: STEP_WIDTH,
        constraints: vec![
            vec![real.clone(), real.clone() + num(-1)],
            vec![real.clone(), y.clone() + x.clone() * -2 + num(-1)],
        ],
        messages: vec![
            message("state", x.clone(), -real.clone(), 1),
            message("state", y, real.clone(), 1),
            message("range", x.clone(), real.clone(), 1),
            message("seal", x.clone() + num(5), real.clone(), 1),
            message("seal", x + num(5), -real, 1),
        ],
        ..Mini::default()
    }
}

/// `(value, count)`: all numbers below 128, the first column fixed.
pub fn range() -> Mini {
    Mini {
        name: "range",
        width: 2,
        fixed_rows: Some(128),
        fixed: vec![FixedColumn { shift: 0, bits: 7 }],
        messages: vec![message("range", col(0), -col(1), 0)],
        ..Mini::default()
    }
}

/// `(count, v)`: provides any number that is looked up; what `range` is without its fixed column.
pub fn gift() -> Mini {
    Mini { name: "gift", width: 2, messages: vec![message("range", col(1), -col(0), 0)], ..Mini::default() }
}

/// The public values: first and last state.
pub fn ends() -> Mini {
    Mini {
        name: "ends",
        width: 1,
        boundary: true,
        messages: vec![
            message("state", of(Term::Public(0)), col(0), 1),
            message("state", of(Term::Public(1)), -col(0), 1),
        ],
        ..Mini::default()
    }
}

/// A class so small that a proof takes milliseconds: 2^12 cells, 2^9 rows.
pub const PARAMS: StarkParams = StarkParams {
    log_cells: 12,
    log_rows: 9,
    folds: &[6, 2],
    log_inv_rates: &[1, 2],
    queries: &[40, 20],
    log_cap: 3,
    bus_grinding: 9,
    constraint_grinding: 4,
    fold_grinding: 5,
    query_grinding: 8,
};

/// A key of these chips with two public values.
pub fn key(chips: Vec<Mini>) -> Key<Mini> {
    try_key(chips, PARAMS).unwrap()
}

/// A key, or why there is none.
pub fn try_key(chips: Vec<Mini>, params: StarkParams) -> Result<Key<Mini>, KeyError> {
    Key::new(chips, 2, params)
}

/// The key of the machine.
pub fn machine() -> Key<Mini> {
    key(vec![step(), range(), ends()])
}

/// A key that the attacker proves under: other chips, but the transcript of `key`.
pub fn disguised(chips: Vec<Mini>, params: StarkParams, key: &Key<Mini>) -> Key<Mini> {
    let mut other = try_key(chips, params).unwrap();
    other.digest = key.digest;
    other
}

/// Numbers.
pub fn felts(numbers: &[u32]) -> Vec<F> {
    numbers.iter().map(|&n| F::from_u32(n)).collect()
}

/// A table of these rows.
pub fn table<const W: usize>(rows: &[[u32; W]]) -> RowMajorMatrix<F> {
    RowMajorMatrix::new(felts(rows.as_flattened()), W)
}

/// The range table with these counts of numbers, all others 0. The first column is not committed.
pub fn ranges(rows: usize, counts: &[(usize, u32)]) -> RowMajorMatrix<F> {
    let mut values = vec![F::ZERO; 2 * rows];
    for &(number, count) in counts {
        values[2 * number + 1] += F::from_u32(count);
    }
    RowMajorMatrix::new(values, 2)
}

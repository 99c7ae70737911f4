//! Rows evaluated on concrete values, by the same `eval` that the provers use.
//!
//! [`Evaluator`] hands each message of a row to a [`Sink`]: the trace generator counts look-ups with it, so that table
//! multiplicities never have a second source, and the checker of the tests balances all buses and reports each
//! violated constraint: an oracle that shares nothing with the proof systems but `eval`.

use alloc::vec::Vec;

use p3_air::{AirBuilder, RowWindow};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::dense::RowMajorMatrix;

use crate::field::F;

/// Takes what a row asserts and sends.
pub trait Sink {
    /// Constraint number `index` of the row evaluated to `value`.
    fn constraint(&mut self, index: usize, value: F);
    /// The row sends `fields` on `bus`, `count` times (negative: receives), with the declared bound.
    fn message(&mut self, bus: &str, fields: impl Iterator<Item = F>, count: F, weight: u32);
}

/// A builder over the concrete values of one row.
pub struct Evaluator<'a, S> {
    current: &'a [F],
    next: &'a [F],
    public: &'a [F],
    is_first: bool,
    is_last: bool,
    is_transition: bool,
    constraints: usize,
    preprocessed: RowWindow<'a, F>,
    sink: &'a mut S,
}

impl<'a, S> Evaluator<'a, S> {
    /// The row `index` of `table`, with the row after it (the first after the last).
    pub fn new(table: &'a RowMajorMatrix<F>, index: usize, public: &'a [F], sink: &'a mut S) -> Self {
        let width = table.width;
        let height = table.values.len() / width;
        let row = |i: usize| &table.values[i % height * width..][..width];
        let (is_first, is_last) = (index == 0, index + 1 == height);
        let (next, is_transition) = (row(index + 1), !is_last);
        Self { next, is_first, is_last, is_transition, ..Self::inner(row(index), public, sink) }
    }

    /// A row alone: neither first nor last, and without a row after it.
    pub fn inner(row: &'a [F], public: &'a [F], sink: &'a mut S) -> Self {
        Self {
            current: row,
            next: row,
            public,
            is_first: false,
            is_last: false,
            is_transition: false,
            constraints: 0,
            preprocessed: RowWindow::from_two_rows(&[], &[]),
            sink,
        }
    }

    /// The same row with these preprocessed cells.
    #[must_use]
    pub fn preprocessed(self, cells: &'a [F]) -> Self {
        Self { preprocessed: RowWindow::from_two_rows(cells, cells), ..self }
    }
}

impl<'a, S: Sink> AirBuilder for Evaluator<'a, S> {
    type F = F;
    type Expr = F;
    type Var = F;
    type PreprocessedWindow = RowWindow<'a, F>;
    type MainWindow = RowWindow<'a, F>;
    type PublicVar = F;
    type PeriodicVar = F;

    fn main(&self) -> Self::MainWindow {
        RowWindow::from_two_rows(self.current, self.next)
    }

    fn preprocessed(&self) -> &Self::PreprocessedWindow {
        &self.preprocessed
    }

    fn is_first_row(&self) -> F {
        F::from_bool(self.is_first)
    }

    fn is_last_row(&self) -> F {
        F::from_bool(self.is_last)
    }

    fn is_transition(&self) -> F {
        F::from_bool(self.is_transition)
    }

    fn assert_zero<I: Into<F>>(&mut self, x: I) {
        self.sink.constraint(self.constraints, x.into());
        self.constraints += 1;
    }

    fn public_values(&self) -> &[F] {
        self.public
    }
}

impl<S: Sink> InteractionBuilder for Evaluator<'_, S> {
    #[inline(always)]
    fn push_interaction<E: Into<F>>(
        &mut self,
        bus_name: &str,
        fields: impl IntoIterator<Item = E>,
        count: impl Into<Count<F>>,
    ) {
        let (count, weight) = count.into().into_parts();
        self.sink.message(bus_name, fields.into_iter().map(Into::into), count, weight);
    }

    fn push_local_interaction(&mut self, tuples: impl IntoIterator<Item = (Vec<F>, Count<F>)>) {
        for (fields, count) in tuples {
            let (count, weight) = count.into_parts();
            self.sink.message("", fields.into_iter(), count, weight);
        }
    }
}

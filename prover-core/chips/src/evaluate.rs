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

use crate::Felt;

/// Takes what a row asserts and sends.
pub trait Sink {
    /// Constraint number `index` of the row evaluated to `value`.
    fn constraint(&mut self, index: usize, value: Felt);
    /// The row sends `fields` on `bus`, `count` times (negative: receives), with the declared bound.
    fn message(&mut self, bus: &str, fields: impl Iterator<Item = Felt>, count: Felt, weight: u32);
}

/// A builder over the concrete values of one row.
pub struct Evaluator<'a, S> {
    current: &'a [Felt],
    next: &'a [Felt],
    public: &'a [Felt],
    is_first: bool,
    is_last: bool,
    constraints: usize,
    empty: RowWindow<'a, Felt>,
    sink: &'a mut S,
}

impl<'a, S> Evaluator<'a, S> {
    /// The row `index` of `table`, with the row after it (the first after the last).
    pub fn new(table: &'a RowMajorMatrix<Felt>, index: usize, public: &'a [Felt], sink: &'a mut S) -> Self {
        let width = table.width;
        let height = table.values.len() / width;
        let row = |i: usize| &table.values[i % height * width..][..width];
        Self {
            current: row(index),
            next: row(index + 1),
            public,
            is_first: index == 0,
            is_last: index + 1 == height,
            constraints: 0,
            empty: RowWindow::from_two_rows(&[], &[]),
            sink,
        }
    }
}

impl<'a, S: Sink> AirBuilder for Evaluator<'a, S> {
    type F = Felt;
    type Expr = Felt;
    type Var = Felt;
    type PreprocessedWindow = RowWindow<'a, Felt>;
    type MainWindow = RowWindow<'a, Felt>;
    type PublicVar = Felt;
    type PeriodicVar = Felt;

    fn main(&self) -> Self::MainWindow {
        RowWindow::from_two_rows(self.current, self.next)
    }

    fn preprocessed(&self) -> &Self::PreprocessedWindow {
        &self.empty
    }

    fn is_first_row(&self) -> Felt {
        Felt::from_bool(self.is_first)
    }

    fn is_last_row(&self) -> Felt {
        Felt::from_bool(self.is_last)
    }

    fn is_transition(&self) -> Felt {
        Felt::from_bool(!self.is_last)
    }

    fn assert_zero<I: Into<Felt>>(&mut self, x: I) {
        self.sink.constraint(self.constraints, x.into());
        self.constraints += 1;
    }

    fn public_values(&self) -> &[Felt] {
        self.public
    }
}

impl<S: Sink> InteractionBuilder for Evaluator<'_, S> {
    #[inline(always)]
    fn push_interaction<E: Into<Felt>>(
        &mut self,
        bus_name: &str,
        fields: impl IntoIterator<Item = E>,
        count: impl Into<Count<Felt>>,
    ) {
        let (count, weight) = count.into().into_parts();
        self.sink.message(bus_name, fields.into_iter().map(Into::into), count, weight);
    }

    fn push_local_interaction(&mut self, tuples: impl IntoIterator<Item = (Vec<Felt>, Count<Felt>)>) {
        for (fields, count) in tuples {
            let (count, weight) = count.into_parts();
            self.sink.message("", fields.into_iter(), count, weight);
        }
    }
}

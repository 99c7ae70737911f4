//! An oracle that shares nothing with the proof system but `eval`: every constraint of every row, and the balance of all buses.

use std::collections::HashMap;

use hearth_recursion::{Compiled, Table};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::evaluate::{Evaluator, Sink};
use hearth_stark_verifier::field::F;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

/// What is wrong with tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Table, row, number of the constraint.
    pub violations: Vec<(usize, usize, usize)>,
    /// Messages that do not balance.
    pub unbalanced: usize,
}

#[derive(Default)]
pub struct Rows {
    pub messages: HashMap<(String, Vec<F>), F>,
    pub violations: Vec<usize>,
}

impl Sink for Rows {
    fn constraint(&mut self, index: usize, value: F) {
        if value != F::ZERO {
            self.violations.push(index);
        }
    }

    fn message(&mut self, bus: &str, fields: impl Iterator<Item = F>, count: F, _: u32) {
        if count != F::ZERO {
            *self.messages.entry((bus.to_string(), fields.collect())).or_default() += count;
        }
    }
}

/// What a row asserts and says.
pub fn row(chip: &Table, main: &[F], fixed: &[F], public: &[F]) -> Rows {
    let mut rows = Rows::default();
    chip.eval(&mut Evaluator::inner(main, public, &mut rows).preprocessed(fixed));
    rows
}

/// Checks all tables.
pub fn check(compiled: &Compiled, fixed: &[RowMajorMatrix<F>], main: &[RowMajorMatrix<F>], public: &[F]) -> Report {
    let mut report = Report::default();
    let mut messages: HashMap<(String, Vec<F>), F> = HashMap::new();
    let chips = compiled.chips();
    let mut add = |of: Rows| {
        for (message, count) in of.messages {
            *messages.entry(message).or_default() += count;
        }
        of.violations
    };
    for (table, chip) in chips.iter().enumerate() {
        if chip.is_boundary() {
            add(row(chip, &[F::ONE], &[], public));
            continue;
        }
        let rows = main[table].values.chunks(main[table].width).zip(fixed[table].values.chunks(fixed[table].width));
        for (number, (main, fixed)) in rows.enumerate() {
            let violations = add(row(chip, main, fixed, public));
            report.violations.extend(violations.into_iter().map(|constraint| (table, number, constraint)));
        }
    }
    report.unbalanced = messages.values().filter(|&&count| count != F::ZERO).count();
    report
}

//! Keys with preprocessed columns: two stacks, opened as one.

#[path = "toy/circuit.rs"]
mod circuit;
#[path = "toy/mod.rs"]
mod toy;

use std::collections::BTreeSet;
use std::sync::Arc;

use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::forge::{Forgery, Log, Watch, Watched};
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{Preprocessed, Stack, TraceError, prove, prove_stack, prove_stack_forged};
use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, F};
use hearth_stark_verifier::key::{Key, KeyError};
use hearth_stark_verifier::step::Step;
use hearth_stark_verifier::transcript::Event;
use hearth_stark_verifier::verify::verify;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use circuit::{CLASS, COLUMNS, Circuit, USED, chips, setup, trace, wires};

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

/// Finds where the columns' values begin in the transcript.
#[derive(Default)]
struct Columns {
    absorbed: usize,
    first: Option<usize>,
}

impl Watch for Columns {
    fn happened(&mut self, event: Event<F>) {
        self.absorbed += usize::from(matches!(event, Event::Absorbed(_)));
    }

    fn entered(&mut self, step: Step) {
        if step == Step::Chips {
            self.first.get_or_insert(self.absorbed);
        }
    }
}

/// FS-1: prover and verifier have one transcript; and a prover that changes what it sends anywhere before the openings, the round of
/// the stacks' variable and the preprocessed columns' values among it, and goes on with the challenges and nonces that follow, is
/// refused.
#[test]
fn forged_messages_are_refused() {
    let (columns, values) = wires();
    let (key, preprocessed) = setup(columns);
    let (tables, public) = trace(values);
    let stack = Stack::with_preprocessed(&key, &preprocessed, &tables).unwrap();
    let (honest, log) = prove_stack_forged::<Native, _>(&key, &stack, &public, &Forgery::default()).unwrap();
    let mut context = Watched::new(&honest, Log::default());
    verify(&key, &mut context, &public).unwrap();
    assert!(context.watch.0 == log);

    // Before the openings every word of the proof is absorbed, the public values before them.
    let mut context = Watched::new(&honest, Columns::default());
    verify(&key, &mut context, &public).unwrap();
    let columns = context.watch.first.expect("the step has a beginning") - public.len();
    let of_key = columns + DEGREE * key.columns();
    let round = of_key + DEGREE * COLUMNS;
    let tree = 9 << key.params.log_cap(0);
    let mut checks = BTreeSet::new();
    let some = (tree..columns).step_by(columns / 12).chain((columns..of_key).step_by(23));
    for word in some.chain((of_key..round).step_by(4)).chain(round..round + 2 * DEGREE) {
        let forgery = Forgery::of_words(word..word + 1);
        let (forged, _) = prove_stack_forged::<Native, _>(&key, &stack, &public, &forgery).unwrap();
        match key.verify(&public, &forged) {
            Err(Rejection::Failed(check)) => checks.insert(check),
            verdict => panic!("word {word}: {verdict:?}"),
        };
    }
    for check in [Check::FractionLayer, Check::ZerocheckEnd, Check::Opening] {
        assert!(checks.contains(&check), "{checks:?}");
    }
}

/// A chip of one column that asserts nothing of its preprocessed ones but that the last one is the column.
#[derive(Clone, Copy, Debug)]
struct Shape {
    preprocessed: usize,
    rows: Option<usize>,
    fixed: &'static [FixedColumn],
    reads_next: bool,
}

impl Chip for Shape {
    fn name(&self) -> &str {
        "shape"
    }
    fn width(&self) -> usize {
        1 + self.fixed.len()
    }
    fn preprocessed(&self) -> usize {
        self.preprocessed
    }
    fn is_boundary(&self) -> bool {
        false
    }
    fn fixed_rows(&self) -> Option<usize> {
        self.rows
    }
    fn fixed_columns(&self) -> &[FixedColumn] {
        self.fixed
    }
    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
        let column: B::Expr = builder.main().current_slice()[0].into();
        let window = builder.preprocessed();
        let row = if self.reads_next { window.next_slice() } else { window.current_slice() };
        let last: B::Expr = row[self.preprocessed - 1].into();
        builder.assert_zero(column - last);
    }
}

/// What preprocessed columns a key can have: of the own row of a table of so many whole tiles, and no more than a stack holds.
#[test]
fn other_shapes_get_no_key() {
    let good = Shape { preprocessed: 3, rows: Some(384), fixed: &[], reads_next: false };
    let key = |shape: Shape| Key::new(vec![shape], 0, StarkParams::of(CLASS)).map(drop);
    assert_eq!(key(good), Ok(()));
    let chip = || "shape".to_string();
    let fixed = &[FixedColumn { shift: 0, bits: 8 }];
    assert_eq!(key(Shape { rows: None, ..good }), Err(KeyError::Preprocessed { chip: chip() }));
    assert_eq!(key(Shape { rows: Some(256), fixed, ..good }), Err(KeyError::Preprocessed { chip: chip() }));
    for rows in [0, 100, 129, 1 << 20] {
        assert_eq!(key(Shape { rows: Some(rows), ..good }), Err(KeyError::Rows { chip: chip(), rows }));
    }
    let what = "a constraint reads the next row";
    assert_eq!(key(Shape { reads_next: true, ..good }), Err(KeyError::Reads { chip: chip(), what }));
    // 2^18 cells are 2048 strips; five tables of four columns and 2^16 rows are 10240.
    let large = vec![Shape { preprocessed: 4, rows: Some(1 << 16), ..good }; 5];
    let refused = Key::new(large, 0, StarkParams::of(CLASS)).map(drop);
    assert_eq!(refused, Err(KeyError::PreprocessedArea { strips: 10_240, limit: 2048 }));
}

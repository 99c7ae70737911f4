//! Acceptance tests FS-4, and section 6.6: heights that disagree with the cells, with the key, or with each other.

use hearth_stark_prover::forge::Forgery;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::stack::TraceError;
use hearth_stark_prover::{prove, prove_forged};
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use crate::small::{self, Small, TICK_WIDTH};

fn forged(ticks: usize, changes: &[(usize, F)]) -> Result<(), Rejection> {
    let key = small::key();
    let (tables, public) = small::trace(ticks);
    let forgery = Forgery { words: changes.iter().copied().collect(), ..Forgery::default() };
    let (proof, _) = prove_forged::<Native, _>(&key, &tables, &public, &forgery).unwrap();
    key.verify(&public, &proof)
}

/// The same cells under two height vectors. Other heights put the later tables elsewhere in the stack.
#[test]
fn same_cells_under_other_heights() {
    let (more, less) = (F::ONE, F::NEG_ONE);
    assert_eq!(forged(200, &[]), Ok(()));
    for changes in [vec![(0, more)], vec![(0, less)], vec![(1, more)], vec![(0, more), (1, more)]] {
        assert_eq!(forged(200, &changes), Err(Rejection::Failed(Check::Opening)), "{changes:?}");
    }
}

/// Zero rows are no rows: an all-zero tile more is the same statement, proved with another height.
#[test]
fn zero_tiles_say_nothing() {
    let key = small::key();
    let (mut tables, public) = small::trace(100);
    tables[0].values.resize(TICK_WIDTH * 300, F::ZERO);
    let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
    assert_eq!(key.verify(&public, &proof), Ok(()));
}

#[test]
fn more_than_a_table_or_the_stack_holds() {
    assert_eq!(forged(200, &[(0, F::from_u8(3))]), Err(Rejection::Failed(Check::Height)));
    assert_eq!(forged(200, &[(0, -F::from_u8(3))]), Err(Rejection::Failed(Check::Height)));
    // By one strip.
    assert_eq!(forged(0, &[(0, F::from_u8(4)), (1, F::from_u8(4))]), Err(Rejection::Failed(Check::Area)));
    let key = small::key();
    let (mut tables, public) = small::trace(200);
    tables[0].values.resize(TICK_WIDTH * 512, F::ZERO);
    tables[1].values.resize(3 * 512, F::ZERO);
    let area = Err(TraceError::Area { strips: 33, limit: 32 });
    assert_eq!(prove::<Native, _>(&key, &tables, &public), area);
}

/// A fixed table of another height has another key: the height is no part of the proof.
#[test]
fn a_fixed_table_has_the_height_of_the_key() {
    let key = small::key();
    let (mut tables, public) = small::trace(200);
    tables[2].values.resize(2 * 256, F::ZERO);
    assert!(matches!(prove::<Native, _>(&key, &tables, &public), Err(TraceError::Rows { .. })));

    /// The same chips with a table of 256 digits.
    struct Higher(Small);
    impl hearth_stark_verifier::chip::Chip for Higher {
        fn name(&self) -> &str {
            self.0.name()
        }
        fn width(&self) -> usize {
            self.0.width()
        }
        fn is_boundary(&self) -> bool {
            self.0.is_boundary()
        }
        fn fixed_rows(&self) -> Option<usize> {
            self.0.fixed_rows().map(|rows| 2 * rows)
        }
        fn fixed_columns(&self) -> &[hearth_stark_verifier::chip::FixedColumn] {
            self.0.fixed_columns()
        }
        fn eval<B: p3_lookup::InteractionBuilder<F = F>>(&self, builder: &mut B) {
            self.0.eval(builder);
        }
    }
    let higher = Key::new(small::chips().into_iter().map(Higher).collect(), 2, small::PARAMS).unwrap();
    let proof = prove::<Native, _>(&higher, &tables, &public).unwrap();
    assert_eq!(higher.verify(&public, &proof), Ok(()));
    assert_ne!(higher.digest, key.digest);
    assert!(key.verify(&public, &proof).is_err());
    // Even by a prover that takes the other key's seed.
    let disguised = Key { digest: key.digest, ..higher };
    let proof = prove::<Native, _>(&disguised, &tables, &public).unwrap();
    assert!(key.verify(&public, &proof).is_err());
}

/// Each chip absent, and all: accepted where the run needs none of its rows, refused where it does.
#[test]
fn absent_chips() {
    let key = small::key();
    let empty = |width| RowMajorMatrix::new(Vec::new(), width);
    // All: a run of no ticks.
    let (tables, public) = small::trace(0);
    assert!(tables[..2].iter().all(|table| table.values.is_empty()));
    let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
    assert_eq!(key.verify(&public, &proof), Ok(()));
    let (_, other) = small::trace(1);
    let proof = prove::<Native, _>(&key, &tables, &other).unwrap();
    assert_eq!(key.verify(&other, &proof), Err(Rejection::Failed(Check::Balance)));
    // Each: its rows are needed.
    let (tables, public) = small::trace(200);
    for (table, width) in [(0, TICK_WIDTH), (1, 3)] {
        let mut absent = tables.clone();
        absent[table] = empty(width);
        let proof = prove::<Native, _>(&key, &absent, &public).unwrap();
        assert_eq!(key.verify(&public, &proof), Err(Rejection::Failed(Check::Balance)), "table {table}");
    }
    // Tick without cubes it does not look up: rows that are not real.
    let (mut idle, public) = small::trace(0);
    idle[0] = RowMajorMatrix::new(F::zero_vec(TICK_WIDTH * 100), TICK_WIDTH);
    let proof = prove::<Native, _>(&key, &idle, &public).unwrap();
    assert_eq!(key.verify(&public, &proof), Ok(()));
}

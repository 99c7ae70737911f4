//! The prover: the steps in the order of the verifier.

use hearth_soundness::stark::LOG_TILE;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::Weight;
#[cfg(feature = "forge")]
use hearth_stark_verifier::transcript::Event;
use hearth_stark_verifier::verify::draw_fingerprint;
use p3_dft::Radix2DitParallel;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use tracing::info_span;

use crate::commit::commit;
#[cfg(feature = "forge")]
use crate::forge::Forgery;
use crate::lanes::Lanes;
use crate::leaves::{Tree, leaves};
use crate::stack::{Stack, TraceError};
use crate::writer::Writer;
use crate::{fractions, opening, zerocheck};

/// Proves tables under a key: one per chip without the boundary, of any number of rows.
///
/// A trace that breaks a constraint or does not balance gives a proof that no verifier accepts.
///
/// # Errors
/// A [`TraceError`] when the trace has not the shape of the key.
pub fn prove<P: Lanes, A: Chip>(
    key: &Key<A>,
    tables: &[RowMajorMatrix<F>],
    public: &[F],
) -> Result<Vec<u8>, TraceError> {
    prove_stack::<P, A>(key, &Stack::new(key, tables)?, public)
}

/// [`prove`] of tables that are stacked already, so that they need not be kept.
///
/// # Errors
/// As [`prove`].
pub fn prove_stack<P: Lanes, A: Chip>(key: &Key<A>, stack: &Stack, public: &[F]) -> Result<Vec<u8>, TraceError> {
    Ok(prove_into::<P, A>(Writer::new(&key.digest), key, stack, public)?.finish())
}

/// [`prove`] by a prover that cheats: the proof, and what happened to its transcript.
///
/// # Errors
/// As [`prove`].
#[cfg(feature = "forge")]
pub fn prove_forged<P: Lanes, A: Chip>(
    key: &Key<A>,
    tables: &[RowMajorMatrix<F>],
    public: &[F],
    forgery: &Forgery,
) -> Result<(Vec<u8>, Vec<Event<F>>), TraceError> {
    prove_stack_forged::<P, A>(key, &Stack::new(key, tables)?, public, forgery)
}

/// [`prove_stack`] by a prover that cheats.
///
/// # Errors
/// As [`prove_stack`].
#[cfg(feature = "forge")]
pub fn prove_stack_forged<P: Lanes, A: Chip>(
    key: &Key<A>,
    stack: &Stack,
    public: &[F],
    forgery: &Forgery,
) -> Result<(Vec<u8>, Vec<Event<F>>), TraceError> {
    let mut writer = Writer::new(&key.digest);
    writer.forge(forgery);
    Ok(prove_into::<P, A>(writer, key, stack, public)?.finish_with_log())
}

fn prove_into<P: Lanes, A: Chip>(
    mut writer: Writer,
    key: &Key<A>,
    stack: &Stack,
    public: &[F],
) -> Result<Writer, TraceError> {
    if public.len() != key.public_values {
        return Err(TraceError::PublicValues { expected: key.public_values, found: public.len() });
    }
    let dft = Radix2DitParallel::default();
    // 1. Seed, statement, heights, stack.
    #[cfg(feature = "forge")]
    let committed = writer.forged_stack(key)?;
    #[cfg(feature = "forge")]
    let committed = committed.as_ref().unwrap_or(stack);
    #[cfg(not(feature = "forge"))]
    let committed = stack;
    writer.absorb(public);
    for (shape, height) in key.shapes.iter().zip(stack.heights()) {
        if shape.fixed_rows.is_none() {
            writer.send(&[F::from_usize(height)]);
        }
    }
    let oracle = info_span!("commit").in_scope(|| {
        let (width, params) = (1 << key.params.folds[0], &key.params);
        commit::<P>(&mut writer, &dft, committed.trace(), width, params.log_inv_rates[0], params.log_cap(0))
    });

    // 2. Fingerprints.
    writer.grind::<P>(key.params.bus_grinding);
    let (context, transcript) = writer.parts();
    let fingerprint = draw_fingerprint(context, transcript, key);

    // 3. The sum of all fractions.
    let leaves = info_span!("leaves").in_scope(|| leaves::<P, A>(key, stack, &fingerprint));
    let tree = info_span!("tree").in_scope(|| Tree::new(leaves, key.params.log_rows - LOG_TILE, key.log_slots));
    let (leaf, leaves) = info_span!("fractions").in_scope(|| fractions::prove::<P, A>(&mut writer, key, tree));

    // 4. Constraints and fractions of the rows.
    let (point, columns) = info_span!("zerocheck")
        .in_scope(|| zerocheck::prove::<P, A>(&mut writer, key, stack, &fingerprint, &leaf, leaves));

    // 5. One claim on the stack.
    let (context, transcript) = writer.parts();
    let (weight, claim) = Weight::draw(context, transcript, key, point, &columns);

    // 6. Its opening.
    info_span!("opening").in_scope(|| opening::prove::<P, A>(&mut writer, &dft, key, stack, oracle, &weight, claim));
    Ok(writer)
}

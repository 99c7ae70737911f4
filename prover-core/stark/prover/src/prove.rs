//! The prover: the steps in the order of the verifier.

use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::step::Step;
#[cfg(feature = "forge")]
use hearth_stark_verifier::transcript::Event;
use hearth_stark_verifier::verify::draw_fingerprint;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use tracing::{Instrument, info_span};

use crate::cpu::CpuDevice;
use crate::device::Device;
#[cfg(feature = "forge")]
use crate::forge::Forgery;
use crate::lanes::Lanes;
#[cfg(feature = "forge")]
use crate::liar::Liar;
use crate::progress::{Failure, Progress, ProveError, Unwatched};
use crate::stack::{Stack, TraceError};
use crate::writer::Writer;

/// Proves tables under a key on the processor: one per chip without the boundary, of any number of rows.
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
    let device = CpuDevice::<P>::default();
    pollster::block_on(prove_on(&device, key, stack, public, Unwatched)).map_err(|ProveError::Trace(error)| error)
}

/// [`prove_stack`] on any device. The proof is the same to the byte on all of them.
///
/// # Errors
/// Those of [`prove`], of the device, and what `progress` stops with.
pub async fn prove_on<D: Device, A: Chip, W: Progress>(
    device: &D,
    key: &Key<A>,
    stack: &Stack,
    public: &[F],
    progress: W,
) -> Result<Vec<u8>, Failure<D, W>> {
    let writer = Writer::new(&key.digest);
    Ok(Prover { device, key, writer, progress }.prove(stack, public).await?.finish())
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
    let committed = forgery.committed.as_ref().map(|tables| Stack::new(key, tables)).transpose()?;
    let device = Liar::<P>::new(forgery, committed);
    let mut writer = Writer::new(&key.digest);
    writer.forge(forgery);
    let prover = Prover { device: &device, key, writer, progress: Unwatched };
    let writer = pollster::block_on(prover.prove(stack, public)).map_err(|ProveError::Trace(error)| error)?;
    Ok(writer.finish_with_log())
}

/// A proof in the making. The steps are its methods.
pub(crate) struct Prover<'a, D, A, W> {
    pub device: &'a D,
    pub key: &'a Key<A>,
    pub writer: Writer,
    pub progress: W,
}

impl<D: Device, A: Chip, W: Progress> Prover<'_, D, A, W> {
    async fn prove(mut self, stack: &Stack, public: &[F]) -> Result<Writer, Failure<D, W>> {
        let key = self.key;
        if public.len() != key.public_values {
            return Err(ProveError::Trace(TraceError::PublicValues {
                expected: key.public_values,
                found: public.len(),
            }));
        }
        // 1. Seed, statement, heights, stack.
        self.enter(Step::Statement).await?;
        let trace = self.device.load(key, stack).await?;
        self.writer.absorb(public);
        for (shape, height) in key.shapes.iter().zip(stack.heights()) {
            if shape.fixed_rows.is_none() {
                self.writer.send(&[F::from_usize(height)]);
            }
        }
        let oracle = self.commit(&trace).instrument(info_span!("commit")).await?;

        // 2. Fingerprints.
        self.enter(Step::Fingerprints).await?;
        self.grind(key.params.bus_grinding).await?;
        let (context, transcript) = self.writer.parts();
        let fingerprint = draw_fingerprint(context, transcript, key);

        // 3. The sum of all fractions.
        let leaves = self.device.leaves(key, &trace, &fingerprint).instrument(info_span!("leaves")).await?;
        let leaf = self.fractions(&leaves).instrument(info_span!("fractions")).await?;

        // 4. Constraints and fractions of the rows.
        let (point, columns) =
            self.zerocheck(&trace, leaves, &fingerprint, &leaf).instrument(info_span!("zerocheck")).await?;

        // 5. One claim on the stack.
        self.enter(Step::Claim).await?;
        let (context, transcript) = self.writer.parts();
        let (weight, claim) = Weight::draw(context, transcript, key, point, &columns);

        // 6. Its opening.
        self.open(&trace, oracle, &weight, claim).instrument(info_span!("opening")).await?;
        Ok(self.writer)
    }

    /// Commits to a stack and sends the cap.
    pub async fn commit(&mut self, trace: &D::Trace<'_>) -> Result<D::Oracle, Failure<D, W>> {
        let (oracle, cap) = self.device.commit(self.key, trace).await?;
        self.writer.send(cap.as_flattened());
        Ok(oracle)
    }

    /// Sends a nonce.
    pub async fn grind(&mut self, bits: usize) -> Result<(), Failure<D, W>> {
        Ok(self.writer.grind(self.device, bits).await?)
    }

    /// Says which step comes.
    pub async fn enter(&mut self, step: Step) -> Result<(), Failure<D, W>> {
        self.progress.enter(step).await.map_err(ProveError::Cancelled)
    }
}

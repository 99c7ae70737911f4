//! The default backend, our own protocol: see the crates `hearth-stark-verifier` and `hearth-stark-prover`.

use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_soundness::SizeClass;
use hearth_soundness::report::Report;
#[cfg(feature = "prover")]
use hearth_soundness::stark::LOG_TILE;
use hearth_soundness::stark::StarkParams;
#[cfg(feature = "prover")]
use hearth_stark_prover::{CpuDevice, Progress, ProveError as Stopped, Stack, TraceError, lanes::Native, prove_on};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::error::Rejection;
use hearth_stark_verifier::key::Key;
use p3_air::Air;
use p3_lookup::InteractionSymbolicBuilder;
#[cfg(feature = "prover")]
use p3_matrix::dense::RowMajorMatrix;

use super::BackendId;
use super::chips::{ChipSet, ChipSpec};
use super::digest::{KeyDigest, key_digest};
use super::envelope;
#[cfg(feature = "prover")]
use super::error::ProveError;
use super::error::{SetupError, VerifyError};
use super::field::{Challenge, F};
use super::report::SecurityReport;

/// Proves and verifies batches of the chips that it was made of, by our own protocol.
pub struct StarkKey<A> {
    set: ChipSet<A>,
    key: Key<A>,
    /// Place of the chip of the public values, which has no table.
    #[cfg(feature = "prover")]
    boundary: Option<usize>,
}

impl<A> StarkKey<A>
where
    A: Clone + Chip + Air<InteractionSymbolicBuilder<F, Challenge>>,
{
    /// Makes the key of a list of chips for a size class.
    ///
    /// # Errors
    ///
    /// Chips that no key can be made of, see [`SetupError`].
    pub fn setup(chips: Vec<ChipSpec<A>>, class: SizeClass) -> Result<Self, SetupError> {
        let set = ChipSet::new(chips, class)?;
        let airs: Vec<A> = set.chips().iter().map(|chip| chip.air.clone()).collect();
        #[cfg(feature = "prover")]
        let boundary = airs.iter().position(Chip::is_boundary);
        let key = Key::new(airs, set.num_public_values(), StarkParams::of(class))
            .map_err(|error| SetupError::Parameters(error.to_string()))?;
        Ok(Self {
            set,
            key,
            #[cfg(feature = "prover")]
            boundary,
        })
    }

    /// The chips.
    #[must_use]
    pub const fn chips(&self) -> &ChipSet<A> {
        &self.set
    }

    /// The key itself: what recursion verifies under.
    #[must_use]
    pub const fn key(&self) -> &Key<A> {
        &self.key
    }

    /// The words of a proof, without its envelope.
    ///
    /// # Errors
    ///
    /// An envelope of another format, backend or class.
    pub fn body<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], VerifyError> {
        let (log_heights, proof) = envelope::split(BackendId::Stark, self.set.class(), bytes)?;
        if log_heights.is_empty() { Ok(proof) } else { Err(VerifyError::Shape("heights")) }
    }

    /// The key's digest: equal for equal chips, rules and class, whatever the backend.
    pub fn digest(&self) -> KeyDigest {
        key_digest(&self.set)
    }

    /// The error terms of a proof, which do not depend on heights.
    ///
    /// # Errors
    ///
    /// None.
    pub fn security(&self, _: &[u8]) -> Result<SecurityReport, VerifyError> {
        Ok(SecurityReport::of_stark(&Report::new(&self.key.params, &self.key.facts())))
    }

    #[cfg(feature = "prover")]
    /// Cells of these traces that a proof commits to: columns that are not fixed, whole tiles.
    pub fn cells(&self, traces: &[RowMajorMatrix<F>]) -> u64 {
        let chips = self.set.chips().iter().zip(traces).filter(|(chip, _)| !chip.air.is_boundary());
        let cells = chips.map(|(chip, trace)| {
            let rows = (trace.values.len() / trace.width).next_multiple_of(1 << LOG_TILE);
            rows * (trace.width - chip.air.fixed_columns().len())
        });
        cells.sum::<usize>() as u64
    }

    /// Proves that these traces, one per chip in the key's order and of any number of rows, are right for the public
    /// values. The proof of a trace that is not is refused.
    ///
    /// # Errors
    ///
    /// Traces of the wrong shape, see [`ProveError`], and what `progress` stops with.
    #[cfg(feature = "prover")]
    pub async fn prove(
        &self,
        mut traces: Vec<RowMajorMatrix<F>>,
        public_values: &[F],
        progress: impl Progress<Stop = ProveError>,
    ) -> Result<Vec<u8>, ProveError> {
        let expected = self.set.chips().len();
        if traces.len() != expected {
            return Err(ProveError::TraceCount { expected, actual: traces.len() });
        }
        if let Some(boundary) = self.boundary {
            traces.remove(boundary);
        }
        let refused = |error: TraceError| ProveError::ProofSystem(error.to_string());
        let stack = Stack::new(&self.key, &traces).map_err(refused)?;
        drop(traces);
        let device = CpuDevice::<Native>::default();
        let proof =
            prove_on(&device, &self.key, &stack, public_values, progress).await.map_err(|error| match error {
                Stopped::Trace(error) => refused(error),
                Stopped::Cancelled(stop) => stop,
            })?;
        Ok(envelope::wrap(BackendId::Stark, self.set.class(), &proof))
    }

    /// Verifies a proof for these public values.
    ///
    /// # Errors
    ///
    /// See [`VerifyError`].
    pub fn verify(&self, public_values: &[F], bytes: &[u8]) -> Result<Vec<u8>, VerifyError> {
        self.key.verify(public_values, self.body(bytes)?).map_err(|error| match error {
            Rejection::TooShort | Rejection::TooLong => VerifyError::Encoding(error.to_string()),
            Rejection::NotCanonical(_) => VerifyError::NotCanonical,
            Rejection::PublicValues { expected, found } => VerifyError::PublicValues { expected, actual: found },
            Rejection::Failed(_) => VerifyError::Invalid(error.to_string()),
        })?;
        Ok(Vec::new())
    }
}

//! The second backend: p3-batch-stark with committed LogUp columns and FRI.
//!
//! It shares nothing with the first one but the chips, the field and the hash, so a statement that
//! both accept does not rest on either argument alone. It costs about twice the time and proof size,
//! and its verifier has no composed security report: its query phase gives 0.415 bits for each of
//! 284 queries and 16 bits of grinding, 133.9 in the unique decoding regime, and the digests cap the
//! total at 123 as they do for the first backend.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_soundness::{FriParams, SizeClass};
use p3_air::{Air, DebugConstraintBuilder};
use p3_batch_stark::folder::{ProverConstraintFolderWithLookups, VerifierConstraintFolderWithLookups};
use p3_batch_stark::{BatchProof, ProverData, StarkInstance, prove_batch, verify_batch};
use p3_commit::ExtensionMmcs;
use p3_dft::Radix2DitParallel;
use p3_fri::{FriParameters, TwoAdicFriPcs};
use p3_lookup::InteractionSymbolicBuilder;
use p3_matrix::dense::RowMajorMatrix;
use p3_uni_stark::StarkConfig;

use super::BackendId;
use super::chips::{ChipSet, ChipSpec};
use super::digest::{KeyDigest, key_digest, seeded_transcript};
use super::envelope::{decode, encode, split};
use super::error::{ProveError, SetupError, VerifyError};
use super::field::{CAP_HEIGHT, Challenge, Challenger, F, Mmcs, mmcs};

type Pcs = TwoAdicFriPcs<F, Radix2DitParallel<F>, Mmcs, ExtensionMmcs<F, Challenge, Mmcs>>;
/// The configuration of p3-batch-stark.
pub type FriConfig = StarkConfig<Pcs, Challenge, Challenger>;
type Proof = BatchProof<FriConfig>;

/// What the second backend asks of a chip: its constraints under p3-batch-stark's evaluators.
pub trait FriAir:
    Clone
    + Air<InteractionSymbolicBuilder<F, Challenge>>
    + for<'a> Air<DebugConstraintBuilder<'a, F, Challenge>>
    + for<'a> Air<ProverConstraintFolderWithLookups<'a, FriConfig>>
    + for<'a> Air<VerifierConstraintFolderWithLookups<'a, FriConfig>>
{
}

impl<A> FriAir for A where
    A: Clone
        + Air<InteractionSymbolicBuilder<F, Challenge>>
        + for<'a> Air<DebugConstraintBuilder<'a, F, Challenge>>
        + for<'a> Air<ProverConstraintFolderWithLookups<'a, FriConfig>>
        + for<'a> Air<VerifierConstraintFolderWithLookups<'a, FriConfig>>
{
}

/// Proves and verifies batches of the chips that it was made of, by FRI.
pub struct FriKey<A> {
    set: ChipSet<A>,
    airs: Vec<A>,
    digest: KeyDigest,
}

impl<A: FriAir> FriKey<A> {
    /// Makes the key of a list of chips for a size class.
    ///
    /// # Errors
    ///
    /// Chips that no key can be made of, see [`SetupError`].
    pub fn setup(chips: Vec<ChipSpec<A>>, class: SizeClass) -> Result<Self, SetupError> {
        let set = ChipSet::new(chips, class)?;
        let airs = set.chips().iter().map(|chip| chip.air.clone()).collect();
        let digest = key_digest(&set);
        Ok(Self { set, airs, digest })
    }

    /// The chips.
    #[must_use]
    pub const fn chips(&self) -> &ChipSet<A> {
        &self.set
    }

    /// Proves that these traces, one per chip in the key's order, are right for the public values.
    ///
    /// # Errors
    ///
    /// Traces of the wrong shape, see [`ProveError`].
    ///
    /// # Panics
    ///
    /// In builds with debug assertions, if a constraint or a bus is broken.
    pub fn prove(&self, traces: &[RowMajorMatrix<F>], public_values: &[F]) -> Result<Vec<u8>, ProveError> {
        let log_heights = self.set.log_heights(traces)?;
        self.set.check_heights(&log_heights)?;
        let expected = self.set.num_public_values();
        if public_values.len() != expected {
            return Err(ProveError::PublicValues { expected, actual: public_values.len() });
        }
        let config = self.config(&log_heights);
        let instances: Vec<StarkInstance<'_, FriConfig, A>> = self
            .airs
            .iter()
            .zip(traces)
            .zip(self.public_values(public_values))
            .map(|((air, trace), public_values)| StarkInstance { air, trace, public_values })
            .collect();
        let data = self.data(&config, &log_heights).map_err(ProveError::ProofSystem)?;
        let proof: Proof =
            prove_batch(&config, &instances, &data).map_err(|error| ProveError::ProofSystem(format!("{error:?}")))?;
        let class = self.set.class();
        let bytes = encode(BackendId::Fri, class, &log_heights, &proof)
            .ok_or_else(|| ProveError::ProofSystem("the proof can't be encoded".to_string()))?;
        if bytes.len() > class.max_proof_bytes() {
            return Err(ProveError::TooLong(bytes.len()));
        }
        Ok(bytes)
    }

    /// Verifies a proof for these public values and returns its heights.
    ///
    /// # Errors
    ///
    /// See [`VerifyError`].
    pub fn verify(&self, public_values: &[F], bytes: &[u8]) -> Result<Vec<u8>, VerifyError> {
        let (log_heights, body) = split(BackendId::Fri, self.set.class(), bytes)?;
        self.set.check_heights(log_heights)?;
        let expected = self.set.num_public_values();
        if public_values.len() != expected {
            return Err(VerifyError::PublicValues { expected, actual: public_values.len() });
        }
        let proof: Proof = decode(body)?;
        // The proof states heights of its own; only those of the envelope were checked.
        if !proof.degree_bits.iter().copied().eq(log_heights.iter().map(|&log_height| usize::from(log_height))) {
            return Err(VerifyError::Shape("heights"));
        }
        let commitments = &proof.commitments;
        let roots = [Some(&commitments.main), commitments.permutation.as_ref(), Some(&commitments.quotient_chunks)];
        if roots.into_iter().flatten().any(|root| root.num_roots() != 1 << CAP_HEIGHT) {
            return Err(VerifyError::Shape("commitment"));
        }
        let config = self.config(log_heights);
        let data = self.data(&config, log_heights).map_err(VerifyError::Parameters)?;
        verify_batch(&config, &self.airs, &proof, &self.public_values(public_values), &data.common)
            .map_err(|error| VerifyError::Invalid(format!("{error:?}")))?;
        Ok(log_heights.to_vec())
    }

    fn config(&self, log_heights: &[u8]) -> FriConfig {
        let params = FriParams::of(self.set.class());
        let fri = FriParameters {
            log_blowup: params.log_blowup,
            log_final_poly_len: params.log_final_poly_len,
            max_log_arity: params.max_log_arity,
            num_queries: params.num_queries,
            batch_proof_of_work_bits: 0,
            commit_proof_of_work_bits: params.commit_pow_bits,
            query_proof_of_work_bits: params.query_pow_bits,
            mmcs: ExtensionMmcs::new(mmcs()),
        };
        let pcs = Pcs::new(Radix2DitParallel::default(), mmcs(), fri);
        FriConfig::new(pcs, seeded_transcript(BackendId::Fri, &self.digest, log_heights))
    }

    fn data(&self, config: &FriConfig, log_heights: &[u8]) -> Result<ProverData<FriConfig>, alloc::string::String> {
        let heights: Vec<usize> = log_heights.iter().map(|&log_height| usize::from(log_height)).collect();
        ProverData::from_airs_and_degrees(config, &self.airs, &heights).map_err(|error| format!("{error:?}"))
    }

    /// The public values of every chip.
    fn public_values(&self, public_values: &[F]) -> Vec<Vec<F>> {
        (0..self.airs.len()).map(|chip| self.set.public_values_of(chip, public_values).to_vec()).collect()
    }
}

//! The second backend: p3-batch-stark with committed LogUp columns and FRI.
//!
//! It shares nothing with the first one but the chips, the field and the hash, so a statement that
//! both accept does not rest on either argument alone. Its proofs are larger by far: every query opens
//! a row of every table.
//!
//! p3 composes no security report for it; [`FriKey::security`] takes the error terms of
//! [`hearth_soundness::FriParams::terms`], and a proof whose heights give fewer than the published bits is refused.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_soundness::{FriParams, FriTable, SHARD_CLAIM, SizeClass};
use p3_air::symbolic::AirLayout;
use p3_air::{Air, DebugConstraintBuilder};
use p3_batch_stark::folder::{ProverConstraintFolderWithLookups, VerifierConstraintFolderWithLookups};
use p3_batch_stark::symbolic::get_symbolic_constraints;
use p3_batch_stark::{BatchProof, ProverData, StarkInstance, num_batched_openings, prove_batch, verify_batch};
use p3_commit::ExtensionMmcs;
use p3_dft::Radix2DitParallel;
use p3_field::BasedVectorSpace;
use p3_fri::{FriParameters, TwoAdicFriPcs};
use p3_lookup::{InteractionSymbolicBuilder, LogUpGadget, Lookups};
use p3_matrix::dense::RowMajorMatrix;
use p3_uni_stark::{OpeningShape, StarkConfig};

use super::BackendId;
use super::chips::{ChipSet, ChipSpec, symbolic};
use super::digest::{KeyDigest, key_digest};
use super::envelope::split;
use super::error::{ProveError, SetupError, VerifyError};
use super::field::{Challenge, Challenger, F};
use super::p3::{CAP_HEIGHT, Mmcs, decode, encode, mmcs, seeded_transcript};
use super::report::SecurityReport;

type Pcs = TwoAdicFriPcs<F, Radix2DitParallel<F>, Mmcs, ExtensionMmcs<F, Challenge, Mmcs>>;
/// The configuration of p3-batch-stark.
pub type FriConfig = StarkConfig<Pcs, Challenge, Challenger>;
/// A proof in memory.
pub type Proof = BatchProof<FriConfig>;

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
    /// One per chip, at height 1.
    shapes: Vec<FriTable>,
    /// Greatest number of fields of a message.
    widest: usize,
}

impl<A: FriAir> FriKey<A> {
    /// Makes the key of a list of chips for a size class.
    ///
    /// # Errors
    ///
    /// Chips that no key can be made of, see [`SetupError`]; among them those with constraints of a degree that the rate
    /// does not carry.
    pub fn setup(chips: Vec<ChipSpec<A>>, class: SizeClass) -> Result<Self, SetupError> {
        let set = ChipSet::new(chips, class)?;
        let airs: Vec<A> = set.chips().iter().map(|chip| chip.air.clone()).collect();
        let digest = key_digest(&set);
        let mut key = Self { set, airs, digest, shapes: Vec::new(), widest: 0 };
        // How look-ups share columns does not depend on the heights: no chip has periodic columns.
        let heights: Vec<u8> = key.set.chips().iter().map(|chip| chip.height.bounds().0).collect();
        let data = key.data(&key.config(&heights), &heights).map_err(SetupError::Parameters)?;
        key.shapes = key.airs.iter().zip(&data.common.lookups).map(|(air, lookups)| shape(air, lookups)).collect();
        let carried = (1 << FriParams::of(class).log_blowup) + 1;
        if let Some(at) = key.shapes.iter().position(|shape| shape.degree > carried) {
            let (chip, degree) = (&key.set.chips()[at].name, key.shapes[at].degree);
            return Err(SetupError::Parameters(format!("chip {chip}: degree {degree}, more than {carried}")));
        }
        key.widest = key.airs.iter().map(widest_message).max().unwrap_or(0);
        Ok(key)
    }

    /// A key with this key's digest for other constraints: what a cheating prover would use.
    #[cfg(feature = "forge")]
    pub(super) fn with_airs<B: FriAir>(&self, mut forge: impl FnMut(&A) -> B) -> Result<FriKey<B>, SetupError> {
        let chips = self.set.chips().iter().map(|chip| ChipSpec {
            name: chip.name.clone(),
            air: forge(&chip.air),
            height: chip.height,
        });
        let mut key = FriKey::setup(chips.collect(), self.set.class())?;
        key.digest = self.digest;
        Ok(key)
    }

    /// The chips.
    #[must_use]
    pub const fn chips(&self) -> &ChipSet<A> {
        &self.set
    }

    /// The key's digest: equal for equal chips, rules and class, whatever the backend.
    pub const fn digest(&self) -> KeyDigest {
        self.digest
    }

    /// The error terms of a proof at these heights.
    ///
    /// # Errors
    ///
    /// Heights that the key does not allow.
    pub fn security(&self, log_heights: &[u8]) -> Result<SecurityReport, VerifyError> {
        self.set.check_heights(log_heights)?;
        let tables = self.shapes.iter().zip(log_heights);
        let tables: Vec<_> = tables.map(|(&shape, &log_height)| FriTable { log_height, ..shape }).collect();
        Ok(SecurityReport::of_fri(&FriParams::of(self.set.class()).terms(&tables, self.widest)))
    }

    /// Proves that these traces, one per chip in the key's order, are right for the public values.
    ///
    /// # Errors
    ///
    /// Traces of the wrong shape, see [`ProveError`].
    ///
    /// # Panics
    ///
    /// Where p3-batch-stark is built with debug assertions, if a constraint or a bus is broken. Without them the proof that
    /// comes out is refused.
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
        if bytes.len() > BackendId::Fri.max_proof_bytes(class) {
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
        let bits = self.security(log_heights)?.whole_bits();
        let expected = self.set.num_public_values();
        if public_values.len() != expected {
            return Err(VerifyError::PublicValues { expected, actual: public_values.len() });
        }
        if bits.is_none_or(|bits| bits < SHARD_CLAIM.bits) {
            return Err(VerifyError::Security { bits });
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

/// What the error terms need to know of a chip, at height 1.
fn shape<A: FriAir>(air: &A, lookups: &Lookups<F>) -> FriTable {
    let layout = AirLayout::from_air::<F>(air);
    let (base, extension) = get_symbolic_constraints::<F, Challenge, A, _>(air, layout, lookups, &LogUpGadget::new());
    let degrees = base.iter().map(|constraint| constraint.degree_multiple());
    let degree = degrees.chain(extension.iter().map(|constraint| constraint.degree_multiple())).max().unwrap_or(0);
    FriTable {
        log_height: 0,
        constraints: base.len() + extension.len(),
        degree,
        openings: num_batched_openings(
            air.width(),
            !air.main_next_row_columns().is_empty(),
            0,
            false,
            (degree.max(2) - 1).next_power_of_two(),
            lookups.len(),
            <Challenge as BasedVectorSpace<F>>::DIMENSION,
            OpeningShape::TwoAdic,
        ),
        messages: symbolic(air).global_interactions().len(),
    }
}

/// Fields of the chip's widest message.
fn widest_message<A: FriAir>(air: &A) -> usize {
    symbolic(air).global_interactions().iter().map(|message| message.fields.len()).max().unwrap_or(0)
}

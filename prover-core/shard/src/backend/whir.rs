//! The first backend: p3-multi-stark with LogUp by fractional GKR and a WHIR opening.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_soundness::{SHARD_CLAIM, SizeClass};
use p3_matrix::dense::RowMajorMatrix;
use p3_multi_stark::folder::{ProverAir, VerifierAir};
use p3_multi_stark::security::SecurityError;
use p3_multi_stark::{
    MultiStarkProof, ProverInstance, ProverInstances, ProvingKey, VerifierInstance, VerifierInstances, VerifyingKey,
    security_report, setup,
};
use p3_sumcheck::layout::Table;

use super::BackendId;
use super::chips::{ChipSet, ChipSpec};
use super::digest::{KeyDigest, key_digest};
use super::envelope::split;
use super::error::{ProveError, SetupError, VerifyError};
use super::field::{Challenge, F, challenger};
use super::p3::{CAP_HEIGHT, decode, encode, seeded_transcript};
use super::report::SecurityReport;
use super::whir_config::{Encoder, StackConfig};

/// A proof in memory.
pub type Proof = MultiStarkProof<StackConfig>;

/// The one component that p3's report leaves open: it knows nothing of the hash. We add that term.
const HASH_COMPONENT: &str = "commitment-and-transcript-collision";

/// Proves and verifies batches of the chips that it was made of.
pub struct WhirKey<A> {
    set: ChipSet<A>,
    digest: KeyDigest,
    proving: ProvingKey<StackConfig>,
    verifying: VerifyingKey<StackConfig>,
    encoder: Encoder,
}

impl<A: VerifierAir<F, Challenge>> WhirKey<A> {
    /// Makes the key of a list of chips for a size class. The order of the chips is part of the key.
    ///
    /// # Errors
    ///
    /// Chips that no key can be made of, see [`SetupError`].
    ///
    /// # Panics
    ///
    /// On chips that break p3's rules for constraints: neither constraint nor message, an undeclared
    /// use of the next row, exclusive interactions.
    pub fn setup(chips: Vec<ChipSpec<A>>, class: SizeClass) -> Result<Self, SetupError> {
        let set = ChipSet::new(chips, class)?;
        let digest = key_digest(&set);
        let encoder = Encoder::default();
        // The keys hold shapes alone, so the size of this configuration does not matter.
        let config = StackConfig::new(class, class.log_cells(), encoder.clone())
            .map_err(|error| SetupError::Parameters(error.to_string()))?;
        let airs: Vec<&A> = set.chips().iter().map(|chip| &chip.air).collect();
        let (proving, verifying) =
            setup(&config, &airs, &mut challenger()).map_err(|error| SetupError::Parameters(error.to_string()))?;
        Ok(Self { set, digest, proving, verifying, encoder })
    }

    /// A key with this key's digest for other constraints and heights: what a cheating prover would use.
    #[cfg(feature = "forge")]
    pub(super) fn with_airs<B: VerifierAir<F, Challenge>>(
        &self,
        mut forge: impl FnMut(&A) -> B,
        heights: Option<super::chips::HeightRule>,
    ) -> Result<WhirKey<B>, SetupError> {
        let chips = self.set.chips().iter().map(|chip| ChipSpec {
            name: chip.name.clone(),
            air: forge(&chip.air),
            height: heights.unwrap_or(chip.height),
        });
        let mut key = WhirKey::setup(chips.collect(), self.set.class())?;
        key.digest = self.digest;
        Ok(key)
    }

    /// The chips.
    #[must_use]
    pub const fn chips(&self) -> &ChipSet<A> {
        &self.set
    }

    /// The key's digest: equal for equal chips, rules and class.
    pub const fn digest(&self) -> KeyDigest {
        self.digest
    }

    /// The error terms of a proof at these heights.
    ///
    /// # Errors
    ///
    /// Heights that the key does not allow, or parameters that do not reach their own level.
    pub fn security(&self, log_heights: &[u8]) -> Result<SecurityReport, VerifyError> {
        let config = self.config(self.set.check_heights(log_heights)?)?;
        let public_values = alloc::vec![F::default(); self.set.num_public_values()];
        self.report(&config, log_heights, &public_values)
    }

    /// Verifies a proof for these public values and returns its heights.
    ///
    /// Never panics, whatever the bytes are, and does a bounded amount of work.
    ///
    /// # Errors
    ///
    /// See [`VerifyError`].
    pub fn verify(&self, public_values: &[F], bytes: &[u8]) -> Result<Vec<u8>, VerifyError> {
        let (log_heights, body) = split(BackendId::Whir, self.set.class(), bytes)?;
        let num_variables = self.set.check_heights(log_heights)?;
        let expected = self.set.num_public_values();
        if public_values.len() != expected {
            return Err(VerifyError::PublicValues { expected, actual: public_values.len() });
        }
        let config = self.config(num_variables)?;
        let bits = self.report(&config, log_heights, public_values)?.whole_bits();
        if bits.is_none_or(|bits| bits < SHARD_CLAIM.bits) {
            return Err(VerifyError::Security { bits });
        }
        let proof: Proof = decode(body)?;
        check_shape(&proof)?;
        let mut transcript = seeded_transcript(BackendId::Whir, &self.digest, log_heights);
        p3_multi_stark::verify(
            &config,
            self.instances(log_heights, public_values),
            &proof,
            StackConfig::SUMCHECK_POW_BITS,
            &mut transcript,
        )
        .map_err(|error| VerifyError::Invalid(error.to_string()))?;
        Ok(log_heights.to_vec())
    }

    fn config(&self, num_variables: usize) -> Result<StackConfig, VerifyError> {
        StackConfig::new(self.set.class(), num_variables, self.encoder.clone())
            .map_err(|error| VerifyError::Parameters(error.to_string()))
    }

    fn instances<'a>(&'a self, log_heights: &[u8], public_values: &'a [F]) -> VerifierInstances<'a, StackConfig, A> {
        let instances = self.set.chips().iter().zip(log_heights).enumerate().map(|(index, (chip, &log_height))| {
            let values = self.set.public_values_of(index, public_values);
            VerifierInstance::new(&chip.air, &self.verifying, usize::from(log_height), values)
        });
        VerifierInstances::new(instances.collect())
    }

    fn report(
        &self,
        config: &StackConfig,
        log_heights: &[u8],
        public_values: &[F],
    ) -> Result<SecurityReport, VerifyError> {
        let report = security_report(config, &self.instances(log_heights, public_values))
            .map_err(|error: SecurityError| VerifyError::Parameters(error.to_string()))?;
        Ok(SecurityReport::new(report.terms(), report.unassessed_components() == [HASH_COMPONENT]))
    }
}

impl<A: ProverAir<F, Challenge>> WhirKey<A> {
    /// Proves that these traces, one per chip in the key's order, are right for the public values.
    ///
    /// Constraints are not checked here: a trace that breaks one gives a proof that is refused.
    ///
    /// # Errors
    ///
    /// Traces of the wrong shape, see [`ProveError`].
    ///
    /// # Panics
    ///
    /// If a bus does not balance.
    pub fn prove(&self, traces: Vec<RowMajorMatrix<F>>, public_values: &[F]) -> Result<Vec<u8>, ProveError> {
        let log_heights = self.set.log_heights(&traces)?;
        let num_variables = self.set.check_heights(&log_heights)?;
        let expected = self.set.num_public_values();
        if public_values.len() != expected {
            return Err(ProveError::PublicValues { expected, actual: public_values.len() });
        }
        let config = StackConfig::new(self.set.class(), num_variables, self.encoder.clone())
            .map_err(|error| ProveError::ProofSystem(error.to_string()))?;
        let chips = self.set.chips().iter().zip(traces).enumerate();
        let instances = chips.map(|(index, (chip, trace))| {
            let table = Table::new(trace.transpose());
            ProverInstance::new(&chip.air, table, &self.proving, self.set.public_values_of(index, public_values))
        });
        let mut transcript = seeded_transcript(BackendId::Whir, &self.digest, &log_heights);
        let proof: Proof = p3_multi_stark::prove(
            &config,
            ProverInstances::new(instances.collect()),
            StackConfig::SUMCHECK_POW_BITS,
            &mut transcript,
        )
        .map_err(|error| ProveError::ProofSystem(format!("{error}")))?;
        let class = self.set.class();
        let bytes = encode(BackendId::Whir, class, &log_heights, &proof)
            .ok_or_else(|| ProveError::ProofSystem("the proof can't be encoded".to_string()))?;
        if bytes.len() > BackendId::Whir.max_proof_bytes(class) {
            return Err(ProveError::TooLong(bytes.len()));
        }
        Ok(bytes)
    }
}

/// Checks what p3's verifier takes for granted.
fn check_shape(proof: &Proof) -> Result<(), VerifyError> {
    // p3 compares the other parts with what the key says; a commitment of another height than
    // configured would be walked as if the tree were lower.
    if proof.commitment.num_roots() != 1 << CAP_HEIGHT {
        return Err(VerifyError::Shape("commitment"));
    }
    if proof.bus.is_some() || proof.indexed.is_some() || proof.preprocessed_opening.is_some() {
        return Err(VerifyError::Shape("a part that no chip asks for"));
    }
    Ok(())
}

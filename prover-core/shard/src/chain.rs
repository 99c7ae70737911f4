//! A proof of a whole run: the shard proofs in order, and what its verifier opens from the last memory root.
//!
//! No role is chosen by a prover (bug classes 9 and 11). The verifier rebuilds the first state from the program's key and the
//! input's digest, checks every link, requires `pc = HALT` at the end, and opens exit code and output itself.

use alloc::vec::Vec;

use hearth_machine::hash::{Digest, Felt, Hasher};
use hearth_machine::layout::{HALT_PC, LEAF_BYTES, MEMORY_DEPTH, OUTPUT_MAX};
use hearth_machine::opening::{Opening, OpeningError};
use hearth_machine::program::ProgramKey;
use hearth_machine::run::Outcome;
use hearth_machine::trace::Statement;
use hearth_soundness::SizeClass;
use p3_field::PrimeCharacteristicRing;
use serde::{Deserialize, Serialize};

use crate::backend::{BackendId, SetupError};
use crate::encoding::{self, Words, bounded, digest, words};
use crate::proof::ShardProof;
use crate::verifier::{ShardVerifier, VerifyError};

/// Version of the encoding and of everything that it commits to.
pub const VERSION: u16 = 1;
/// First bytes of every encoding.
const MAGIC: [u8; 6] = *b"HEARTH";
/// Largest encoding that is looked at: 2^13 shards of 600 KB would be 4.9 GB; a bundle of shard proofs ends here.
pub const MAX_BYTES: usize = 1 << 30;
/// Largest number of shards in a run (docs/soundness.md).
pub const MAX_SHARDS: usize = 1 << 13;
/// Most leaves of an output with its length word.
const MAX_OUTPUT: usize = (OUTPUT_MAX + 8).div_ceil(LEAF_BYTES) as usize;
/// Most siblings of an opening: those of the paths of a0 and of the output's first and last leaf.
const MAX_UNCLES: usize = 3 * MEMORY_DEPTH as usize;

/// One shard of a chain. The rest of its statement is the end of the shard before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Memory root after the shard.
    root_out: Words,
    /// pc after the shard.
    pc_out: u32,
    /// Local time at its end.
    ts_end: u32,
    /// Number of the key in the pinned set.
    key: u8,
    /// The shard proof.
    proof: Vec<u8>,
}

impl Link {
    /// The link of a shard proof.
    pub fn new(shard: ShardProof) -> Self {
        let ShardProof { statement, key, bytes, .. } = shard;
        Self {
            root_out: words(&statement.root_out),
            pc_out: statement.pc_out,
            ts_end: statement.ts_end,
            key: key as u8,
            proof: bytes,
        }
    }
}

/// The opening of exit code and output under the last root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    #[serde(deserialize_with = "bounded::<_, _, MAX_OUTPUT>")]
    output: Vec<[u64; 8]>,
    registers: [u64; 8],
    #[serde(deserialize_with = "bounded::<_, _, MAX_UNCLES>")]
    uncles: Vec<Words>,
}

impl From<&Opening> for Closing {
    fn from(opening: &Opening) -> Self {
        Self {
            output: opening.output.clone(),
            registers: opening.registers,
            uncles: opening.uncles.iter().map(words).collect(),
        }
    }
}

impl Closing {
    /// The opening, if its digests are canonical.
    pub fn opening(&self) -> Option<Opening> {
        let uncles = self.uncles.iter().map(digest).collect::<Option<_>>()?;
        Some(Opening { output: self.output.clone(), registers: self.registers, uncles })
    }
}

/// A proof of a whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainProof {
    magic: [u8; 6],
    version: u16,
    class: u8,
    /// Digest of the program's key.
    program: Words,
    /// Digest of the input region.
    input: Words,
    #[serde(deserialize_with = "bounded::<_, _, MAX_SHARDS>")]
    links: Vec<Link>,
    closing: Closing,
}

/// What a verified chain says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Exit code of the run.
    pub exit_code: u64,
    /// Output of the run.
    pub output: Vec<u8>,
    /// Digest of the input that the run read: [`hearth_machine::program::input_digest`].
    pub input: Digest,
    /// Number of shards.
    pub shards: usize,
    /// Size class of the shards.
    pub class: SizeClass,
}

/// Why a chain is refused.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// Not an encoding of a chain proof, or one of another version.
    #[error("not a Hearth proof of version {VERSION}: {0}")]
    Format(&'static str),
    /// The proof is of another program.
    #[error("the proof is of another program than the given one")]
    Program,
    /// No shards, or more than [`MAX_SHARDS`].
    #[error("{0} shards; a proof has 1 to {MAX_SHARDS}")]
    Shards(usize),
    /// The size class is unknown, or one that is for tests only.
    #[error("shards of 2^{0} cells are not accepted")]
    Class(u8),
    /// No keys can be made.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A shard proof fails.
    #[error("shard {index}: {source}")]
    Shard {
        /// Its place in the chain, from 0.
        index: usize,
        /// Why.
        source: VerifyError,
    },
    /// The run does not end in HALT.
    #[error("the run stops at pc {0:#x} and is not finished")]
    NotFinished(u32),
    /// Exit code and output do not belong to the last memory root.
    #[error("exit code and output: {0}")]
    Opening(#[from] OpeningError),
}

const NOT_CANONICAL: ChainError = ChainError::Format("a digest is not canonical");

impl ChainProof {
    /// Puts a proof together.
    pub fn new(class: SizeClass, program: &ProgramKey, input: &Digest, links: Vec<Link>, opening: &Opening) -> Self {
        Self {
            magic: MAGIC,
            version: VERSION,
            class: class.id(),
            program: words(&program.digest(&Hasher::new())),
            input: words(input),
            links,
            closing: opening.into(),
        }
    }

    /// The encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain structs of numbers and vectors always encode.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Decodes; trailing bytes are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ChainError> {
        if bytes.len() > MAX_BYTES {
            return Err(ChainError::Format("too long"));
        }
        if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(ChainError::Format("wrong first bytes"));
        }
        let proof: Self = encoding::decode(bytes).ok_or(ChainError::Format("cut off, damaged or too long"))?;
        if proof.version != VERSION {
            return Err(ChainError::Format("another version"));
        }
        Ok(proof)
    }

    /// The statements of all shards, if the program is this one: each begins where the one before it ended.
    ///
    /// # Errors
    /// Digests that are not canonical.
    pub fn statements(&self, program: &ProgramKey) -> Result<Vec<Statement>, ChainError> {
        let mut root_in = program.initial_root(&Hasher::new(), &self.input()?);
        let mut pc_in = program.entry;
        let mut statements = Vec::with_capacity(self.links.len());
        for link in &self.links {
            let root_out = digest(&link.root_out).ok_or(NOT_CANONICAL)?;
            let (pc_out, ts_end) = (link.pc_out, link.ts_end);
            statements.push(Statement { program_root: program.code_root, root_in, pc_in, root_out, pc_out, ts_end });
            (root_in, pc_in) = (root_out, pc_out);
        }
        Ok(statements)
    }

    /// The shard proofs with the numbers of their keys.
    pub fn proofs(&self) -> impl ExactSizeIterator<Item = (u8, &[u8])> {
        self.links.iter().map(|link| (link.key, &link.proof[..]))
    }

    /// The opening of exit code and output.
    pub fn closing(&self) -> &Closing {
        &self.closing
    }

    /// Digest of the input that the run is said to have read.
    ///
    /// # Errors
    /// A digest that is not canonical.
    pub fn input(&self) -> Result<Digest, ChainError> {
        digest(&self.input).ok_or(NOT_CANONICAL)
    }

    /// Number of shards.
    pub fn shards(&self) -> usize {
        self.links.len()
    }

    /// Size class, if there is one of this number.
    pub fn class(&self) -> Result<SizeClass, ChainError> {
        SizeClass::try_from(self.class).map_err(|_| ChainError::Class(self.class))
    }

    /// The backend that the first shard proof names, if it names one. It may lie.
    pub fn named_backend(&self) -> Option<BackendId> {
        BackendId::named_by(&self.links.first()?.proof)
    }

    /// Verifies the chain, of shard proofs of the default backend, for the program with this key.
    ///
    /// `allow_test_classes` admits the small classes that exist for tests only.
    pub fn verify(&self, program: &ProgramKey, allow_test_classes: bool) -> Result<Verified, ChainError> {
        self.verify_by(BackendId::default(), program, allow_test_classes)
    }

    /// As [`ChainProof::verify`] for a chain whose shard proofs are all of this backend. The verifier says which; a proof of
    /// another one is refused.
    pub fn verify_by(
        &self,
        backend: BackendId,
        program: &ProgramKey,
        allow_test_classes: bool,
    ) -> Result<Verified, ChainError> {
        let hasher = Hasher::new();
        let class = self.class()?;
        if class.is_test_only() && !allow_test_classes {
            return Err(ChainError::Class(self.class));
        }
        if digest(&self.program) != Some(program.digest(&hasher)) {
            return Err(ChainError::Program);
        }
        if self.links.is_empty() || self.links.len() > MAX_SHARDS {
            return Err(ChainError::Shards(self.links.len()));
        }
        let input = self.input()?;
        let verifier = ShardVerifier::with_backend(backend, class)?;
        let statements = self.statements(program)?;
        for (index, (statement, link)) in statements.iter().zip(&self.links).enumerate() {
            verifier.verify(statement, link.key, &link.proof).map_err(|source| ChainError::Shard { index, source })?;
        }
        let (root_in, pc_in) = statements.last().map_or(([Felt::ZERO; _], 0), |last| (last.root_out, last.pc_out));
        if pc_in != HALT_PC {
            return Err(ChainError::NotFinished(pc_in));
        }
        let opening = self.closing.opening().ok_or(NOT_CANONICAL)?;
        let Outcome { exit_code, output } = opening.verify(&hasher, &root_in)?;
        Ok(Verified { exit_code, output, input, shards: self.links.len(), class })
    }
}

//! The proof of a whole run by the root of a tree: format and verifier.

use hearth_machine::hash::{Digest, Felt, Hasher};
use hearth_machine::layout::HALT_PC;
use hearth_machine::opening::OpeningError;
use hearth_machine::program::ProgramKey;
use hearth_machine::run::Outcome;
use hearth_recursion::Table;
use hearth_recursion::node::{MAX_DEPTH, Segment};
use hearth_recursion::tree::{KeySet, MAX_SHARDS, Node, NodeError, NodeKey};
use hearth_shard::chain::{Closing, Verified};
use hearth_shard::encoding::{Words, bounded, decode, digest, words};
use hearth_soundness::SizeClass;
use hearth_soundness::stark::{LOG_TILE, StarkParams};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::key::{Key, KeyError};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use serde::{Deserialize, Serialize};

use crate::pins::Pins;

/// First bytes of every encoding; the last one is the version.
pub const MAGIC: [u8; 8] = *b"HEARTHR\x01";
/// Largest encoding that is looked at.
pub const MAX_BYTES: usize = 2 << 20;
/// Most tables of a node, and most nodes of a cap.
const MAX_TABLES: usize = 32;
const MAX_CAP: usize = 1 << 8;

/// The proof of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootProof {
    magic: [u8; 8],
    /// Size class of the shards.
    class: u8,
    /// Digest of the program's key.
    program: Words,
    /// Digest of the input region.
    input: Words,
    /// The last memory root.
    root_out: Words,
    shards: u32,
    depth: u32,
    /// Kind of the root.
    kind: u32,
    /// Its key: rows of the tables, cap of their preprocessed columns.
    #[serde(deserialize_with = "bounded::<_, _, MAX_TABLES>")]
    rows: Vec<u32>,
    #[serde(deserialize_with = "bounded::<_, _, MAX_CAP>")]
    cap: Vec<Words>,
    proof: Vec<u8>,
    closing: Closing,
}

/// Why a proof is refused.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum RootError {
    #[error("not a Hearth proof of one piece, version 1: {0}")]
    Format(&'static str),
    #[error("the proof is of another program than the given one")]
    Program,
    #[error("there are no trees above shards of class {0}")]
    Class(u8),
    #[error("the key of the root: {0}")]
    Key(#[from] KeyError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error("exit code and output: {0}")]
    Opening(#[from] OpeningError),
}

const NOT_CANONICAL: RootError = RootError::Format("a digest is not canonical");

impl RootProof {
    /// Puts a proof together.
    pub fn new(
        class: SizeClass,
        program: &ProgramKey,
        input: &Digest,
        root: Node,
        key: &NodeKey,
        closing: Closing,
    ) -> Self {
        let Node { segment, key: kind, proof } = root;
        Self {
            magic: MAGIC,
            class: class.id(),
            program: words(&program.digest(&Hasher::new())),
            input: words(input),
            root_out: words(&segment.root_out),
            shards: segment.shards.as_canonical_u32(),
            depth: segment.depth.as_canonical_u32(),
            kind: kind as u32,
            rows: key.rows.iter().map(|&rows| rows as u32).collect(),
            cap: key.cap.iter().map(words).collect(),
            proof,
            closing,
        }
    }

    /// The encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain structs of numbers and vectors always encode.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Decodes; the bytes must be the one encoding of the proof.
    ///
    /// # Errors
    /// [`RootError::Format`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RootError> {
        if bytes.len() > MAX_BYTES {
            return Err(RootError::Format("too long"));
        }
        if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(RootError::Format("wrong first bytes"));
        }
        decode(bytes).ok_or(RootError::Format("cut off, damaged or too long"))
    }

    /// Verifies the proof for the program with this key, against the pinned kinds of nodes.
    ///
    /// # Errors
    /// A [`RootError`].
    pub fn verify(&self, program: &ProgramKey) -> Result<Verified, RootError> {
        let class = SizeClass::try_from(self.class).ok();
        let pins = class.and_then(Pins::of).ok_or(RootError::Class(self.class))?;
        self.verify_with(program, &pins)
    }

    /// [`RootProof::verify`] against other kinds of nodes: for tests, whose shards are small.
    ///
    /// # Errors
    /// A [`RootError`].
    pub fn verify_with(&self, program: &ProgramKey, pins: &Pins) -> Result<Verified, RootError> {
        let hasher = Hasher::new();
        let class = SizeClass::try_from(self.class).map_err(|_| RootError::Class(self.class))?;
        if digest(&self.program) != Some(program.digest(&hasher)) {
            return Err(RootError::Program);
        }
        if self.shards > MAX_SHARDS {
            return Err(NodeError::Shards(self.shards).into());
        }
        if self.depth > MAX_DEPTH as u32 {
            return Err(NodeError::Depth(self.depth).into());
        }
        let input = digest(&self.input).ok_or(NOT_CANONICAL)?;
        let root_out = digest(&self.root_out).ok_or(NOT_CANONICAL)?;
        let place = self.kind as usize;
        let mut set = KeySet::new(&pins.digests);
        set.insert(place, self.key(pins.node)?)?;
        // The statement is the verifier's: it begins where the program does and ends where a run ends.
        let segment = Segment {
            program_root: program.code_root,
            root_in: program.initial_root(&hasher, &input),
            pc_in: Felt::from_u32(program.entry),
            root_out,
            pc_out: Felt::from_u32(HALT_PC),
            shards: Felt::from_u32(self.shards),
            depth: Felt::from_u32(self.depth),
            keys: set.digest(),
        };
        set.verify(&Node { segment, key: place, proof: self.proof.clone() })?;
        let opening = self.closing.opening().ok_or(NOT_CANONICAL)?;
        let Outcome { exit_code, output } = opening.verify(&hasher, &root_out)?;
        Ok(Verified { exit_code, output, input, shards: self.shards as usize, class })
    }

    /// The key that the proof names. It is the pinned one if its digest is.
    fn key(&self, node: SizeClass) -> Result<Key<Table>, RootError> {
        let most = 1u32 << StarkParams::of(node).log_rows;
        let tables = Table::all(&[]).iter().filter_map(Chip::fixed_rows).count();
        if self.rows.len() != tables {
            return Err(RootError::Format("tables of the root"));
        }
        if self.rows.iter().any(|&rows| rows > most || rows % (1 << LOG_TILE) != 0) {
            return Err(RootError::Format("rows of a table"));
        }
        let rows = self.rows.iter().map(|&rows| rows as usize).collect();
        let cap = self.cap.iter().map(digest).collect::<Option<Vec<Digest>>>().ok_or(NOT_CANONICAL)?;
        Ok(NodeKey { rows, cap }.key(node)?)
    }
}

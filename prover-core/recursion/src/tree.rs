//! The tree of proofs: leaves above shards, joins above nodes, and what its root says.
//!
//! Nodes of one tree have one size class. Their keys are of one shape and in one [`KeySet`], whose digest is in every statement.

use hearth_machine::hash::Digest;
use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_verifier::error::Rejection;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::{Key, KeyError};
use hearth_stark_verifier::native::Native;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use thiserror::Error;

use crate::node::{KEYS, MAX_DEPTH, Segment, key_set};
use crate::table::Table;

/// Most shards below a root (docs/soundness.md).
pub const MAX_SHARDS: u32 = 1 << 13;

/// What a verifier needs to know of a kind of node: how many rows its tables have, and the cap of their preprocessed columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeKey {
    /// Rows of each table.
    pub rows: Vec<usize>,
    /// Cap.
    pub cap: Vec<Digest>,
}

impl NodeKey {
    /// The key that it stands for.
    ///
    /// # Errors
    /// A [`KeyError`] if there is none of these tables.
    pub fn key(&self, class: SizeClass) -> Result<Key<Table>, KeyError> {
        let key = Key::new(Table::all(&self.rows), Segment::WIDTH, StarkParams::of(class))?;
        key.with_preprocessed(self.cap.clone())
    }
}

/// The keys that nodes of a tree may have: the digests of all, and those keys that are at hand.
pub struct KeySet {
    digests: [Digest; KEYS],
    keys: [Option<Key<Table>>; KEYS],
}

/// A proof of a segment.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it says.
    pub segment: Segment<F>,
    /// Place of its key in the set.
    pub key: usize,
    /// The proof.
    pub proof: Vec<u8>,
}

/// Why a node is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum NodeError {
    #[error("no key of the set has the place {0}")]
    Key(usize),
    #[error("its statement is of another set of keys")]
    Keys,
    #[error("{0} shards, at most {MAX_SHARDS} are possible")]
    Shards(u32),
    #[error("a depth of {0}, at most {MAX_DEPTH} is possible")]
    Depth(u32),
    #[error(transparent)]
    Proof(#[from] Rejection),
}

impl KeySet {
    /// The set of the keys with these digests. Unused places are 0, which nobody knows a key of.
    pub fn new(digests: &[Digest]) -> Self {
        let digests = core::array::from_fn(|place| digests.get(place).copied().unwrap_or([F::ZERO; _]));
        Self { digests, keys: [const { None }; KEYS] }
    }

    /// The set of these keys.
    pub fn of(keys: Vec<Key<Table>>) -> Self {
        let digests: Vec<Digest> = keys.iter().map(|key| key.digest).collect();
        let mut set = Self::new(&digests);
        set.keys.iter_mut().zip(keys).for_each(|(place, key)| *place = Some(key));
        set
    }

    /// Takes a key of the set.
    ///
    /// # Errors
    /// [`NodeError::Key`] for one that has not this place.
    pub fn insert(&mut self, place: usize, key: Key<Table>) -> Result<(), NodeError> {
        if self.digests.get(place) != Some(&key.digest) {
            return Err(NodeError::Key(place));
        }
        self.keys[place] = Some(key);
        Ok(())
    }

    /// The key at a place, if it is at hand.
    pub fn key(&self, place: usize) -> Option<&Key<Table>> {
        self.keys.get(place)?.as_ref()
    }

    /// The digests of the keys.
    pub const fn digests(&self) -> &[Digest; KEYS] {
        &self.digests
    }

    /// The digest of the set.
    pub fn digest(&self) -> Digest {
        key_set(&mut Native::new(&[]), &self.digests)
    }

    /// Verifies a node: its segment of a run leads from the state before to the state after.
    ///
    /// # Errors
    /// A [`NodeError`].
    pub fn verify(&self, node: &Node) -> Result<(), NodeError> {
        let key = self.key(node.key).ok_or(NodeError::Key(node.key))?;
        if node.segment.keys != self.digest() {
            return Err(NodeError::Keys);
        }
        let [shards, depth] = [node.segment.shards, node.segment.depth].map(|number| number.as_canonical_u32());
        if shards == 0 || shards > MAX_SHARDS {
            return Err(NodeError::Shards(shards));
        }
        if depth > MAX_DEPTH as u32 {
            return Err(NodeError::Depth(depth));
        }
        Ok(key.verify(&node.segment.values(), &node.proof)?)
    }
}

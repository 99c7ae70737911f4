//! What a prover of nodes fills in: the words that [`leaf`](super::leaf()) and [`join`](super::join()) read, in their order.

use hearth_machine::hash::{DIGEST, Digest};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::identity::Identity;
use p3_field::PrimeCharacteristicRing;

use super::{KEYS, Segment};

/// A shard's proof with what its statement says beside where it begins.
#[derive(Clone, Copy, Debug)]
pub struct ShardWords<'a> {
    /// Memory root after.
    pub root_out: &'a Digest,
    /// pc after.
    pub pc_out: F,
    /// Local time at the end.
    pub ts_end: F,
    /// Words of the proof.
    pub proof: &'a [F],
}

/// A node's proof with its statement and its key.
pub struct NodeWords<'a> {
    /// Statement.
    pub segment: &'a Segment<F>,
    /// Key.
    pub identity: Identity<F>,
    /// Place of the key in the set.
    pub key: usize,
    /// Words of the proof.
    pub proof: &'a [F],
}

/// The children of all slots: those that there are, then the last one again.
fn slots<T>(children: &[T], slots: usize) -> impl Iterator<Item = (Option<F>, &T)> {
    (0..slots).filter_map(move |slot| {
        let used = (slot > 0).then(|| F::from_bool(slot < children.len()));
        Some((used, children.get(slot).or(children.last())?))
    })
}

/// The words of a leaf above these shards, at least one and no more than there are slots.
pub fn leaf_words(shards: &[ShardWords<'_>], of: usize) -> Vec<F> {
    let mut words = Vec::new();
    for (used, shard) in slots(shards, of) {
        words.extend(used);
        words.extend_from_slice(shard.root_out);
        words.extend([shard.pc_out, shard.ts_end]);
        words.extend_from_slice(shard.proof);
    }
    words
}

/// The words of a node above these, at least one and no more than there are slots.
pub fn join_words(keys: &[[F; DIGEST]; KEYS], children: &[NodeWords<'_>], of: usize) -> Vec<F> {
    let mut words = keys.as_flattened().to_vec();
    for (used, child) in slots(children, of) {
        words.extend(used);
        words.extend_from_slice(&child.identity.heights);
        words.extend_from_slice(child.identity.cap.as_flattened());
        words.extend((0..KEYS).map(|key| F::from_bool(key == child.key)));
        let Segment { root_out, pc_out, shards, depth, .. } = child.segment;
        words.extend_from_slice(root_out);
        words.extend([*pc_out, *shards, *depth]);
        words.extend_from_slice(child.proof);
    }
    words
}

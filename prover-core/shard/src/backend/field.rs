//! The field, the hash and the transcript of shard proofs.

use hearth_packing::choice::{Permutation as Poseidon2, permutation_16};
use p3_challenger::DuplexChallenger;
use p3_field::Field;
use p3_field::extension::QuinticTrinomialExtensionField;
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::{PaddingFreeSponge, TruncatedPermutation};

use hearth_soundness::DIGEST_ELEMENTS;

/// The base field.
pub use hearth_packing::Felt as F;
/// The field of challenges.
pub type Challenge = QuinticTrinomialExtensionField<F>;
/// The permutation under every hash of a shard proof.
pub(super) type Permutation = Poseidon2<16>;
/// The transcript.
pub type Challenger = DuplexChallenger<F, Permutation, 16, 8>;

/// Hash of Merkle leaves.
pub(super) type LeafHash = PaddingFreeSponge<Permutation, 16, 8, DIGEST_ELEMENTS>;
type Compression = TruncatedPermutation<Permutation, 2, DIGEST_ELEMENTS, 16>;
type Packed = <F as Field>::Packing;
/// The Merkle tree over rows of field elements.
pub(super) type Mmcs = MerkleTreeMmcs<Packed, Packed, LeafHash, Compression, 2, DIGEST_ELEMENTS>;

/// Log2 of the number of Merkle nodes that stand for the root.
pub(super) const CAP_HEIGHT: usize = 0;

/// An empty transcript.
#[must_use]
pub fn challenger() -> Challenger {
    Challenger::new(permutation_16())
}

pub(super) fn leaf_hash() -> LeafHash {
    LeafHash::new(permutation_16())
}

pub(super) fn mmcs() -> Mmcs {
    Mmcs::new(leaf_hash(), Compression::new(permutation_16()), CAP_HEIGHT)
}

//! The Merkle trees of the backends that are p3's.

use hearth_packing::choice::permutation_16;
use hearth_soundness::DIGEST_ELEMENTS;
use p3_field::Field;
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::{PaddingFreeSponge, TruncatedPermutation};

use super::field::{F, Permutation};

/// Hash of Merkle leaves.
pub(super) type LeafHash = PaddingFreeSponge<Permutation, 16, 8, DIGEST_ELEMENTS>;
type Compression = TruncatedPermutation<Permutation, 2, DIGEST_ELEMENTS, 16>;
type Packed = <F as Field>::Packing;
/// The Merkle tree over rows of field elements.
pub(super) type Mmcs = MerkleTreeMmcs<Packed, Packed, LeafHash, Compression, 2, DIGEST_ELEMENTS>;

/// Log2 of the number of Merkle nodes that stand for the root.
pub(super) const CAP_HEIGHT: usize = 0;

pub(super) fn leaf_hash() -> LeafHash {
    LeafHash::new(permutation_16())
}

pub(super) fn mmcs() -> Mmcs {
    Mmcs::new(leaf_hash(), Compression::new(permutation_16()), CAP_HEIGHT)
}

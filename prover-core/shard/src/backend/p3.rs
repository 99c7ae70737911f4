//! What both of p3's proof systems need: Merkle trees, the transcript's first message, the encoding of proofs, traces.

use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_packing::choice::permutation_16;
use hearth_soundness::{DIGEST_ELEMENTS, SizeClass};
use p3_challenger::CanObserve;
use p3_field::Field;
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::{PaddingFreeSponge, TruncatedPermutation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::BackendId;
use super::chips::ChipSet;
use super::digest::{KeyDigest, absorb_bytes};
use super::envelope::{MAGIC, VERSION};
use super::error::{ProveError, VerifyError};
use super::field::{Challenger, F, Permutation, challenger};
use crate::encoding::encodes;

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

/// The first message of every transcript: which system, which key, which heights.
pub(super) fn seeded_transcript(backend: BackendId, key: &KeyDigest, log_heights: &[u8]) -> Challenger {
    let mut transcript = challenger();
    absorb_bytes(&mut transcript, b"hearth shard proof");
    absorb_bytes(&mut transcript, &[VERSION, backend as u8]);
    transcript.observe_slice(key);
    absorb_bytes(&mut transcript, log_heights);
    transcript
}

/// Writes header and body.
///
/// Returns none if the body can't be written, which `postcard` does for types of unknown length alone.
pub(super) fn encode<T: Serialize>(
    backend: BackendId,
    class: SizeClass,
    log_heights: &[u8],
    body: &T,
) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1 << 19);
    bytes.extend(MAGIC);
    bytes.extend([VERSION, backend as u8, class.id(), u8::try_from(log_heights.len()).ok()?]);
    bytes.extend(log_heights);
    postcard::to_extend(body, bytes).ok()
}

/// Decodes a body and insists that the bytes are the only ones that decode to it.
///
/// # Errors
///
/// Bytes that do not decode, that are left over, or that are not what encoding the result gives.
pub(super) fn decode<T: Serialize + DeserializeOwned>(body: &[u8]) -> Result<T, VerifyError> {
    let value: T = postcard::from_bytes(body).map_err(|error| VerifyError::Encoding(error.to_string()))?;
    // This also refuses trailing bytes, which the decoder ignores.
    if encodes(&value, body) { Ok(value) } else { Err(VerifyError::NotCanonical) }
}

impl<A> ChipSet<A> {
    /// The public values of one chip: all of them for the chip that reads them, none for the others.
    pub(super) fn public_values_of<'a>(&self, chip: usize, public_values: &'a [F]) -> &'a [F] {
        if self.public_chip == Some(chip) { public_values } else { &[] }
    }

    /// The log2 heights of traces, one per chip.
    ///
    /// # Errors
    ///
    /// Not one trace per chip, a wrong number of columns, or a height that is no power of two.
    pub(super) fn log_heights(&self, traces: &[RowMajorMatrix<F>]) -> Result<Vec<u8>, ProveError> {
        if traces.len() != self.chips().len() {
            return Err(ProveError::TraceCount { expected: self.chips().len(), actual: traces.len() });
        }
        let shapes = traces.iter().zip(self.chips()).zip(self.widths());
        shapes
            .map(|((trace, chip), &expected)| {
                let (height, width) = (trace.height(), trace.width());
                if width != expected || !height.is_power_of_two() {
                    return Err(ProveError::TraceShape { chip: chip.name.clone(), height, width, expected });
                }
                // At most 63, so it fits.
                Ok(height.trailing_zeros() as u8)
            })
            .collect()
    }
}

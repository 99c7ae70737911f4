//! The bytes of a proof: a short header, then the proof system's own message.
//!
//! ```text
//!     magic "HSP" | version | backend | class | n | n log2 heights | body
//! ```
//!
//! Every byte of the header is checked against the key before the body is touched. The body is
//! `postcard`: field elements take four bytes each and are refused when not below p, and a list's
//! stated length never makes the decoder reserve more memory than the bytes that are there could
//! fill by a small factor.

use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_soundness::SizeClass;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::BackendId;
use super::error::VerifyError;
use crate::encoding::encodes;

const MAGIC: [u8; 3] = *b"HSP";

/// Version of the proof format.
///
/// It also stands in the transcript's first message, so that a proof made for one version can't be
/// relabelled as another.
pub(super) const VERSION: u8 = 1;

const FIXED_HEADER: usize = MAGIC.len() + 4;

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

/// Writes a header without heights, and a body that is bytes already.
#[cfg(feature = "prover")]
pub(super) fn wrap(backend: BackendId, class: SizeClass, body: &[u8]) -> Vec<u8> {
    let header = [MAGIC[0], MAGIC[1], MAGIC[2], VERSION, backend as u8, class.id(), 0];
    [&header, body].concat()
}

/// The backend that a proof's envelope names, if the bytes begin like a proof of a known one.
pub(super) fn label(bytes: &[u8]) -> Option<BackendId> {
    let &[a, b, c, VERSION, backend] = bytes.first_chunk()? else {
        return None;
    };
    BackendId::ALL.into_iter().find(|&known| [a, b, c] == MAGIC && known as u8 == backend)
}

/// Checks the header and splits it off: the log2 heights and the body.
///
/// # Errors
///
/// Bytes that are too long, too short, or of another format, backend or class.
pub(super) fn split(backend: BackendId, class: SizeClass, bytes: &[u8]) -> Result<(&[u8], &[u8]), VerifyError> {
    let (header, rest) = bytes.split_at_checked(FIXED_HEADER).ok_or(VerifyError::Truncated)?;
    let &[a, b, c, version, backend_id, class_id, count] = header else {
        return Err(VerifyError::Truncated);
    };
    if [a, b, c] != MAGIC {
        return Err(VerifyError::Magic);
    }
    if version != VERSION {
        return Err(VerifyError::Version(version));
    }
    if backend_id != backend as u8 {
        return Err(VerifyError::Backend(backend_id));
    }
    // Not before: another backend's proof may well be longer, and is to be told from one that is too long.
    let limit = backend.max_proof_bytes(class);
    if bytes.len() > limit {
        return Err(VerifyError::TooLong { limit, actual: bytes.len() });
    }
    if class_id != class.id() {
        return Err(VerifyError::Class(class_id));
    }
    rest.split_at_checked(usize::from(count)).ok_or(VerifyError::Truncated)
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

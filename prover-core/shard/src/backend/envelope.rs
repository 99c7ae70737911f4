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

#[cfg(feature = "prover")]
use alloc::vec::Vec;

use hearth_soundness::SizeClass;

use super::BackendId;
use super::error::VerifyError;

pub(super) const MAGIC: [u8; 3] = *b"HSP";

/// Version of the proof format.
///
/// It also stands in the transcript's first message, so that a proof made for one version can't be
/// relabelled as another.
pub(super) const VERSION: u8 = 1;

const FIXED_HEADER: usize = MAGIC.len() + 4;

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

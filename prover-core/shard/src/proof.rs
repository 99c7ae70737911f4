//! The proof of one shard with its statement, and its encoding.

use alloc::vec::Vec;

use hearth_machine::trace::Statement;
use hearth_soundness::SizeClass;
use serde::{Deserialize, Serialize};

use crate::encoding::{self, StatementWords};
use crate::keys::KeyId;

/// First bytes of every encoding; the last one is the version.
const MAGIC: [u8; 8] = *b"HEARTHS\x01";

/// A proof of one shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardProof {
    /// What it proves.
    pub statement: Statement,
    /// The size class that it was made for.
    pub class: SizeClass,
    /// The key that it was made with.
    pub key: KeyId,
    /// The proof.
    pub bytes: Vec<u8>,
}

/// Why bytes are no shard proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Wrong first bytes, cut off, or followed by other bytes.
    #[error("not a Hearth shard proof of version 1")]
    Format,
    /// A digest is not canonical.
    #[error("a digest is not canonical")]
    Digest,
    /// An unknown size class or key.
    #[error("an unknown size class or key")]
    Key,
}

#[derive(Serialize, Deserialize)]
struct Encoded {
    magic: [u8; 8],
    statement: StatementWords,
    class: u8,
    key: u8,
    bytes: Vec<u8>,
}

impl ShardProof {
    /// The encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        let encoded = Encoded {
            magic: MAGIC,
            statement: (&self.statement).into(),
            class: self.class.id(),
            key: self.key as u8,
            bytes: self.bytes.clone(),
        };
        // Numbers and vectors of bytes always encode.
        postcard::to_allocvec(&encoded).unwrap_or_default()
    }

    /// Decodes; the bytes must be the one encoding of the proof.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(DecodeError::Format);
        }
        let encoded: Encoded = encoding::decode(bytes).ok_or(DecodeError::Format)?;
        Ok(Self {
            statement: encoded.statement.statement().ok_or(DecodeError::Digest)?,
            class: SizeClass::try_from(encoded.class).map_err(|_| DecodeError::Key)?,
            key: KeyId::from_id(encoded.key).ok_or(DecodeError::Key)?,
            bytes: encoded.bytes,
        })
    }
}

//! The encoding and the digest of a program's key.

use alloc::vec::Vec;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use thiserror::Error;

use crate::hash::{DIGEST, Digest, Felt, Hasher, Tag};
use crate::layout::CODE_END;
use crate::program::ProgramKey;

/// First bytes of a key file; the last one is the version.
const MAGIC: [u8; 8] = *b"HEARTHK\x01";

/// A key file that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Another number of bytes than [`ProgramKey::BYTES`], or other first bytes.
    #[error("not a Hearth program key of version 1")]
    Format,
    /// A digest element is not below the field order, or the entry is no code address.
    #[error("a number in the key is out of range")]
    Range,
}

impl ProgramKey {
    /// Bytes of a key file.
    pub const BYTES: usize = MAGIC.len() + 4 * (2 * DIGEST + 1);

    /// The key's elements: code root, data digest, entry.
    fn elements(&self) -> Vec<Felt> {
        let entry = Felt::from_u32(self.entry);
        self.code_root.iter().chain(&self.data_digest).copied().chain([entry]).collect()
    }

    /// The digest that names the program.
    pub fn digest(&self, hasher: &Hasher) -> Digest {
        hasher.sponge(Tag::Key, &self.elements())
    }

    /// The key file: magic, then the elements as little-endian u32.
    pub fn to_bytes(&self) -> Vec<u8> {
        let words = self.elements().into_iter().flat_map(|felt| felt.as_canonical_u32().to_le_bytes());
        MAGIC.into_iter().chain(words).collect()
    }

    /// Reads a key file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != Self::BYTES {
            return Err(KeyError::Format);
        }
        let words = bytes.strip_prefix(&MAGIC).ok_or(KeyError::Format)?;
        let mut words = words.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let mut digest = || -> Result<Digest, KeyError> {
            let mut digest = [Felt::ZERO; DIGEST];
            for felt in &mut digest {
                let word = words.next().ok_or(KeyError::Format)?;
                if word >= Felt::ORDER_U32 {
                    return Err(KeyError::Range);
                }
                *felt = Felt::from_u32(word);
            }
            Ok(digest)
        };
        let (code_root, data_digest) = (digest()?, digest()?);
        let entry = words.next().ok_or(KeyError::Format)?;
        if entry % 4 != 0 || u64::from(entry) >= CODE_END {
            return Err(KeyError::Range);
        }
        Ok(Self { code_root, data_digest, entry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ProgramKey {
        let digest = |from: u32| core::array::from_fn(|i| Felt::from_u32(from + i as u32));
        ProgramKey { code_root: digest(5), data_digest: digest(Felt::ORDER_U32 - 9), entry: 0x10_0000 }
    }

    #[test]
    fn bytes_and_back() {
        let bytes = key().to_bytes();
        assert_eq!(bytes.len(), ProgramKey::BYTES);
        assert_eq!(ProgramKey::from_bytes(&bytes), Ok(key()));
        assert_eq!(ProgramKey::from_bytes(&bytes[1..]), Err(KeyError::Format));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for (at, word) in [(8, Felt::ORDER_U32), (8 + 4 * 17, u32::MAX), (80, 2), (80, 1 << 30)] {
            let mut bytes = key().to_bytes();
            bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
            assert_eq!(ProgramKey::from_bytes(&bytes), Err(KeyError::Range), "{at}");
        }
    }

    #[test]
    fn every_element_is_in_the_digest() {
        let hasher = Hasher::new();
        let mut digests = alloc::collections::BTreeSet::new();
        digests.insert(key().digest(&hasher));
        for element in 0..2 * DIGEST + 1 {
            let mut changed = key();
            match element {
                0..DIGEST => changed.code_root[element] += Felt::ONE,
                DIGEST..18 => changed.data_digest[element - DIGEST] += Felt::ONE,
                _ => changed.entry += 4,
            }
            assert!(digests.insert(changed.digest(&hasher)), "{element}");
        }
    }
}

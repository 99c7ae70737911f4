//! Bytes of what travels or is kept: packages, openings, statements.
//!
//! Numbers are little-endian, field elements canonical in 32 bits. Every format says its length, so that memory is
//! bounded by the length of the bytes, and nothing may follow.

use alloc::vec::Vec;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use thiserror::Error;

use crate::hash::{DIGEST, Digest, Felt};

/// Bytes of a digest.
pub const DIGEST_BYTES: usize = 4 * DIGEST;

/// Why bytes are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The length is not the one that the header implies.
    #[error("truncated, or followed by other bytes")]
    Length,
    /// The first bytes are those of something else.
    #[error("not of this format")]
    Magic,
    /// Another version.
    #[error("version {0} is not supported")]
    Version(u32),
    /// An element is not below the field order.
    #[error("a digest is not canonical")]
    Digest,
    /// An index is beyond the tree or written with needless bytes, or there is none.
    #[error("bad leaf index")]
    Index,
    /// A flag of no sibling is set, or a zero subtree is spelled out.
    #[error("bad sibling")]
    Uncle,
    /// More leaves and siblings than a shard of this size has.
    #[error("too large")]
    TooLarge,
}

/// Something with a format.
pub trait Wire: Sized {
    /// Appends the bytes.
    fn write(&self, bytes: &mut Vec<u8>);

    /// Reads the bytes that [`Wire::write`] appends.
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The bytes alone.
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    /// Reads bytes that hold nothing else.
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader(bytes);
        let value = Self::read(&mut reader)?;
        reader.end()?;
        Ok(value)
    }
}

/// Bytes not read yet.
#[derive(Clone, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// All of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `N` bytes.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(DecodeError::Length)?;
        self.0 = rest;
        Ok(*head)
    }

    /// The next `len` bytes.
    pub fn slice(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(DecodeError::Length)?;
        self.0 = rest;
        Ok(head)
    }

    /// Whether `len` values of at least `bytes` bytes can follow.
    pub const fn require(&self, len: u32, bytes: usize) -> Result<(), DecodeError> {
        let fits = (len as u64).saturating_mul(bytes as u64) <= self.0.len() as u64;
        if fits { Ok(()) } else { Err(DecodeError::Length) }
    }

    /// `len` values of which each has at least `bytes` bytes, checked before memory is taken.
    pub fn list<T: Wire>(&mut self, len: u32, bytes: usize) -> Result<Vec<T>, DecodeError> {
        self.require(len, bytes)?;
        (0..len).map(|_| T::read(self)).collect()
    }

    /// The bytes that are left.
    pub const fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Refuses bytes that are left.
    pub const fn end(&self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::Length) }
    }
}

/// Appends values one after another.
pub fn write_all<'a, T: Wire + 'a>(bytes: &mut Vec<u8>, values: impl IntoIterator<Item = &'a T>) {
    values.into_iter().for_each(|value| value.write(bytes));
}

impl Wire for u32 {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self::from_le_bytes(reader.take()?))
    }
}

impl Wire for u64 {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self::from_le_bytes(reader.take()?))
    }
}

impl Wire for Felt {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.as_canonical_u32().write(bytes);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match u32::read(reader)? {
            number @ 0..Self::ORDER_U32 => Ok(Self::from_u32(number)),
            _ => Err(DecodeError::Digest),
        }
    }
}

/// Digests and leaves.
impl<T: Wire + Copy + Default, const N: usize> Wire for [T; N] {
    fn write(&self, bytes: &mut Vec<u8>) {
        write_all(bytes, self);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut values = [T::default(); N];
        for value in &mut values {
            *value = T::read(reader)?;
        }
        Ok(values)
    }
}

/// A leaf with its index.
impl<A: Wire, B: Wire> Wire for (A, B) {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.0.write(bytes);
        self.1.write(bytes);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok((A::read(reader)?, B::read(reader)?))
    }
}

const _: () = assert!(size_of::<Digest>() == DIGEST_BYTES);

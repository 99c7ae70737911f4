//! What a worker gets for one shard: the statement, and every leaf of memory and code that the run touches.
//!
//! Format: [`MAGIC`], version, the statement (program root, root_in, root_out, pc_in, pc_out, ts_end), the number of
//! steps, the lengths of the four lists, then the lists; all numbers are 32-bit little-endian but the words of memory
//! leaves, which have 64 bits. Field elements are canonical. The length is exact. Compression is the transport's.

use alloc::vec::Vec;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use thiserror::Error;

use crate::hash::{DIGEST, Digest, Felt};
use crate::trace::Statement;

/// First bytes of a package.
pub const MAGIC: [u8; 8] = *b"HEARTHPK";
/// Version of the format, the memory hash and the address map.
pub const VERSION: u32 = 1;

/// One shard's work. Positions of sibling digests follow from the leaves ([`crate::frontier`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// What the shard proof will state.
    pub statement: Statement,
    /// Instructions to execute.
    pub steps: u32,
    /// Touched memory leaves with their words before the shard, ascending by index.
    pub leaves: Vec<(u32, [u64; 8])>,
    /// Uncles of the memory tree, by level from the leaves, then index.
    pub uncles: Vec<Digest>,
    /// Code leaves from which the shard fetches, ascending by index.
    pub code_leaves: Vec<(u32, [u32; 16])>,
    /// Uncles of the code tree, by level from the leaves, then index.
    pub code_uncles: Vec<Digest>,
}

/// Why bytes are no package. What a package says is checked by [`crate::replay::replay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The length is not the one that the header implies.
    #[error("truncated, or followed by other bytes")]
    Length,
    /// Not a package.
    #[error("not a package")]
    Magic,
    /// Another version.
    #[error("version {0} is not supported")]
    Version(u32),
    /// An element is not below the field order.
    #[error("a digest is not canonical")]
    Digest,
}

const DIGEST_BYTES: usize = 4 * DIGEST;
/// A leaf of either tree with its index.
const LEAF_ENTRY_BYTES: usize = 4 + 64;
const HEADER_BYTES: usize = MAGIC.len() + 4 + 3 * DIGEST_BYTES + 8 * 4;

impl Package {
    /// Bytes of [`Package::encode`].
    pub fn encoded_len(&self) -> usize {
        HEADER_BYTES
            + LEAF_ENTRY_BYTES * (self.leaves.len() + self.code_leaves.len())
            + DIGEST_BYTES * (self.uncles.len() + self.code_uncles.len())
    }

    /// The package as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.encoded_len());
        bytes.extend(MAGIC);
        put(&mut bytes, VERSION);
        let statement = &self.statement;
        for digest in [
            &statement.program_root,
            &statement.root_in,
            &statement.root_out,
        ] {
            put_digest(&mut bytes, digest);
        }
        for field in [
            statement.pc_in,
            statement.pc_out,
            statement.ts_end,
            self.steps,
        ] {
            put(&mut bytes, field);
        }
        for len in [
            self.leaves.len(),
            self.uncles.len(),
            self.code_leaves.len(),
            self.code_uncles.len(),
        ] {
            put(&mut bytes, len as u32);
        }
        for (index, words) in &self.leaves {
            put(&mut bytes, *index);
            words
                .iter()
                .for_each(|word| bytes.extend(word.to_le_bytes()));
        }
        (self.uncles.iter()).for_each(|digest| put_digest(&mut bytes, digest));
        for (index, words) in &self.code_leaves {
            put(&mut bytes, *index);
            words.iter().for_each(|&word| put(&mut bytes, word));
        }
        (self.code_uncles.iter()).for_each(|digest| put_digest(&mut bytes, digest));
        bytes
    }

    /// Reads a package. Memory is bounded by the length of `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let header = bytes.get(..HEADER_BYTES).ok_or(DecodeError::Length)?;
        let mut reader = Reader(header);
        if reader.take::<8>()? != MAGIC {
            return Err(DecodeError::Magic);
        }
        match reader.number()? {
            VERSION => {}
            version => return Err(DecodeError::Version(version)),
        }
        let program_root = reader.digest()?;
        let root_in = reader.digest()?;
        let root_out = reader.digest()?;
        let statement = Statement {
            program_root,
            root_in,
            root_out,
            pc_in: reader.number()?,
            pc_out: reader.number()?,
            ts_end: reader.number()?,
        };
        let steps = reader.number()?;
        let mut lens = [0; 4];
        for len in &mut lens {
            *len = u64::from(reader.number()?);
        }
        let expected = HEADER_BYTES as u64
            + LEAF_ENTRY_BYTES as u64 * (lens[0] + lens[2])
            + DIGEST_BYTES as u64 * (lens[1] + lens[3]);
        if bytes.len() as u64 != expected {
            return Err(DecodeError::Length);
        }
        let mut reader = Reader(&bytes[HEADER_BYTES..]);
        Ok(Self {
            statement,
            steps,
            leaves: reader.list(lens[0], Reader::memory_leaf)?,
            uncles: reader.list(lens[1], Reader::digest)?,
            code_leaves: reader.list(lens[2], Reader::code_leaf)?,
            code_uncles: reader.list(lens[3], Reader::digest)?,
        })
    }
}

fn put(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend(number.to_le_bytes());
}

pub(crate) fn put_digest(bytes: &mut Vec<u8>, digest: &Digest) {
    (digest.iter()).for_each(|felt| put(bytes, felt.as_canonical_u32()));
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(DecodeError::Length)?;
        self.0 = rest;
        Ok(*head)
    }

    fn list<T>(
        &mut self,
        len: u64,
        entry: impl Fn(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        (0..len).map(|_| entry(self)).collect()
    }

    fn number(&mut self) -> Result<u32, DecodeError> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn digest(&mut self) -> Result<Digest, DecodeError> {
        let mut digest = [Felt::ZERO; DIGEST];
        for felt in &mut digest {
            let number = self.number()?;
            if number >= Felt::ORDER_U32 {
                return Err(DecodeError::Digest);
            }
            *felt = Felt::from_u32(number);
        }
        Ok(digest)
    }

    fn memory_leaf(&mut self) -> Result<(u32, [u64; 8]), DecodeError> {
        let index = self.number()?;
        let mut words = [0; 8];
        for word in &mut words {
            *word = u64::from_le_bytes(self.take()?);
        }
        Ok((index, words))
    }

    fn code_leaf(&mut self) -> Result<(u32, [u32; 16]), DecodeError> {
        let index = self.number()?;
        let mut words = [0; 16];
        for word in &mut words {
            *word = self.number()?;
        }
        Ok((index, words))
    }
}

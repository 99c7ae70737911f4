//! What a worker gets for one shard: the statement, and every leaf of memory and code that the run touches.
//!
//! Format: [`MAGIC`], version, the statement (program root, root_in, root_out, pc_in, pc_out, ts_end), the number of
//! steps, the numbers of memory leaves and of code leaves, all as 32-bit little-endian numbers; then the indexes of memory
//! leaves, those of code leaves, the code by significance, the words of memory with 64 bits each, the siblings in the
//! memory tree, those in the code tree. How many siblings there are follows from the leaves; which are there and
//! which are zero subtrees, flags say (`dense`). A package has one encoding and its length is exact. Compression is
//! the transport's.

use alloc::vec::Vec;

use crate::dense::{read_code, read_indexes, read_uncles, write_code, write_indexes, write_uncles};
use crate::frontier::{Frontier, Kind};
use crate::hash::{Digest, Hasher};
use crate::layout::{LEAF_BYTES, LEAF_WORDS};
use crate::trace::Statement;
pub use crate::wire::DecodeError;
use crate::wire::{DIGEST_BYTES, Reader, Wire, write_all};

/// First bytes of a package.
pub const MAGIC: [u8; 8] = *b"HEARTHPK";
/// Version of the format, the memory hash and the address map.
pub const VERSION: u32 = 2;
/// Most bytes of a package in memory ([`Package::size`]): one for each cell of the largest shards, more than their
/// tables have rows for.
pub const MAX_SIZE: usize = 1 << 27;

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

/// A leaf of either tree with its index.
const LEAF_ENTRY_BYTES: usize = 4 + LEAF_BYTES as usize;

impl Package {
    /// Bytes in memory: leaves with their indexes, and all siblings. The encoding is shorter.
    pub fn size(&self) -> usize {
        size(self.leaves.len() + self.code_leaves.len(), self.uncles.len() + self.code_uncles.len())
    }

    /// Decodes a package of at most `limit` bytes in memory. What it says is checked by [`crate::replay::replay`].
    pub fn decode_within(bytes: &[u8], limit: usize) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let package = Self::read_within(&mut reader, limit)?;
        reader.end()?;
        Ok(package)
    }

    fn read_within(reader: &mut Reader<'_>, limit: usize) -> Result<Self, DecodeError> {
        if reader.take()? != MAGIC {
            return Err(DecodeError::Magic);
        }
        match u32::read(reader)? {
            VERSION => {}
            version => return Err(DecodeError::Version(version)),
        }
        let statement = Statement::read(reader)?;
        let steps = u32::read(reader)?;
        let [leaves, code_leaves] = <[u32; 2]>::read(reader)?;
        let indexes = read_indexes(reader, Kind::Memory, leaves)?;
        let code_indexes = read_indexes(reader, Kind::Code, code_leaves)?;
        let code_leaves = read_code(reader, &code_indexes)?;
        reader.require(leaves, LEAF_BYTES as usize)?;
        let words = indexes.iter().map(|&index| Ok((index, <[u64; LEAF_WORDS]>::read(reader)?)));
        let leaves = words.collect::<Result<Vec<_>, _>>()?;
        let memory = Frontier::new(Kind::Memory, indexes);
        let code = Frontier::new(Kind::Code, code_indexes);
        // Zero subtrees take a bit each; what they become is bounded before it is there.
        if size(leaves.len() + code_leaves.len(), memory.uncles() + code.uncles()) > limit {
            return Err(DecodeError::TooLarge);
        }
        let hasher = Hasher::new();
        let uncles = read_uncles(reader, &hasher, Kind::Memory, &memory)?;
        let code_uncles = read_uncles(reader, &hasher, Kind::Code, &code)?;
        Ok(Self { statement, steps, leaves, uncles, code_leaves, code_uncles })
    }
}

fn size(leaves: usize, uncles: usize) -> usize {
    LEAF_ENTRY_BYTES.saturating_mul(leaves).saturating_add(DIGEST_BYTES.saturating_mul(uncles))
}

fn frontier<L>(kind: Kind, leaves: &[(u32, L)]) -> Frontier {
    Frontier::new(kind, leaves.iter().map(|leaf| leaf.0).collect())
}

impl Wire for Package {
    /// The leaves must ascend, with all their siblings: [`crate::cut::Cutter`] makes no others.
    fn write(&self, bytes: &mut Vec<u8>) {
        let hasher = Hasher::new();
        bytes.reserve(self.size());
        bytes.extend(MAGIC);
        VERSION.write(bytes);
        self.statement.write(bytes);
        self.steps.write(bytes);
        write_all(bytes, &[self.leaves.len() as u32, self.code_leaves.len() as u32]);
        write_indexes(bytes, self.leaves.iter().map(|leaf| leaf.0));
        write_indexes(bytes, self.code_leaves.iter().map(|leaf| leaf.0));
        write_code(bytes, &self.code_leaves);
        write_all(bytes, self.leaves.iter().map(|leaf| &leaf.1));
        let memory = frontier(Kind::Memory, &self.leaves);
        write_uncles(bytes, &hasher, Kind::Memory, &memory, &self.uncles);
        let code = frontier(Kind::Code, &self.code_leaves);
        write_uncles(bytes, &hasher, Kind::Code, &code, &self.code_uncles);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::read_within(reader, MAX_SIZE)
    }
}

impl Wire for Statement {
    fn write(&self, bytes: &mut Vec<u8>) {
        write_all(bytes, [&self.program_root, &self.root_in, &self.root_out]);
        write_all(bytes, [&self.pc_in, &self.pc_out, &self.ts_end]);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let [program_root, root_in, root_out] = <[Digest; 3]>::read(reader)?;
        let [pc_in, pc_out, ts_end] = <[u32; 3]>::read(reader)?;
        Ok(Self { program_root, root_in, pc_in, root_out, pc_out, ts_end })
    }
}

//! What a worker gets for one shard: the statement, and every leaf of memory and code that the run touches.
//!
//! Format: [`MAGIC`], version, the statement (program root, root_in, root_out, pc_in, pc_out, ts_end), the number of
//! steps, the lengths of the four lists, then the lists; all numbers are 32-bit little-endian but the words of memory
//! leaves, which have 64 bits. Field elements are canonical. The length is exact. Compression is the transport's.

use alloc::vec::Vec;

use crate::hash::Digest;
use crate::trace::Statement;
pub use crate::wire::DecodeError;
use crate::wire::{DIGEST_BYTES, Reader, Wire, write_all};

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

/// A leaf of either tree with its index.
const LEAF_ENTRY_BYTES: usize = 4 + 64;
const HEADER_BYTES: usize = MAGIC.len() + 4 + 3 * DIGEST_BYTES + 8 * 4;

impl Package {
    /// Bytes of the encoded package.
    pub fn encoded_len(&self) -> usize {
        HEADER_BYTES
            + LEAF_ENTRY_BYTES * (self.leaves.len() + self.code_leaves.len())
            + DIGEST_BYTES * (self.uncles.len() + self.code_uncles.len())
    }
}

impl Wire for Package {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.reserve(self.encoded_len());
        bytes.extend(MAGIC);
        VERSION.write(bytes);
        self.statement.write(bytes);
        self.steps.write(bytes);
        for len in [self.leaves.len(), self.uncles.len(), self.code_leaves.len(), self.code_uncles.len()] {
            (len as u32).write(bytes);
        }
        write_all(bytes, &self.leaves);
        write_all(bytes, &self.uncles);
        write_all(bytes, &self.code_leaves);
        write_all(bytes, &self.code_uncles);
    }

    /// What the package says is checked by [`crate::replay::replay`].
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if reader.take()? != MAGIC {
            return Err(DecodeError::Magic);
        }
        match u32::read(reader)? {
            VERSION => {}
            version => return Err(DecodeError::Version(version)),
        }
        let statement = Statement::read(reader)?;
        let steps = u32::read(reader)?;
        let [leaves, uncles, code_leaves, code_uncles] = <[u32; 4]>::read(reader)?;
        Ok(Self {
            statement,
            steps,
            leaves: reader.list(leaves, LEAF_ENTRY_BYTES)?,
            uncles: reader.list(uncles, DIGEST_BYTES)?,
            code_leaves: reader.list(code_leaves, LEAF_ENTRY_BYTES)?,
            code_uncles: reader.list(code_uncles, DIGEST_BYTES)?,
        })
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

//! What the verifier of a whole run opens from the last root: exit code and output.
//!
//! Point 21 of the memory argument: no shard states them, so no prover chooses them.

use alloc::vec::Vec;

use thiserror::Error;

use crate::frontier::{Frontier, Kind, root};
use crate::hash::{Digest, Hasher};
use crate::layout::{LEAF_BYTES, LEAF_WORDS, OUTPUT_BASE, OUTPUT_MAX, REGISTER_LEAF};
use crate::memory::Memory;
use crate::run::Outcome;
use crate::tree::Tree;
use crate::wire::{DIGEST_BYTES, DecodeError, Reader, Wire, write_all};

/// Leaf of a0.
const EXIT_LEAF: u32 = REGISTER_LEAF + 10 / LEAF_WORDS as u32;
const EXIT_SLOT: usize = 10 % LEAF_WORDS;
/// First leaf of the output region, with the length word.
const OUTPUT_LEAF: u32 = (OUTPUT_BASE / LEAF_BYTES) as u32;

/// The leaves of the output and of a0 with the siblings of their paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Words of the output's leaves, the length word first.
    pub output: Vec<[u64; LEAF_WORDS]>,
    /// Registers x8 to x15.
    pub registers: [u64; LEAF_WORDS],
    /// Siblings, by level from the leaves, then index.
    pub uncles: Vec<Digest>,
}

/// Why an opening is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpeningError {
    /// The length word is over the limit.
    #[error("the output's length {0} is over the limit")]
    TooLong(u64),
    /// The number of leaves or siblings does not fit the output's length.
    #[error("the opening has the wrong shape")]
    Shape,
    /// The leaves do not fold to the root.
    #[error("the opening does not match the root")]
    Root,
}

impl Opening {
    /// Opens the memory and the registers of a halted machine. `None` if the output is too long.
    pub fn new(tree: &Tree, memory: &Memory, registers: &[u64; 64]) -> Option<Self> {
        let len = memory.read((OUTPUT_BASE / 8) as u32);
        let output: Vec<_> = (OUTPUT_LEAF..).take(leaves(len)?).map(|index| memory.leaf(index)).collect();
        let first = EXIT_LEAF - REGISTER_LEAF;
        Some(Self {
            uncles: tree.uncles(&frontier(output.len())),
            registers: core::array::from_fn(|i| registers[first as usize * LEAF_WORDS + i]),
            output,
        })
    }

    /// Checks the opening against the last root of a run and reads exit code and output.
    pub fn verify(&self, hasher: &Hasher, last_root: &Digest) -> Result<Outcome, OpeningError> {
        let len = self.output.first().ok_or(OpeningError::Shape)?[0];
        let count = leaves(len).ok_or(OpeningError::TooLong(len))?;
        if count != self.output.len() {
            return Err(OpeningError::Shape);
        }
        let digests = (self.output.iter()).chain([&self.registers]).map(|leaf| hasher.memory_leaf(leaf)).collect();
        let digests = frontier(count).fold(hasher, digests, &self.uncles).ok_or(OpeningError::Shape)?;
        if root(&digests) != Some(*last_root) {
            return Err(OpeningError::Root);
        }
        let words = self.output.iter().flatten().skip(1);
        let output = words.flat_map(|word| word.to_le_bytes());
        Ok(Outcome { exit_code: self.registers[EXIT_SLOT], output: output.take(len as usize).collect() })
    }
}

/// The number of the output's leaves and of siblings, then everything in the order of the fields.
impl Wire for Opening {
    fn write(&self, bytes: &mut Vec<u8>) {
        write_all(bytes, [&(self.output.len() as u32), &(self.uncles.len() as u32)]);
        write_all(bytes, &self.output);
        self.registers.write(bytes);
        write_all(bytes, &self.uncles);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let [output, uncles] = <[u32; 2]>::read(reader)?;
        Ok(Self {
            output: reader.list(output, LEAF_BYTES as usize)?,
            registers: Wire::read(reader)?,
            uncles: reader.list(uncles, DIGEST_BYTES)?,
        })
    }
}

/// Leaves of an output of `len` bytes with its length word; `None` if it is too long.
fn leaves(len: u64) -> Option<usize> {
    (len <= OUTPUT_MAX).then(|| (len + 8).div_ceil(LEAF_BYTES) as usize)
}

fn frontier(output: usize) -> Frontier {
    let leaves = (OUTPUT_LEAF..).take(output).chain([EXIT_LEAF]).collect();
    Frontier::new(Kind::Memory, leaves)
}

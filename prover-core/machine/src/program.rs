//! A program, its key, and the initial state that both sides compute.

use alloc::vec::Vec;

use thiserror::Error;

use crate::code::Code;
use crate::elf::{Elf, ElfError, Segment};
use crate::frontier::Kind;
use crate::hash::{Digest, Hasher, Tag};
use crate::layout::{INPUT_BASE, INPUT_MAX, LEAF_BYTES, MEMORY_DEPTH};
use crate::memory::Memory;
use crate::tree::{Tree, zero_digests};

/// Level of the subtrees of program space and input region: 2^30 bytes.
pub const REGION_LEVEL: u32 = 24;

/// What a verifier knows of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramKey {
    /// Root of the code tree.
    pub code_root: Digest,
    /// Digest of the subtree of `[0, 2^30)` of data space at start.
    pub data_digest: Digest,
    /// First pc.
    pub entry: u32,
}

/// The input is longer than [`INPUT_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the input has more than {INPUT_MAX} bytes")]
pub struct InputTooLong;

impl ProgramKey {
    /// Memory root at start, from the digest of the input region's subtree ([`input_digest`]).
    pub fn initial_root(&self, hasher: &Hasher, input: &Digest) -> Digest {
        let zero = zero_digests(hasher, Kind::Memory);
        (REGION_LEVEL..MEMORY_DEPTH).fold(self.data_digest, |left, level| {
            let right = match level {
                REGION_LEVEL => input,
                _ => &zero[level as usize],
            };
            hasher.node(Tag::MemoryNode, level + 1, &left, right)
        })
    }
}

/// A program ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    key: ProgramKey,
    code: Code,
    code_tree: Tree,
    segments: Vec<Segment>,
    /// Memory tree with the segments and no input.
    tree: Tree,
}

impl Program {
    /// Parses an ELF file and computes its key.
    pub fn from_elf(hasher: &Hasher, file: &[u8]) -> Result<Self, ElfError> {
        Ok(Self::new(hasher, Elf::parse(file)?))
    }

    /// Computes the trees of a parsed file.
    pub fn new(hasher: &Hasher, elf: Elf) -> Self {
        let code = Code::new(elf.code_base, elf.code);
        let mut code_tree = Tree::new(hasher, Kind::Code);
        code_tree.update_code(hasher, &code.leaves());

        let mut memory = Memory::new();
        let mut leaves = Vec::new();
        for segment in &elf.segments {
            memory.write_bytes(segment.address.into(), &segment.bytes);
            leaves.extend(leaf_range(segment.address.into(), segment.bytes.len() as u64));
        }
        leaves.dedup();
        let mut tree = Tree::new(hasher, Kind::Memory);
        update_from(hasher, &mut tree, &memory, leaves);

        let key = ProgramKey {
            code_root: code_tree.root(),
            data_digest: tree.get(REGION_LEVEL as usize, 0),
            entry: elf.entry,
        };
        Self { key, code, code_tree, segments: elf.segments, tree }
    }

    /// The key.
    pub fn key(&self) -> &ProgramKey {
        &self.key
    }

    /// The decoded code.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// The code tree.
    pub fn code_tree(&self) -> &Tree {
        &self.code_tree
    }

    /// Data space at start.
    pub fn initial_memory(&self, input: &[u8]) -> Result<Memory, InputTooLong> {
        let mut memory = Memory::new();
        for segment in &self.segments {
            memory.write_bytes(segment.address.into(), &segment.bytes);
        }
        write_input(&mut memory, input)?;
        Ok(memory)
    }

    /// Memory tree at start.
    pub fn initial_tree(&self, hasher: &Hasher, input: &[u8]) -> Result<Tree, InputTooLong> {
        let mut tree = self.tree.clone();
        let mut memory = Memory::new();
        let leaves = write_input(&mut memory, input)?;
        update_from(hasher, &mut tree, &memory, leaves);
        Ok(tree)
    }
}

/// Digest of the input region's subtree at start: the verifier's half of [`ProgramKey::initial_root`].
pub fn input_digest(hasher: &Hasher, input: &[u8]) -> Result<Digest, InputTooLong> {
    let mut memory = Memory::new();
    let mut tree = Tree::new(hasher, Kind::Memory);
    let leaves = write_input(&mut memory, input)?;
    update_from(hasher, &mut tree, &memory, leaves);
    Ok(tree.get(REGION_LEVEL as usize, 1))
}

/// Writes the input region, length word first; returns its leaves.
fn write_input(memory: &mut Memory, input: &[u8]) -> Result<Vec<u32>, InputTooLong> {
    let len = input.len() as u64;
    if len > INPUT_MAX {
        return Err(InputTooLong);
    }
    if len != 0 {
        memory.write_bytes(INPUT_BASE, &len.to_le_bytes());
        memory.write_bytes(INPUT_BASE + 8, input);
    }
    Ok(leaf_range(INPUT_BASE, len + 8).collect())
}

/// Leaves of a byte range.
fn leaf_range(address: u64, len: u64) -> impl Iterator<Item = u32> {
    let end = (address + len).div_ceil(LEAF_BYTES) as u32;
    (address / LEAF_BYTES) as u32..if len == 0 { 0 } else { end }
}

/// Brings `leaves` of the tree up to date, in batches that keep the memory for it small.
fn update_from(hasher: &Hasher, tree: &mut Tree, memory: &Memory, leaves: Vec<u32>) {
    for batch in leaves.chunks(1 << 14) {
        let batch: Vec<_> = batch.iter().map(|&index| (index, memory.leaf(index))).collect();
        tree.update_memory(hasher, &batch);
    }
}

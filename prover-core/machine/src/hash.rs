//! The hash of the memory tree, the code tree and everything else that is not a shard proof's oracle.
//!
//! One permutation, Poseidon2 over KoalaBear at width 24, used in two ways:
//! * [`Hasher::compress`]: `C(tag, level; 18 felts) -> 9 felts`, one permutation of
//!   `[18 inputs | tag, level, 0, 0, 0, 0]`, truncated to its first 9 elements. Truncation is collision resistant
//!   **because six inputs are constants**: an inverse query meets them with probability 2^-186.
//! * [`Hasher::sponge`]: rate 15, capacity 9 with the initial value `(tag, length, 0, ...)`. Element 18 is 0 there and
//!   the tag, never 0, in `compress`, so that no first block of one is a first block of the other.
//!
//! 9 elements are 278.9 bits: generic collisions cost 2^139.5; the design claims 128.

use alloc::vec::Vec;

pub use hearth_packing::Felt;
use hearth_packing::choice::{Permutation as Poseidon2, permutation_24};
use p3_field::{Field, PackedValue, PrimeCharacteristicRing};
use p3_symmetric::Permutation;

use crate::layout::{LEAF_INSTRUCTIONS, LEAF_WORDS};

/// Elements of a digest.
pub const DIGEST: usize = 9;
/// A digest.
pub type Digest = [Felt; DIGEST];
/// Width of the permutation.
pub const WIDTH: usize = 24;
/// Message elements of [`Hasher::compress`]: two digests, or one packed leaf.
pub const BLOCK: usize = 18;
/// Elements that the sponge absorbs per permutation.
pub const RATE: usize = 15;

/// Domains. One table, so that no two uses of the permutation share a first block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Tag {
    /// Inner node of the memory tree; its level is 1 to 27.
    MemoryNode = 1,
    /// Leaf of the memory tree; level 0.
    MemoryLeaf,
    /// Inner node of the code tree; its level is 1 to 24.
    CodeNode,
    /// Leaf of the code tree; level 0.
    CodeLeaf,
    /// Inner node of a proof's oracle tree.
    OracleNode,
    /// Leaf of a proof's oracle tree.
    OracleLeaf,
    /// Fiat-Shamir transcript.
    Transcript,
    /// Program and circuit keys.
    Key,
    /// Statements.
    Statement,
}

/// The permutation with its round constants.
#[derive(Clone, Debug)]
pub struct Hasher {
    permutation: Poseidon2<WIDTH>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    /// The permutation with the library's constants.
    pub fn new() -> Self {
        Self { permutation: permutation_24() }
    }

    /// The full permutation: for chips and tests.
    pub fn permute(&self, state: &mut [Felt; WIDTH]) {
        self.permutation.permute_mut(state);
    }

    /// The full permutation of many states, as many at a time as the processor has lanes.
    pub fn permute_all(&self, states: &mut [[Felt; WIDTH]]) {
        type Packed = <Felt as Field>::Packing;
        let mut chunks = states.chunks_exact_mut(Packed::WIDTH);
        for chunk in &mut chunks {
            let mut packed: [Packed; WIDTH] = core::array::from_fn(|i| Packed::from_fn(|lane| chunk[lane][i]));
            self.permutation.permute_mut(&mut packed);
            for (lane, state) in chunk.iter_mut().enumerate() {
                for (element, packed) in state.iter_mut().zip(&packed) {
                    *element = packed.as_slice()[lane];
                }
            }
        }
        chunks.into_remainder().iter_mut().for_each(|state| self.permute(state));
    }

    /// `C(tag, level; block)`.
    pub fn compress(&self, tag: Tag, level: u32, block: &[Felt; BLOCK]) -> Digest {
        let mut state = [Felt::ZERO; WIDTH];
        state[..BLOCK].copy_from_slice(block);
        state[BLOCK] = Felt::from_u8(tag as u8);
        state[BLOCK + 1] = Felt::from_u32(level);
        self.permute(&mut state);
        core::array::from_fn(|i| state[i])
    }

    /// [`Hasher::compress`] of many blocks under one tag and level, as many at a time as the processor has lanes.
    pub fn compress_all(&self, tag: Tag, level: u32, blocks: &[[Felt; BLOCK]]) -> Vec<Digest> {
        type Packed = <Felt as Field>::Packing;
        let tag_lanes = Packed::from(Felt::from_u8(tag as u8));
        let level_lanes = Packed::from(Felt::from_u32(level));
        let mut digests = Vec::with_capacity(blocks.len());
        let chunks = blocks.chunks_exact(Packed::WIDTH);
        let rest = chunks.remainder();
        for chunk in chunks {
            let mut state = [Packed::ZERO; WIDTH];
            for (i, element) in state[..BLOCK].iter_mut().enumerate() {
                *element = Packed::from_fn(|lane| chunk[lane][i]);
            }
            state[BLOCK] = tag_lanes;
            state[BLOCK + 1] = level_lanes;
            self.permutation.permute_mut(&mut state);
            digests.extend(
                (0..Packed::WIDTH).map(|lane| core::array::from_fn::<_, DIGEST, _>(|i| state[i].as_slice()[lane])),
            );
        }
        digests.extend(rest.iter().map(|block| self.compress(tag, level, block)));
        digests
    }

    /// Digest of an inner node from its children.
    pub fn node(&self, tag: Tag, level: u32, left: &Digest, right: &Digest) -> Digest {
        self.compress(tag, level, &children(left, right))
    }

    /// Digest of a memory leaf of 8 words.
    pub fn memory_leaf(&self, words: &[u64; LEAF_WORDS]) -> Digest {
        self.compress(Tag::MemoryLeaf, 0, &memory_block(words))
    }

    /// Digest of a code leaf of 16 instructions.
    pub fn code_leaf(&self, words: &[u32; LEAF_INSTRUCTIONS]) -> Digest {
        self.compress(Tag::CodeLeaf, 0, &code_block(words))
    }

    /// Digest of a message of fewer than 2^30 elements. The last block is filled up with zeros; the length in the
    /// initial value keeps messages of different length apart.
    pub fn sponge(&self, tag: Tag, message: &[Felt]) -> Digest {
        let mut state = [Felt::ZERO; WIDTH];
        state[RATE] = Felt::from_u8(tag as u8);
        state[RATE + 1] = Felt::from_usize(message.len());
        for block in message.chunks(RATE) {
            state[..RATE].fill(Felt::ZERO);
            state[..block.len()].copy_from_slice(block);
            self.permute(&mut state);
        }
        core::array::from_fn(|i| state[i])
    }
}

/// The block of an inner node.
pub fn children(left: &Digest, right: &Digest) -> [Felt; BLOCK] {
    core::array::from_fn(|i| if i < DIGEST { left[i] } else { right[i - DIGEST] })
}

/// The block of a memory leaf.
pub fn memory_block(words: &[u64; LEAF_WORDS]) -> [Felt; BLOCK] {
    pack(&core::array::from_fn(|i| (words[i / 4] >> (16 * (i % 4))) as u16))
}

/// The block of a code leaf.
pub fn code_block(words: &[u32; LEAF_INSTRUCTIONS]) -> [Felt; BLOCK] {
    pack(&core::array::from_fn(|i| (words[i / 2] >> (16 * (i % 2))) as u16))
}

/// Packs 32 limbs of 16 bits into 18 elements below 2^29, injectively.
///
/// Each half of 16 limbs gives 9 elements: the 9 low limbs, each with a piece above it. The other 7 limbs are split
/// into 13 low bits, one piece for each of the first seven elements, and 3 high bits: four of them make the piece of
/// the eighth element, three that of the ninth.
pub fn pack(limbs: &[u16; 32]) -> [Felt; BLOCK] {
    core::array::from_fn(|i| {
        let half = &limbs[16 * (i / 9)..][..16];
        let at = i % 9;
        let high =
            |from: usize, count: usize| (0..count).map(|k| u32::from(half[from + k] >> 13) << (3 * k)).sum::<u32>();
        let piece = match at {
            0..7 => u32::from(half[9 + at] & 0x1fff),
            7 => high(9, 4),
            _ => high(13, 3),
        };
        Felt::from_u32(u32::from(half[at]) | piece << 16)
    })
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeField32;

    use super::*;

    #[test]
    fn packing_is_injective_bit_by_bit() {
        // Each bit of the 512 lands on a bit of its own, so two different leaves have different packings.
        let mut seen = alloc::collections::BTreeSet::new();
        for bit in 0..512 {
            let mut limbs = [0u16; 32];
            limbs[bit / 16] = 1 << (bit % 16);
            let packed = pack(&limbs).map(|felt| felt.as_canonical_u32());
            let set: alloc::vec::Vec<_> = (0..BLOCK).filter(|&i| packed[i] != 0).collect();
            assert_eq!(set.len(), 1);
            assert!(packed[set[0]].is_power_of_two() && packed[set[0]] < 1 << 29);
            assert!(seen.insert((set[0], packed[set[0]])));
        }
    }

    #[test]
    fn first_blocks_of_all_domains_differ() {
        // Bug class 12: one hash for different meanings. The constant part of every first block is unique.
        let mut seen = alloc::collections::BTreeSet::new();
        for tag in 1..=Tag::Statement as u8 {
            assert!(seen.insert((0, tag)), "compress");
            assert!(seen.insert((tag, 0)), "sponge");
        }
    }

    #[test]
    fn many_at_once_are_the_same_as_one_at_a_time() {
        let hasher = Hasher::new();
        let blocks: Vec<[Felt; BLOCK]> =
            (0..37).map(|i| core::array::from_fn(|j| Felt::from_usize(100 * i + j))).collect();
        for len in [0, 1, 8, 16, 37] {
            let one: Vec<_> = blocks[..len].iter().map(|block| hasher.compress(Tag::MemoryNode, 5, block)).collect();
            assert_eq!(hasher.compress_all(Tag::MemoryNode, 5, &blocks[..len]), one);
        }
    }

    #[test]
    fn states_in_lanes_are_the_same_as_one_at_a_time() {
        let hasher = Hasher::new();
        for len in [0, 1, 8, 16, 37] {
            let mut states: Vec<[Felt; WIDTH]> =
                (0..len).map(|i| core::array::from_fn(|j| Felt::from_usize(100 * i + j))).collect();
            let mut one = states.clone();
            one.iter_mut().for_each(|state| hasher.permute(state));
            hasher.permute_all(&mut states);
            assert_eq!(states, one);
        }
    }

    #[test]
    fn level_and_tag_change_the_digest() {
        let hasher = Hasher::new();
        let a = hasher.memory_leaf(&[0; 8]);
        let b = hasher.code_leaf(&[0; 16]);
        assert_ne!(a, b);
        assert_ne!(hasher.node(Tag::MemoryNode, 1, &a, &a), hasher.node(Tag::MemoryNode, 2, &a, &a));
        assert_ne!(hasher.sponge(Tag::Key, &a), hasher.sponge(Tag::Key, &a[..8]));
    }
}

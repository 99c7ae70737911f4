//! Data space as words, in pages of 64 KiB that exist only where something was written.

use alloc::vec::Vec;

use crate::layout::{ADDRESS_END, LEAF_WORDS};
use crate::paged::Paged;

/// Words of a page: 64 KiB.
const PAGE_WORDS: usize = 1 << 13;

/// The 2^29 words of data space. All zero at first.
#[derive(Clone, Debug)]
pub struct Memory {
    words: Paged<u64, PAGE_WORDS>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    /// Zero everywhere.
    pub fn new() -> Self {
        Self { words: Paged::new((ADDRESS_END / 8) as usize, 0) }
    }

    /// The word at word address `word`.
    #[inline(always)]
    pub fn read(&self, word: u32) -> u64 {
        self.words.get(word as usize)
    }

    /// The word at `word < 2^29`, for writing.
    #[inline(always)]
    pub fn word_mut(&mut self, word: u32) -> &mut u64 {
        self.words.get_mut(word as usize)
    }

    /// The 8 words of a leaf of data space.
    pub fn leaf(&self, index: u32) -> [u64; LEAF_WORDS] {
        core::array::from_fn(|slot| self.read(index * LEAF_WORDS as u32 + slot as u32))
    }

    /// Writes `bytes` from byte address `address` on, all below 2^32.
    pub fn write_bytes(&mut self, address: u64, bytes: &[u8]) {
        let (head, rest) = bytes.split_at(bytes.len().min((8 - address % 8) as usize % 8));
        self.merge(address, head);
        let aligned = address + head.len() as u64;
        let mut chunks = rest.chunks_exact(8);
        for (at, chunk) in (&mut chunks).enumerate() {
            *self.word_mut((aligned / 8) as u32 + at as u32) = little_endian(chunk);
        }
        let tail = chunks.remainder();
        self.merge(aligned + (rest.len() - tail.len()) as u64, tail);
    }

    /// Overwrites fewer than 8 bytes that lie within one word.
    fn merge(&mut self, address: u64, bytes: &[u8]) {
        for (address, &byte) in (address..).zip(bytes) {
            let shift = address % 8 * 8;
            let word = self.word_mut((address / 8) as u32);
            *word = *word & !(0xff << shift) | u64::from(byte) << shift;
        }
    }

    /// `len` bytes from byte address `address` on, all below 2^32.
    pub fn read_bytes(&self, address: u64, len: usize) -> Vec<u8> {
        (address..address + len as u64)
            .map(|address| (self.read((address / 8) as u32) >> (address % 8 * 8)) as u8)
            .collect()
    }
}

/// Up to 8 bytes as a little-endian number.
pub(crate) fn little_endian(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_at_every_alignment() {
        for offset in 0..8 {
            for len in 0..20 {
                let mut memory = Memory::new();
                memory.write_bytes(0xfff8, &[0xee; 48]);
                let bytes: Vec<u8> = (0..len).collect();
                memory.write_bytes(0xfff8 + offset, &bytes);
                assert_eq!(memory.read_bytes(0xfff8 + offset, len as usize), bytes);
                assert_eq!(memory.read_bytes(0xfff8, offset as usize), [0xee; 8][..offset as usize]);
                assert_eq!(memory.read_bytes(0xfff8 + offset + u64::from(len), 1), [0xee]);
            }
        }
    }
}

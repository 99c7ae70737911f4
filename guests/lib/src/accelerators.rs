//! Calls that the machine computes itself, and proves in chips made for them.

use core::arch::asm;

mod sha256;

pub use sha256::{sha256, sha256_compress};

/// Number of the call that applies keccak-f.
const KECCAK_F: usize = 0x1000;

/// Bytes that Keccak-256 absorbs between two permutations.
const RATE: usize = 136;

/// Keccak-f\[1600\] (FIPS 202, section 3.3) on the state; lane (x, y) is `state[x + 5 * y]`.
pub fn keccak_f(state: &mut [u64; 25]) {
    // SAFETY: the machine reads and writes these 25 aligned words only.
    unsafe { asm!("ecall", in("a7") KECCAK_F, in("a0") state.as_mut_ptr(), options(nostack)) }
}

/// Keccak-256 as Ethereum uses it: padding 0x01 ... 0x80 (the Keccak submission, not FIPS 202).
pub fn keccak256(message: &[u8]) -> [u8; 32] {
    let (blocks, rest) = message.as_chunks::<RATE>();
    let mut state = [0u64; 25];
    if let Some((first, blocks)) = blocks.split_first() {
        // Into a state of zeros, so without reading it.
        for (lane, bytes) in state.iter_mut().zip(first.as_chunks::<8>().0) {
            *lane = u64::from_le_bytes(*bytes);
        }
        keccak_f(&mut state);
        for block in blocks {
            for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
                *lane ^= u64::from_le_bytes(*bytes);
            }
            keccak_f(&mut state);
        }
    }
    let (lanes, bytes) = rest.as_chunks::<8>();
    for (lane, word) in state.iter_mut().zip(lanes) {
        *lane ^= u64::from_le_bytes(*word);
    }
    // At most 16 lanes are full.
    state[lanes.len() % 25] ^= last_word(message, bytes) | 1 << (8 * bytes.len());
    state[RATE / 8 - 1] ^= 0x80 << 56;
    keccak_f(&mut state);
    let mut hash = [0u8; 32];
    for (bytes, lane) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    hash
}

/// The last bytes of a message, fewer than 8, as a word.
fn last_word(message: &[u8], bytes: &[u8]) -> u64 {
    match message.last_chunk() {
        // One load, and the bytes before them shifted out.
        Some(last) => u64::from_le_bytes(*last) >> 8 >> (8 * (7 - bytes.len() % 8)),
        None => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

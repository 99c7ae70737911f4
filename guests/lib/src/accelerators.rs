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
    let mut state = [0u64; 25];
    let (blocks, rest) = message.as_chunks::<RATE>();
    for block in blocks {
        absorb(&mut state, block);
    }
    let mut last = [0u8; RATE];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] ^= 0x01;
    last[RATE - 1] ^= 0x80;
    absorb(&mut state, &last);
    let mut hash = [0u8; 32];
    for (bytes, lane) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    hash
}

fn absorb(state: &mut [u64; 25], block: &[u8; RATE]) {
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    keccak_f(state);
}

/// The calls under the names of `include/zkvm.h`.
mod c {
    use core::slice;

    #[unsafe(no_mangle)]
    unsafe extern "C" fn zkvm_keccak_f(state: *mut [u64; 25]) {
        // SAFETY: the caller passes 25 aligned words.
        super::keccak_f(unsafe { &mut *state });
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn zkvm_keccak256(message: *const u8, n: usize, hash: *mut [u8; 32]) {
        let message = if n == 0 {
            &[]
        } else {
            // SAFETY: the caller passes n readable bytes.
            unsafe { slice::from_raw_parts(message, n) }
        };
        // SAFETY: the caller passes 32 bytes that may be written.
        unsafe { hash.write(super::keccak256(message)) }
    }
}

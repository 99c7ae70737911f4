//! Keccak by the machine's accelerator.

use core::arch::asm;

/// a7 of the accelerator call.
const KECCAK_F: usize = 0x1000;
/// Bytes that Keccak-256 absorbs per permutation.
const RATE: usize = 136;

/// Applies keccak-f\[1600\] to the state, lane (x, y) at `x + 5 y`.
pub fn keccak_f(state: &mut [u64; 25]) {
    // SAFETY: the call reads and writes the 200 bytes of the exclusively borrowed, 8-aligned state and nothing else.
    unsafe { asm!("ecall", in("a7") KECCAK_F, in("a0") state.as_mut_ptr(), options(nostack)) }
}

/// Keccak-256 as Ethereum uses it: padding 0x01 ... 0x80.
pub fn keccak256(message: &[u8]) -> [u8; 32] {
    let mut state = [0u64; 25];
    let (blocks, rest) = message.as_chunks::<RATE>();
    for block in blocks {
        absorb(&mut state, block);
    }
    let mut last = [0u8; RATE];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x01;
    last[RATE - 1] |= 0x80;
    absorb(&mut state, &last);
    let mut hash = [0u8; 32];
    for (bytes, lane) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    hash
}

fn absorb(state: &mut [u64; 25], block: &[u8; RATE]) {
    if block.as_ptr().addr().is_multiple_of(8) {
        // SAFETY: the pointer is aligned (just checked) and the block holds 17 words.
        let words = unsafe { &*block.as_ptr().cast::<[u64; RATE / 8]>() };
        for (lane, word) in state.iter_mut().zip(words) {
            *lane ^= word.to_le();
        }
    } else {
        for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane ^= u64::from_le_bytes(*bytes);
        }
    }
    keccak_f(state);
}

/// `zkvm_keccak256` of the accelerator interface: always 0, the status for success.
///
/// # Safety
///
/// `data` must be valid for `len` bytes (or `len` 0), `output` for 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkvm_keccak256(data: *const u8, len: usize, output: *mut [u8; 32]) -> i32 {
    let message = if len == 0 {
        &[][..]
    } else {
        // SAFETY: the caller's promise.
        unsafe { core::slice::from_raw_parts(data, len) }
    };
    // SAFETY: the caller's promise.
    unsafe { output.write(keccak256(message)) };
    0
}

//! SHA-256 (FIPS 180-4) by the machine's compression function.

use core::arch::asm;

/// Number of the call.
const COMPRESS: usize = 0x1003;

/// Bytes of a block.
const BLOCK: usize = 64;

/// Words of memory with the bytes of these 32-bit words, most significant byte first.
const fn words(big_endian: [u32; 8]) -> [u64; 4] {
    let mut words = [0; 4];
    let mut i = 0;
    while i < 8 {
        words[i / 2] |= (big_endian[i].swap_bytes() as u64) << (32 * (i % 2));
        i += 1;
    }
    words
}

/// The initial state (FIPS 180-4, section 5.3.3).
const START: [u64; 4] =
    words([0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19]);

/// The compression function (FIPS 180-4, section 6.2.2). State and block are words of memory whose bytes are as FIPS
/// 180-4 writes them: the state is a digest.
pub fn sha256_compress(state: &mut [u64; 4], block: &[u64; 8]) {
    // SAFETY: the machine reads these 8 aligned words, and reads and writes those 4 only.
    unsafe { asm!("ecall", in("a7") COMPRESS, in("a0") state.as_mut_ptr(), in("a1") block.as_ptr(), options(nostack)) }
}

/// SHA-256 of a message.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let mut state = START;
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    for block in blocks {
        sha256_compress(&mut state, &load(block));
    }
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    let mut last = load(&last);
    if rest.len() >= BLOCK - 8 {
        sha256_compress(&mut state, &last);
        last = [0; 8];
    }
    last[7] = (8 * message.len() as u64).swap_bytes();
    sha256_compress(&mut state, &last);
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = word.to_le_bytes();
    }
    hash
}

/// A block as words of memory.
fn load(block: &[u8; BLOCK]) -> [u64; 8] {
    let (bytes, _) = block.as_chunks::<8>();
    core::array::from_fn(|i| u64::from_le_bytes(bytes[i]))
}

//! Hashes without a chip.

use hearth_guest::c::{Status, bytes, read, write};
use revm::precompile::{Crypto, DefaultCrypto};

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_ripemd160(data: *const u8, len: usize, output: *mut [u8; 32]) -> Status {
    // SAFETY: the caller passes len readable bytes and 32 writable ones; the first are not used after the hash is there.
    unsafe { write(output, Some(DefaultCrypto.ripemd160(bytes(data, len)))) }
}

/// EIP-152.
#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_blake2f(
    rounds: u32,
    h: *mut [u8; 64],
    m: *const [u8; 128],
    t: *const [u8; 16],
    f: u8,
) -> Status {
    // SAFETY: the caller passes readable arrays.
    let (state, message, offset) = unsafe { (read(h), read(m), read(t)) };
    let result = (f <= 1).then(|| {
        let mut state: [u64; 8] = words(&state);
        DefaultCrypto.blake2_compress(rounds, &mut state, &words(&message), &words(&offset), f == 1);
        let mut bytes = [0; 64];
        for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(state) {
            *place = word.to_le_bytes();
        }
        bytes
    });
    // SAFETY: the state is writable too.
    unsafe { write(h, result) }
}

fn words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let (words, _) = bytes.as_chunks::<8>();
    core::array::from_fn(|i| u64::from_le_bytes(words[i]))
}

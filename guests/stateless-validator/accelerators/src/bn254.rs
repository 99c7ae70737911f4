//! EIP-196 and EIP-197.

use alloc::vec::Vec;
use hearth_curves::bn254;
use hearth_guest::c::{Status, bytes, read, write};

/// Bytes of a point of the first group, and of a pair.
const G1: usize = 64;
const PAIR: usize = 192;

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bn254_g1_add(p: *const [u8; G1], q: *const [u8; G1], result: *mut [u8; G1]) -> Status {
    // SAFETY: the caller passes readable arrays and a writable one.
    unsafe { write(result, bn254::add(&read(p), &read(q))) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bn254_g1_mul(p: *const [u8; G1], scalar: *const [u8; 32], result: *mut [u8; G1]) -> Status {
    // SAFETY: the caller passes readable arrays and a writable one.
    unsafe { write(result, bn254::mul(&read(p), &read(scalar))) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bn254_pairing(pairs: *const [u8; PAIR], len: usize, verified: *mut bool) -> Status {
    // SAFETY: the caller passes so many readable pairs; they are not used after the result is there.
    let pairs = unsafe { bytes(pairs.cast(), PAIR * len) };
    let pairs: Vec<(&[u8], &[u8])> = pairs.as_chunks::<PAIR>().0.iter().map(|pair| pair.split_at(G1)).collect();
    let result = bn254::pairing_check(&pairs);
    // SAFETY: the caller passes a writable place.
    unsafe { write(verified, result) }
}

//! The functions of `include/zkvm_accelerators.h` that need nothing but this library, and how all of them take pointers.
//!
//! Pointers may have any alignment, and a result may lie where an operand lies: operands are read before anything is
//! written. A null pointer is a panic, as the standard has it, but for ranges of no bytes.

extern crate alloc;

use crate::{accelerators, modular, secp256k1};
use core::slice;

/// `zkvm_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// `ZKVM_EOK`: the result is written.
    Ok = 0,
    /// `ZKVM_EFAIL`: the operands have no result, and nothing is written.
    Fail = -1,
}

/// `len` bytes from `start` on.
///
/// # Safety
/// They must be readable, and not be written while the slice lives.
pub unsafe fn bytes<'a>(start: *const u8, len: usize) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    assert!(!start.is_null());
    // SAFETY: the caller keeps the contract above, and bytes have no alignment.
    unsafe { slice::from_raw_parts(start, len) }
}

/// The value at `place`.
///
/// # Safety
/// It must be readable, and `T` an array of bytes, for which every content and alignment is right.
pub unsafe fn read<T: Copy>(place: *const T) -> T {
    const { assert!(align_of::<T>() == 1) };
    assert!(!place.is_null());
    // SAFETY: the caller keeps the contract above.
    unsafe { place.read() }
}

/// Writes the result, if there is one, and tells whether there is.
///
/// # Safety
/// `place` must be writable.
pub unsafe fn write<T: Copy>(place: *mut T, result: Option<T>) -> Status {
    const { assert!(align_of::<T>() == 1) };
    assert!(!place.is_null());
    let Some(result) = result else { return Status::Fail };
    // SAFETY: the caller keeps the contract above.
    unsafe { place.write(result) };
    Status::Ok
}

/// Keccak-f on 25 aligned words: not of the standard, but of `include/zkvm.h`.
#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_keccak_f(state: *mut [u64; 25]) {
    // SAFETY: the caller passes 25 aligned words.
    accelerators::keccak_f(unsafe { &mut *state });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_keccak256(data: *const u8, len: usize, output: *mut [u8; 32]) -> Status {
    // SAFETY: the caller passes len readable bytes and 32 writable ones; the first are not used after the hash is there.
    unsafe { write(output, Some(accelerators::keccak256(bytes(data, len)))) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_sha256(data: *const u8, len: usize, output: *mut [u8; 32]) -> Status {
    // SAFETY: the caller passes len readable bytes and 32 writable ones; the first are not used after the hash is there.
    unsafe { write(output, Some(accelerators::sha256(bytes(data, len)))) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_secp256k1_verify(
    hash: *const [u8; 32],
    signature: *const [u8; 64],
    key: *const [u8; 64],
    verified: *mut bool,
) -> Status {
    // SAFETY: the caller passes readable arrays and a writable place.
    unsafe { write(verified, Some(secp256k1::verify(&read(hash), &read(signature), &read(key)))) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_secp256k1_ecrecover(
    hash: *const [u8; 32],
    signature: *const [u8; 64],
    id: u8,
    key: *mut [u8; 64],
) -> Status {
    // SAFETY: the caller passes readable arrays and a writable one.
    unsafe { write(key, secp256k1::recover(&read(hash), &read(signature), id)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_modexp(
    base: *const u8,
    base_len: usize,
    exponent: *const u8,
    exponent_len: usize,
    modulus: *const u8,
    modulus_len: usize,
    output: *mut u8,
) -> Status {
    let mut result = alloc::vec![0; modulus_len];
    // SAFETY: the caller passes readable numbers of these lengths.
    let [base, exponent, modulus] =
        unsafe { [bytes(base, base_len), bytes(exponent, exponent_len), bytes(modulus, modulus_len)] };
    modular::modexp_any(base, exponent, modulus, &mut result);
    if modulus_len > 0 {
        assert!(!output.is_null());
        // SAFETY: the caller passes as many writable bytes as the modulus has; the result lies on the heap.
        unsafe { output.copy_from_nonoverlapping(result.as_ptr(), modulus_len) }
    }
    Status::Ok
}

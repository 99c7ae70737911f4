//! The functions of `guests/lib/include/zkvm_accelerators.h` that the guest library alone does not have: curves over the
//! machine's modular arithmetic, and what has no chip in software. The archive holds the guest library too.
#![no_std]

extern crate alloc;

mod bls12_381;
mod bn254;
mod hashes;

use hearth_curves::{kzg, p256};
use hearth_guest::c::{Status, read, write};

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_secp256r1_verify(
    hash: *const [u8; 32],
    signature: *const [u8; 64],
    key: *const [u8; 64],
    verified: *mut bool,
) -> Status {
    // SAFETY: the caller passes readable arrays and a writable place.
    unsafe { write(verified, Some(p256::verify(&read(hash), &read(signature), &read(key)))) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_kzg_point_eval(
    commitment: *const [u8; 48],
    z: *const [u8; 32],
    y: *const [u8; 32],
    proof: *const [u8; 48],
    verified: *mut bool,
) -> Status {
    // SAFETY: the caller passes readable arrays and a writable place.
    unsafe { write(verified, Some(kzg::verify(&read(commitment), &read(z), &read(y), &read(proof)))) }
}

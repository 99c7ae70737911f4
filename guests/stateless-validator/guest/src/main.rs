//! The stateless validator as a program of the Hearth machine: input in, 43 bytes out.
#![no_std]
#![no_main]

extern crate alloc;

#[cfg(feature = "accelerators")]
mod crypto;

#[cfg(feature = "accelerators")]
use hearth_guest::accelerators::keccak256;
#[cfg(not(feature = "accelerators"))]
use hearth_stateless::keccak::keccak256;

hearth_guest::entry!(main);

fn main() {
    #[cfg(feature = "accelerators")]
    {
        hearth_stateless::install_crypto(crypto::Accelerated);
        hearth_stateless::sender::install_key_check(hearth_guest::secp256k1::recovers_to);
    }
    let output = hearth_stateless::validate(hearth_guest::read_input());
    hearth_guest::write_output(&output.to_bytes());
}

/// What alloy-primitives calls for every Keccak-256, the EVM's included.
///
/// # Safety
/// `bytes` must be valid for reading `len` bytes and `hash` for writing 32.
#[unsafe(no_mangle)]
unsafe extern "C" fn native_keccak256(bytes: *const u8, len: usize, hash: *mut u8) {
    // SAFETY: the caller keeps the contract above, and both ranges have alignment 1.
    unsafe {
        let message = core::slice::from_raw_parts(bytes, len);
        hash.cast::<[u8; 32]>().write(keccak256(message));
    }
}

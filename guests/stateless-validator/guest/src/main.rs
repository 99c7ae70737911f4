//! The stateless validator as a program of the Hearth machine: input in, 43 bytes out.
#![no_std]
#![no_main]

#[cfg(feature = "accelerators")]
use hearth_guest::accelerators::keccak256;
#[cfg(not(feature = "accelerators"))]
use hearth_stateless::keccak::keccak256;

hearth_guest::entry!(main);

/// The EVM's cryptography with what the machine accelerates; the rest in software.
#[cfg(feature = "accelerators")]
#[derive(Debug)]
struct Accelerated;

#[cfg(feature = "accelerators")]
impl hearth_stateless::Crypto for Accelerated {
    fn secp256k1_ecrecover(
        &self,
        signature: &[u8; 64],
        id: u8,
        hash: &[u8; 32],
    ) -> Result<[u8; 32], hearth_stateless::PrecompileHalt> {
        let key = hearth_guest::secp256k1::recover(hash, signature, id)
            .ok_or(hearth_stateless::PrecompileHalt::Secp256k1RecoverFailed)?;
        let mut address = keccak256(&key);
        address[..12].fill(0);
        Ok(address)
    }

    fn sha256(&self, input: &[u8]) -> [u8; 32] {
        hearth_guest::accelerators::sha256(input)
    }
}

fn main() {
    #[cfg(feature = "accelerators")]
    {
        hearth_stateless::install_crypto(Accelerated);
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

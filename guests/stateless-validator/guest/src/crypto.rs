//! The EVM's cryptography with what the machine accelerates; the rest in software.

use alloc::vec::Vec;

use hearth_curves::{bn254, kzg, p256};
use hearth_guest::accelerators::{self, keccak256};
use hearth_guest::{modular, secp256k1};
use hearth_stateless::{Crypto, DefaultCrypto, PrecompileHalt};

/// The provider of the precompiles.
#[derive(Debug)]
pub struct Accelerated;

impl Crypto for Accelerated {
    fn secp256k1_ecrecover(&self, signature: &[u8; 64], id: u8, hash: &[u8; 32]) -> Result<[u8; 32], PrecompileHalt> {
        let key = secp256k1::recover(hash, signature, id).ok_or(PrecompileHalt::Secp256k1RecoverFailed)?;
        let mut address = keccak256(&key);
        address[..12].fill(0);
        Ok(address)
    }

    fn sha256(&self, input: &[u8]) -> [u8; 32] {
        accelerators::sha256(input)
    }

    fn modexp(&self, base: &[u8], exponent: &[u8], modulus: &[u8]) -> Result<Vec<u8>, PrecompileHalt> {
        let mut result = alloc::vec![0; modulus.len()];
        if modular::modexp(base, exponent, modulus, &mut result) {
            return Ok(result);
        }
        DefaultCrypto.modexp(base, exponent, modulus)
    }

    fn bn254_g1_add(&self, p: &[u8], q: &[u8]) -> Result<[u8; 64], PrecompileHalt> {
        bn254::add(p, q).ok_or(PrecompileHalt::Bn254AffineGFailedToCreate)
    }

    fn bn254_g1_mul(&self, point: &[u8], scalar: &[u8]) -> Result<[u8; 64], PrecompileHalt> {
        bn254::mul(point, scalar).ok_or(PrecompileHalt::Bn254AffineGFailedToCreate)
    }

    fn bn254_pairing_check(&self, pairs: &[(&[u8], &[u8])]) -> Result<bool, PrecompileHalt> {
        bn254::pairing_check(pairs).ok_or(PrecompileHalt::Bn254AffineGFailedToCreate)
    }

    fn secp256r1_verify_signature(&self, hash: &[u8; 32], signature: &[u8; 64], key: &[u8; 64]) -> bool {
        p256::verify(hash, signature, key)
    }

    fn verify_kzg_proof(
        &self,
        z: &[u8; 32],
        y: &[u8; 32],
        commitment: &[u8; 48],
        proof: &[u8; 48],
    ) -> Result<(), PrecompileHalt> {
        kzg::verify(commitment, z, y, proof).then_some(()).ok_or(PrecompileHalt::BlobVerifyKzgProofFailed)
    }
}

//! The EVM's curves over the machine's modular arithmetic: bn254, secp256r1 and the KZG point evaluation on
//! bls12-381.
//!
//! Towers, curves and pairings are those of the ark crates, which are generic over the prime field; the field is
//! [`field::Accelerated`]. Inputs and outputs are those of the EVM's precompiles.
#![cfg_attr(not(test), no_std)]
#![warn(missing_docs)]

#[cfg(not(test))]
extern crate alloc;
#[cfg(test)]
extern crate std as alloc;

pub mod bls12_381;
pub mod bn254;
pub mod field;
mod group;
pub mod kzg;
pub mod modular;
mod multiply;
pub mod p256;
mod tower;

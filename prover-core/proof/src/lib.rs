#![doc = include_str!("../README.md")]

#[cfg(feature = "prover")]
pub mod aggregate;
pub mod pins;
pub mod root;

pub use root::{RootError, RootProof};

//! Proofs of single shards of a run, and of chains of them.
//!
//! | module | what it holds |
//! |---|---|
//! | [`backend`] | the proof systems: they know chips, traces and public values, and nothing of RISC-V |
//! | [`keys`] | the pinned set of keys |
//! | `progress` | who hears how far a proof is; with the feature `prover` |
//! | `prover` | from a package to a proof of its statement; with the feature `prover` |
//! | [`verifier`] | verification of one shard against its statement |
//! | [`proof`] | the proof of one shard |
//! | [`chain`] | the proof of a whole run |
//! | `soundness` | the bits of our own protocol's proofs; with the feature `stark` |
//! | [`encoding`] | what the encodings of proofs share |

#![no_std]

extern crate alloc;

pub mod backend;
pub mod chain;
pub mod costs;
pub mod encoding;
pub mod keys;
#[cfg(feature = "prover")]
pub mod progress;
pub mod proof;
#[cfg(feature = "prover")]
pub mod prover;
pub mod soundness;
pub mod verifier;

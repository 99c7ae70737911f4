//! Proofs of single shards of a run.
//!
//! [`backend`] holds the proof systems: they know chips, traces and public values, and nothing of
//! RISC-V.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod backend;

//! Attacks on shards and chains that end at the verifier.
//!
//! A prover's panic is no rejection: each attack is proved by a prover with its own checks off and refused by the
//! honest verifier. The numbers of conditions are those of the memory argument (docs/soundness.md); bug classes are
//! named where a test stands for one.

mod audit;
mod buses;
mod calls;
mod chain;
mod chips;
mod executor;
mod outputs;
mod runs;
mod tables;
mod trees;
mod victim;

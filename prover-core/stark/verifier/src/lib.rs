//! The verifier of Hearth's shard protocol.
//!
//! One source, generic over a [`context::Context`]: numbers natively and in a tab, counted numbers, wires of a circuit.
//! The prover mirrors it step by step; the numbers of the steps are the same in both.
//!
//! 1. Seed with the key's digest, absorb the statement and the heights, commit to the stack of all columns.
//! 2. Grind; draw the fingerprint challenges of the messages.
//! 3. [`fractions`]: all messages balance, by GKR on a tree of fractions.
//! 4. [`zerocheck`]: grind; all constraints, and the leaves of the tree, by one sumcheck.
//! 5. The columns' values become one claim on the stack: [`opening::Weight`].
//! 6. WHIR proves it, in [`opening`].
#![no_std]
extern crate alloc;

pub mod chip;
pub mod context;
pub mod error;
pub mod evaluate;
pub mod field;
pub mod folder;
pub mod fractions;
pub mod key;
pub mod merkle;
pub mod native;
pub mod opening;
pub mod poly;
mod reads;
mod shape;
pub mod step;
pub mod sumcheck;
pub mod transcript;
pub mod verify;
pub mod zerocheck;

//! The machine that Hearth proves: RV64IM over a Merkle memory, cut into independent shards.
//!
//! `no_std`: the same code runs in the node, in a laptop's browser tab and in the tests.
//!
//! | module | what it holds |
//! |---|---|
//! | [`layout`] | the address map, final since the first version |
//! | [`isa`], [`decode`] | the operations, and decoding to them |
//! | [`hash`], [`frontier`], [`tree`] | the one hash function, openings and sparse trees of memory and code |
//! | [`elf`], [`program`], [`key`] | loading, keys and the initial state |
//! | [`exec`] | the interpreter, generic over its host |
//! | [`keccak`] | the permutation behind its accelerator call |
//! | [`secp256k1`] | the point operations behind theirs |
//! | [`sha256`] | the compression function behind its call |
//! | [`modular`] | the arithmetic behind the modular calls |
//! | [`run`], [`cut`] | the plain run, and the run that yields packages |
//! | [`rows`] | rows of every table, and what they cost |
//! | [`package`], [`replay`], [`trace`] | one shard: what a worker gets, its replay, and the rows for the chips |
//! | [`wire`] | the bytes of packages, openings and statements |
//! | [`opening`] | exit code and output, opened from the last root |

#![no_std]

extern crate alloc;

mod assemble;
mod budget;
pub mod code;
pub mod cut;
pub mod decode;
mod dense;
pub mod elf;
pub mod exec;
pub mod fault;
pub mod frontier;
pub mod hash;
pub mod isa;
pub mod keccak;
pub mod key;
pub mod layout;
pub mod memory;
pub mod modular;
pub mod opening;
pub mod package;
mod paged;
pub mod program;
pub mod replay;
pub mod rows;
pub mod run;
pub mod secp256k1;
mod section;
pub mod sha256;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;
mod track;
pub mod tree;
pub mod wire;

//! The machine that Hearth proves: RV64IM over a Merkle memory, cut into independent shards.
//!
//! `no_std`: the same code runs in the node, in a laptop's browser tab and in the tests.
//!
//! | module | what it holds |
//! |---|---|
//! | [`layout`] | the address map, final since the first version |
//! | [`isa`] | the operations that decoding yields, and decoding itself |
//! | [`hash`] | the one hash function of memory and code trees |
//! | [`trace`] | what the replay of a shard hands to the chips |

#![no_std]

extern crate alloc;

pub mod hash;
pub mod isa;
pub mod layout;
pub mod trace;

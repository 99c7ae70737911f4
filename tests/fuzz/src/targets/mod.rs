//! The targets.

pub mod block;
pub mod chain_proof;
pub mod elf;
pub mod key;
pub mod opening;
pub mod package;
pub mod parcel;
pub mod protocol;
pub mod shard_proof;

use crate::Target;

/// All targets.
pub const ALL: [&Target; 9] = [
    &block::TARGET,
    &chain_proof::TARGET,
    &elf::TARGET,
    &key::TARGET,
    &opening::TARGET,
    &package::TARGET,
    &parcel::TARGET,
    &protocol::TARGET,
    &shard_proof::TARGET,
];

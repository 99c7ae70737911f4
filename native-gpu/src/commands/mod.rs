//! One file per command.

pub mod aggregate;
pub mod bench;
pub mod block;
pub mod doctor;
pub mod execute;
pub mod new;
pub mod node;
pub mod profile;
pub mod prove;
pub mod report;
pub mod shard;
pub mod soundness;
pub mod verify;
pub mod version;
pub mod worker;

//! Blocks: from a file or a live node to the validator's input.

mod rpc;
mod source;

pub use rpc::HttpRpc;
pub use source::{Source, load_validator, load_validator_elf};

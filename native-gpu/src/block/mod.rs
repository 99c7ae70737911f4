//! Blocks: from a file to the validator's input, and the proof of a block with its binding.

mod proof;
mod source;

pub use proof::{BlockProof, BlockProofError};
pub use source::{Source, load_validator, load_validator_elf};

//! Ethereum blocks on the host: import into the stateless validator's input, and the binding that ties a proof's output to
//! a block.

pub mod binding;
mod block;
mod error;
mod file;
mod import;
mod network;
pub mod rpc;

pub use error::ImportError;
pub use file::{BlockFile, WitnessFile};
pub use import::{Imported, import, import_file};
pub use network::{Network, Rules};

pub use hearth_stateless::{BlockInfo, Fork, OUTPUT_SIZE, Output, Reason, validate, validate_verbose};

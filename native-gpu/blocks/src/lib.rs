//! Ethereum blocks on the host: import into the stateless validator's input, and the binding that ties a proof's output to
//! a block.

mod block;
mod error;
mod file;
mod import;
pub mod rpc;

pub use error::ImportError;
pub use file::{BlockFile, WitnessFile};
pub use hearth_binding::{BlockProof, BlockProofError, Chains, Network, Rules, binding};
pub use import::{Imported, import, import_file};

pub use hearth_stateless::{BlockInfo, Fork, OUTPUT_SIZE, Output, Reason, validate, validate_verbose};

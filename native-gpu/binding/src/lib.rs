//! What a proof says about an Ethereum block, for the node, the command line and the page.
//!
//! | module | what it holds |
//! |---|---|
//! | [`binding`] | the branches from a run's output to block hash, parent hash, number and timestamp |
//! | [`proof`] | the proof of a block: the proof of the validator's run, and its binding |
//! | `network` | chain ids and fork schedules of public networks |

pub mod binding;
mod network;
pub mod proof;

pub use binding::{Binding, BindingError, BoundBlock};
pub use network::{Network, Rules};
pub use proof::{BlockProof, BlockProofError, Chains};

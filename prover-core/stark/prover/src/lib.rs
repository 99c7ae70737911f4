//! The prover of Hearth's shard protocol. Its steps are those of [`hearth_stark_verifier`], number by number.

#[cfg(feature = "forge")]
pub mod cheat;
mod commit;
#[cfg(feature = "forge")]
pub mod forge;
mod fractions;
pub mod lanes;
mod leaves;
mod opening;
mod preprocessed;
mod prove;
pub mod stack;
mod writer;
mod zerocheck;

pub use preprocessed::{Preprocessed, SetupError};
pub use prove::{prove, prove_stack};
#[cfg(feature = "forge")]
pub use prove::{prove_forged, prove_stack_forged};
pub use stack::{Stack, TraceError};

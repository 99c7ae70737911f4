//! The prover of Hearth's shard protocol. Its steps are those of [`hearth_stark_verifier`], number by number, and what they
//! compute, they ask of a [`device::Device`].

#[cfg(feature = "forge")]
pub mod cheat;
mod cpu;
pub mod device;
#[cfg(feature = "forge")]
pub mod forge;
mod fractions;
pub mod lanes;
#[cfg(feature = "forge")]
mod liar;
mod opening;
mod preprocessed;
mod progress;
mod prove;
pub mod stack;
mod writer;
mod zerocheck;

pub use cpu::CpuDevice;
pub use preprocessed::{Preprocessed, SetupError};
pub use progress::{Progress, ProveError, Unwatched};
pub use prove::{prove, prove_on, prove_stack};
#[cfg(feature = "forge")]
pub use prove::{prove_forged, prove_stack_forged};
pub use stack::{Stack, TraceError};

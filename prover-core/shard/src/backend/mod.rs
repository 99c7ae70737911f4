//! Proof systems for a batch of chips that share buses.
//!
//! A backend proves that every chip's trace satisfies its constraints and that every bus balances,
//! for one list of public values. The chips are one Rust type (an enum), listed once in a key; the
//! heights of their traces may differ from proof to proof within the rules that the key fixes.

mod chips;
mod digest;
mod envelope;
mod error;
mod field;
#[cfg(feature = "forge")]
pub mod forge;
mod fri;
mod report;
mod whir;
mod whir_config;

pub use chips::{ChipSet, ChipSpec, HeightRule};
pub use digest::KeyDigest;
pub use error::{HeightError, ProveError, SetupError, VerifyError};
pub use field::{Challenge, Challenger, F, challenger};
pub use fri::{FriAir, FriKey};
pub use report::{SecurityReport, Term};
pub use whir::WhirKey;

/// Which proof system made a proof: the byte in its envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BackendId {
    /// p3-multi-stark: LogUp by fractional GKR, one sumcheck, WHIR.
    Whir = 1,
    /// p3-batch-stark: committed LogUp columns, FRI.
    Fri = 2,
}

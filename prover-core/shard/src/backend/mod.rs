//! Proof systems for a batch of chips that share buses.
//!
//! A backend proves that every chip's trace satisfies its constraints and that every bus balances,
//! for one list of public values. The chips are one Rust type (an enum), listed once in a key; the
//! heights of their traces may differ from proof to proof within the rules that the key fixes.

use core::fmt;

use hearth_soundness::{Claim, FriParams, SHARD_CLAIM, STARK_CLAIM, SizeClass};

mod chips;
mod digest;
mod envelope;
mod error;
mod field;
#[cfg(all(feature = "forge", feature = "whir", feature = "fri"))]
pub mod forge;
#[cfg(feature = "fri")]
mod fri;
#[cfg(feature = "p3")]
mod p3;
mod report;
mod stark;
#[cfg(feature = "whir")]
mod whir;
#[cfg(feature = "whir")]
mod whir_config;

pub use chips::{ChipSet, ChipSpec, HeightRule};
pub use digest::KeyDigest;
pub use error::{HeightError, ProveError, SetupError, VerifyError};
pub use field::{Challenge, Challenger, F, challenger};
#[cfg(feature = "fri")]
pub use fri::{FriAir, FriKey};
pub use report::{SecurityReport, Term};
pub use stark::StarkKey;
#[cfg(feature = "whir")]
pub use whir::WhirKey;

/// Which proof system made a proof: the byte in its envelope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum BackendId {
    /// p3-multi-stark: LogUp by fractional GKR, one sumcheck, WHIR.
    Whir = 1,
    /// p3-batch-stark: committed LogUp columns, FRI.
    Fri = 2,
    /// Our own protocol: LogUp by fractional GKR, one sumcheck, jagged stack, WHIR.
    #[default]
    Stark = 3,
}

impl BackendId {
    /// All backends.
    pub const ALL: [Self; 3] = [Self::Whir, Self::Fri, Self::Stark];

    /// The security of a verdict on proofs of this backend, as published.
    #[must_use]
    pub const fn claim(self) -> Claim {
        match self {
            Self::Stark => STARK_CLAIM,
            Self::Whir | Self::Fri => SHARD_CLAIM,
        }
    }

    /// What the envelope of a shard proof's bytes says. It may lie: only verification by the same backend tells.
    #[must_use]
    pub fn named_by(proof: &[u8]) -> Option<Self> {
        envelope::label(proof)
    }

    /// The greatest length of a proof of a class in bytes. A longer one is refused unread.
    #[must_use]
    pub const fn max_proof_bytes(self, class: SizeClass) -> usize {
        match self {
            Self::Whir | Self::Stark => class.max_proof_bytes(),
            Self::Fri => FriParams::max_proof_bytes(class),
        }
    }
}

impl fmt::Display for BackendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whir => "whir",
            Self::Fri => "fri",
            Self::Stark => "stark",
        })
    }
}

//! What a published number of bits means.

use core::fmt;

/// The proximity regime in which a code-based argument is analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Up to half of the minimum distance: everything proven, no list decoding.
    UniqueDecoding,
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UniqueDecoding => f.write_str("unique decoding"),
        }
    }
}

/// A security statement: whole bits, rounded down, and the regime in which they are proven.
///
/// It is the union over all error terms of one proof, hash collisions included, in the model where
/// the transcript's hash is a random oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Bits, rounded down.
    pub bits: u32,
    /// Regime of the proximity argument.
    pub regime: Regime,
}

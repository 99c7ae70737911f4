//! The field, the hash and the transcript of shard proofs.

use hearth_packing::choice::{Permutation as Poseidon2, permutation_16};
use p3_challenger::DuplexChallenger;
use p3_field::extension::QuinticTrinomialExtensionField;

/// The base field.
pub use hearth_packing::Felt as F;
/// The field of challenges.
pub type Challenge = QuinticTrinomialExtensionField<F>;
/// The permutation under every hash of a shard proof.
pub(super) type Permutation = Poseidon2<16>;
/// The transcript.
pub type Challenger = DuplexChallenger<F, Permutation, 16, 8>;

/// An empty transcript.
#[must_use]
pub fn challenger() -> Challenger {
    Challenger::new(permutation_16())
}

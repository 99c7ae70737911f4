//! Every security parameter of Hearth's proofs, in one place.
//!
//! Nothing here computes a proof: the crate holds constants and the names under which they are
//! reported, so that the prover, the verifier, the documentation and the security report read the
//! same numbers. The bits that follow from them are recomputed by a test of `hearth-shard`
//! (`security_report`) from the error terms of the proof system itself.
#![no_std]
extern crate alloc;

mod class;
mod fri;
mod regime;
pub mod report;
pub mod stark;
pub mod summary;
mod whir;

pub use class::{SizeClass, UnknownClass};
pub use fri::{FriParams, FriTable, FriTerm, union};
pub use regime::{Claim, Regime};
pub use whir::WhirParams;

/// Name of the base field: p = 2^31 - 2^24 + 1.
pub const FIELD: &str = "KoalaBear";

/// Name of the challenge field: `F[X] / (X^5 + X^2 - 1)` over [`FIELD`], 154.9 bits.
pub const EXTENSION: &str = "KoalaBear^5";

/// Name of the hash of Merkle trees and transcript in shard proofs.
pub const HASH: &str = "Poseidon2-16 (sponge rate 8, 2-to-1 truncated), 8-element digests";

/// Name of the hash of our own protocol.
pub const STARK_HASH: &str = "Poseidon2-24 (8 full, 23 partial rounds), 9-element digests, capacity 9";

/// Field elements in a digest of a shard proof's commitments.
pub const DIGEST_ELEMENTS: usize = 8;

/// Collision resistance of those digests in bits: half of `8 * log2(p)`, 8 * 30.98868... / 2.
///
/// This is the ceiling of every shard proof: no choice of the other parameters lifts the total above it.
pub const DIGEST_COLLISION_BITS: f64 = 123.954;

/// Log2 of the greatest height of any chip's trace: the FRI backend's evaluation domain (rate 1/2)
/// must fit in the 2^24-th roots of unity of the field.
pub const MAX_LOG_HEIGHT: u8 = 23;

/// Security of a chain of our own protocol's shard proofs, as published: the design's claim for the hash. The proofs
/// themselves have 142 bits each, 128 for 2^13 of them together (a test of `hearth-chips` computes them).
pub const STARK_CLAIM: Claim = Claim { bits: 128, regime: Regime::UniqueDecoding };

/// Security of one shard proof, as published. See [`Claim`].
///
/// One claim for both backends: each derives its bits from the heights of the proof at hand and refuses one with fewer.
pub const SHARD_CLAIM: Claim = Claim { bits: 123, regime: Regime::UniqueDecoding };

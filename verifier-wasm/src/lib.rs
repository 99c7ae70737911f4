//! Verifies Hearth proofs wherever WebAssembly runs.
//!
//! | module | what it holds |
//! |---|---|
//! | [`block`] | the verdict on a proof of an Ethereum block |
//! | [`run`] | the verdict on a proof of a whole run |
//! | [`shard`] | the verdict on the proof of one shard |
//! | `exports` | what JavaScript sees of both |
//!
//! A verdict is data: nothing here throws, and bytes of any kind give a verdict with a reason.

pub mod block;
mod exports;
pub mod run;
pub mod shard;

use hearth_machine::hash::Digest;
use hearth_shard::backend::BackendId;
use p3_field::PrimeField32;
use serde::{Serialize, Serializer};

/// What the caller can choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Options {
    /// Accept the small size classes that exist for tests.
    pub allow_test_params: bool,
    /// Accept blocks of chains that are no public network.
    pub any_chain: bool,
}

/// The security of an accepted proof, as published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Security {
    /// Bits per shard, rounded down.
    pub bits: u32,
    /// Regime of the proximity argument.
    pub regime: String,
}

impl Security {
    /// That of the weakest shard proof that a verifier admits.
    fn of_shards() -> Self {
        let claim = BackendId::default().claim();
        Self { bits: claim.bits, regime: claim.regime.to_string() }
    }
}

/// A verdict: what the proof says, or why it is refused. `ms` is the time that the verdict took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict<T> {
    /// Whether the proof is accepted.
    pub ok: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What an accepted proof says.
    #[serde(flatten)]
    pub said: Option<T>,
    /// Milliseconds.
    pub ms: f64,
}

impl<T> Verdict<T> {
    /// Runs `verify` between two readings of `clock`, which counts milliseconds.
    pub fn of(clock: impl Fn() -> f64, verify: impl FnOnce() -> Result<T, String>) -> Self {
        let start = clock();
        let result = verify();
        let ms = clock() - start;
        match result {
            Ok(said) => Self { ok: true, reason: None, said: Some(said), ms },
            Err(reason) => Self { ok: false, reason: Some(reason), said: None, ms },
        }
    }
}

/// A digest as hexadecimal digits: nine elements of four bytes, most significant byte first.
fn hex_digest(digest: &Digest) -> String {
    hex::encode(digest.map(|felt| felt.as_canonical_u32().to_be_bytes()).as_flattened())
}

/// As a `Uint8Array`, not as an array of numbers.
fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

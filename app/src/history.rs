//! Verdicts of this browser that outlive the page.

use serde::{Deserialize, Serialize};

use crate::storage;

/// Where they are kept.
const KEY: &str = "hearth-verdicts";
/// Most of them.
const MAX: usize = 200;

/// A block whose proof was accepted here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// Hash of the block.
    pub hash: String,
    /// Height.
    pub number: u64,
    /// Name of the network, or the chain id of another chain.
    pub chain: String,
    /// Digest of the validator that was pinned then.
    pub program: String,
    /// Bytes of the proof.
    pub bytes: u32,
    /// Milliseconds of the verification.
    pub ms: f64,
    /// When, in milliseconds since 1970.
    pub at: f64,
}

/// All of them, newest first.
pub fn load() -> Vec<Past> {
    storage::load(KEY).unwrap_or_default()
}

/// Puts one in front; an older one of the same block goes.
pub fn remember(list: &mut Vec<Past>, past: Past) {
    list.retain(|other| other.hash != past.hash);
    list.insert(0, past);
    list.truncate(MAX);
    storage::save(KEY, list);
}

/// Forgets all.
pub fn clear() {
    storage::remove(KEY);
}

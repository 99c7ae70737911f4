//! Verdicts of this browser that outlive the page.

use serde::{Deserialize, Serialize};
use web_sys::{Storage, window};

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

fn storage() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}

/// All of them, newest first.
pub fn load() -> Vec<Past> {
    let text = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).unwrap_or_default();
    // What another version wrote is not worth more than what can be verified again.
    serde_json::from_str(&text).unwrap_or_default()
}

/// Puts one in front; an older one of the same block goes.
pub fn remember(list: &mut Vec<Past>, past: Past) {
    list.retain(|other| other.hash != past.hash);
    list.insert(0, past);
    list.truncate(MAX);
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(list)) {
        // A full storage costs the history, not the verdict.
        let _ = storage.set_item(KEY, &text);
    }
}

/// Forgets all.
pub fn clear() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
}

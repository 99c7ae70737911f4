//! What a worker sends and gets.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::MAX_WORKER_NAME;

/// Body of `POST /v1/lease`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRequest {
    /// The name that the worker chose for itself; see [`is_worker_name`].
    pub worker: String,
    /// [`crate::PROTOCOL`].
    pub protocol: u32,
    /// Largest shard that it can prove, as log2 of its cells.
    pub log_cells_max: u8,
}

/// A shard to prove, until a deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Token of the lease; 32 hexadecimal digits.
    pub lease: String,
    /// Id of the run.
    pub run: String,
    /// Its name for people: which block it is, or which file it came from.
    #[serde(default)]
    pub name: String,
    /// Number of the shard in the run, from 0.
    pub shard: u32,
    /// Where the package is, relative to the node: `/v1/package/{SHA-256}`.
    pub package_url: String,
    /// Size class of the proof, as log2 of its cells.
    pub log_cells: u8,
    /// Milliseconds from now until others may get the shard too. A valid proof is welcome for as long again.
    pub deadline_ms: u64,
}

/// What became of a valid proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is the proof of the shard.
    Accepted,
    /// Another worker was first. The work counts as done.
    Late,
}

/// Answer 200 to `PUT /v1/proof/{lease}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What became of the proof.
    pub verdict: Verdict,
}

/// Why a request is refused: the body of 4xx answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason in words.
    pub reason: String,
}

/// Whether a worker may have this name: 1 to [`MAX_WORKER_NAME`] letters, digits, `-`, `_`, `.`.
pub fn is_worker_name(name: &str) -> bool {
    (1..=MAX_WORKER_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_short() {
        assert!(is_worker_name("laptop-7.local_2"));
        assert!(is_worker_name(&"x".repeat(MAX_WORKER_NAME)));
        for bad in ["", "a b", "a@b", "ä", "<b>", &"x".repeat(MAX_WORKER_NAME + 1)] {
            assert!(!is_worker_name(bad), "{bad}");
        }
    }
}

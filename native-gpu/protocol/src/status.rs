//! What a node says of itself. Times are milliseconds since the node started.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// Answer to `GET /v1/status`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// [`crate::PROTOCOL`].
    pub protocol: u32,
    /// Version of the node.
    pub version: String,
    /// When the node started, in milliseconds since 1970.
    pub started_unix_ms: u64,
    /// Now.
    pub now_ms: u64,
    /// Size class of the shards that it gives out, as log2 of their cells.
    pub log_cells: u8,
    /// Whether the node itself proves what nobody takes.
    pub local_prover: bool,
    /// Milliseconds from a block to its proof after which the proof is late.
    #[serde(default)]
    pub slot_ms: u64,
    /// Runs, oldest first. Those of earlier lives of the node, once finished, are in `/v1/blocks` only.
    pub runs: Vec<Run>,
    /// Everyone who asked for work, most recently seen first.
    pub workers: Vec<Worker>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Waits for the executor.
    Queued,
    /// Is being executed and cut, while its first shards are proved already.
    Executing,
    /// Is executed; shards are still to be proved.
    Proving,
    /// Proved, and the proof of the whole run verified.
    Done,
    /// Cannot be proved; `error` says why.
    Failed,
}

/// A run of a guest, for most guests one block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Name of the run: a digest of program, input and size class.
    pub id: String,
    /// Where it came from: the name of a file.
    pub name: String,
    /// Height of the block, if it is one.
    pub number: Option<u64>,
    /// Hash of the block, if it is one: `0x` and 64 hexadecimal digits.
    pub hash: Option<String>,
    /// Where it stands.
    pub state: RunState,
    /// Why it failed.
    pub error: Option<String>,
    /// What the node's owner can do about that.
    #[serde(default)]
    pub fix: Option<String>,
    /// When its execution started.
    pub start_ms: Option<u64>,
    /// When it was executed to the end.
    pub executed_ms: Option<u64>,
    /// When its last shard was proved.
    pub proved_ms: Option<u64>,
    /// When its proof was assembled and verified.
    pub done_ms: Option<u64>,
    /// Gas of the block, if it is one.
    #[serde(default)]
    pub gas: Option<u64>,
    /// What was expected once it was executed.
    #[serde(default)]
    pub prediction: Option<Prediction>,
    /// Shards so far.
    pub shards: Vec<Shard>,
}

/// What a node expects of a run once it is executed: all is measured but the future.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Committed cells of all shards.
    pub cells: u64,
    /// Most cells that everyone who is there now would prove in a slot.
    pub provable_cells: u64,
    /// Milliseconds from the start of the execution to the last shard proof; none while nobody is there to prove.
    pub proved_after_ms: Option<u64>,
}

impl Prediction {
    /// Whether the proof is expected within the slot.
    pub const fn in_time(&self) -> bool {
        self.cells <= self.provable_cells
    }
}

/// How long each phase of a proved run took, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phases {
    /// When the run began, in milliseconds since 1970: the block was received (T0).
    pub received_unix_ms: u64,
    /// Fetching, judging natively, executing and cutting.
    pub execute_ms: u64,
    /// From there to the last shard proof.
    pub prove_ms: u64,
    /// From there to the verified proof of the run, which is published then (T1).
    pub publish_ms: u64,
    /// What was expected after the execution for execution and proving.
    pub predicted_ms: Option<u64>,
    /// Committed cells.
    pub cells: u64,
}

impl Phases {
    /// From T0 to T1.
    pub const fn total_ms(&self) -> u64 {
        self.execute_ms + self.prove_ms + self.publish_ms
    }
}

/// Where a shard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShardState {
    /// Nobody works on it.
    Ready,
    /// Somebody does.
    Leased,
    /// Proved.
    Done,
}

/// A shard of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shard {
    /// Its number, from 0.
    pub index: u32,
    /// Where it stands.
    pub state: ShardState,
    /// Who proved it, or who works on it since `leased_ms`.
    pub worker: Option<String>,
    /// How many work on it.
    pub copies: u32,
    /// Instructions.
    pub steps: u32,
    /// Predicted cells.
    pub cells: u64,
    /// Bytes of its package.
    pub package_bytes: u32,
    /// Bytes of its proof.
    pub proof_bytes: Option<u32>,
    /// When it was cut.
    pub cut_ms: u64,
    /// When the work that counts began.
    pub leased_ms: Option<u64>,
    /// When its proof was accepted.
    pub done_ms: Option<u64>,
}

/// A worker as the node sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    /// Its name.
    pub name: String,
    /// Whether it is the node's own prover.
    pub local: bool,
    /// Shards that it proved first.
    pub accepted: u64,
    /// Valid proofs that came second.
    pub late: u64,
    /// Proofs that were refused.
    pub rejected: u64,
    /// Leases that it let pass.
    pub expired: u64,
    /// Shards that it works on.
    pub leases: u32,
    /// Measured milliseconds per 2^20 cells.
    pub ms_per_mcell: Option<f64>,
    /// When it was last heard of.
    pub seen_ms: u64,
    /// Until when it gets no work, if it sent a wrong proof.
    pub quarantined_until_ms: Option<u64>,
}

/// An element of the answer to `GET /v1/blocks`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Id of the run.
    pub id: String,
    /// Name of the run.
    pub name: String,
    /// Height, if it is a block.
    pub number: Option<u64>,
    /// Hash, if it is a block.
    pub hash: Option<String>,
    /// Where it stands.
    pub state: RunState,
    /// Why it failed.
    pub error: Option<String>,
    /// What the node's owner can do about that.
    #[serde(default)]
    pub fix: Option<String>,
    /// Shards so far; all of them once `state` is `proving`.
    pub shards_total: u32,
    /// Shards that are proved.
    pub shards_done: u32,
    /// Where the proof is, once done: `/v1/proof/{id}`.
    pub proof_url: Option<String>,
    /// Bytes of the proof.
    pub proof_bytes: Option<u64>,
    /// Where the program's key is: `/v1/key/{id}`.
    pub key_url: Option<String>,
    /// Seconds from the start of the execution to the verified proof.
    pub seconds: Option<f64>,
    /// Exit code of the run, once it is proved.
    pub exit_code: Option<u64>,
    /// Output of the run in hexadecimal, once it is proved.
    pub output: Option<String>,
    /// Gas of the block, if it is one.
    #[serde(default)]
    pub gas: Option<u64>,
    /// The phases, once it is proved.
    #[serde(default)]
    pub phases: Option<Phases>,
    /// Milliseconds after which its proof is late, if it is a block.
    #[serde(default)]
    pub slot_ms: Option<u64>,
}

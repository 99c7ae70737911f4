//! Which worker proves which shard.
//!
//! Pure: no I/O, no clock and no random numbers. The caller says what time it is, names the leases, and tells what came back,
//! so the same code runs in the node, in tests and in [`simulation`] with a thousand virtual workers.
//!
//! * **Order**: least slack first, the older run on ties; a run past its deadline yields to those that can still be in time.
//! * **Leases** end at a deadline that follows from measured speed. Then the shard is free again, yet a proof that comes within
//!   as much time once more still counts: work that was done is not thrown away.
//! * **Speed** is the moving average of accepted work. A lease that ended without proof is a measurement too: a lower bound.
//! * **Tail**: once nothing is ready, shards whose proof is expected last are given to a second (at most third) worker that is
//!   expected to be faster. Workers that should have been done by now may be gone, so their places are free: four hold a shard at most.
//!   The first valid proof wins; the others are late, never wrong.
//! * **Trust**: a worker holds one lease until its first proof was accepted. A wrong proof means quarantine and the loss of all its leases, a
//!   second one within a day means the end. Leases that pass without proof mean growing pauses.
//! * **Native backstop**: the node's own prover takes what is left lying for a while, or everything if no swarm is there.

pub mod capacity;
mod config;
mod scheduler;
mod shard;
pub mod simulation;
#[cfg(test)]
mod tests;
mod worker;

pub use config::Config;
pub use scheduler::{Gone, Grant, Held, LeaseId, Refused, Scheduler, Verdict};
pub use shard::{ShardId, ShardState, ShardView};
pub use worker::{Kind, WorkerView};

/// Milliseconds since any fixed moment.
pub type Millis = u64;

//! The numbers of the rules.

use crate::Millis;

/// Settings of a scheduler.
#[derive(Clone, Debug)]
pub struct Config {
    /// Shortest lease.
    pub min_lease: Millis,
    /// Longest lease.
    pub max_lease: Millis,
    /// Added to every lease for two transfers.
    pub transfer: Millis,
    /// Assumed milliseconds per 2^20 cells while nothing was measured.
    pub initial_speed: f64,
    /// Most leases that a worker holds once it is trusted: one that it proves, one that it fetches.
    pub depth: usize,
    /// Most swarm workers on one shard that are expected to be done yet. The native prover may be one more.
    pub swarm_copies: usize,
    /// Most workers of the swarm that hold a shard, with those that should have been done already.
    pub swarm_holders: usize,
    /// How long a ready shard is left to the swarm before the native prover takes it.
    pub native_patience: Millis,
    /// For so long from a run's start the native prover leaves to the swarm what the swarm can prove within that time.
    pub swarm_time: Millis,
    /// A swarm of which nobody asked for so long is not there.
    pub swarm_alive: Millis,
    /// Quarantine after a wrong proof.
    pub quarantine: Millis,
    /// A second wrong proof within this time ends a worker's career.
    pub revocation: Millis,
    /// Pause after the first lease that passed; doubles with each further one in a row.
    pub pause: Millis,
    /// Longest pause.
    pub max_pause: Millis,
    /// Most workers that are remembered.
    pub max_workers: usize,
}

impl Default for Config {
    /// For shards of 2^24 cells on laptops: from one second on a GPU to minutes in a tab without one.
    fn default() -> Self {
        Self {
            min_lease: 2_000,
            max_lease: 600_000,
            transfer: 1_000,
            initial_speed: 4_000.0,
            depth: 2,
            swarm_copies: 2,
            swarm_holders: 4,
            native_patience: 1_000,
            swarm_time: 0,
            swarm_alive: 10_000,
            quarantine: 600_000,
            revocation: 24 * 3_600_000,
            pause: 1_000,
            max_pause: 300_000,
            max_workers: 100_000,
        }
    }
}

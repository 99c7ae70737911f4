//! One shard as the scheduler sees it.

use std::collections::BTreeSet;

use crate::{Kind, LeaseId, Millis};

/// Name of a shard. Runs are numbered by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardId {
    /// The run.
    pub run: u64,
    /// The shard's place in it.
    pub index: u32,
}

/// Where a shard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShardState {
    /// Nobody works on it.
    Ready,
    /// So many work on it.
    Leased(usize),
    /// Proved.
    Done,
}

/// A shard for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardView {
    /// Where it stands.
    pub state: ShardState,
    /// Who works on it, or whose proof was first, and since when.
    pub worker: Option<(String, Millis)>,
}

/// A shard.
#[derive(Debug)]
pub(crate) struct Shard {
    pub cells: u64,
    /// Since when nobody works on it.
    pub ready_since: Millis,
    /// Leases before their deadline, or whose proof is being verified.
    pub live: Vec<Live>,
    /// Whose proof was first, and when that work began.
    pub done: Option<(String, Millis)>,
}

/// A lease, as far as who looks for a shard to copy must know it.
#[derive(Debug)]
pub(crate) struct Live {
    pub id: LeaseId,
    pub worker: String,
    pub kind: Kind,
    /// When its proof is expected; `None` while that is on the verifier's table.
    pub expected: Option<Millis>,
}

/// The shards of a run.
#[derive(Debug)]
pub(crate) struct Run {
    /// When its proof should be there.
    pub deadline: Option<Millis>,
    /// Until when the native prover leaves to the swarm what the swarm can do by then.
    pub swarm_until: Millis,
    /// Whether no more shards will come.
    pub closed: bool,
    /// Size class as log2 of cells.
    pub log_cells: u8,
    pub shards: Vec<Shard>,
    /// Shards on which nobody works.
    pub ready: BTreeSet<u32>,
    /// Shards on which somebody works.
    pub leased: BTreeSet<u32>,
    pub done: usize,
}

impl Run {
    pub fn new(log_cells: u8, deadline: Option<Millis>, swarm_until: Millis) -> Self {
        Self {
            deadline,
            swarm_until,
            closed: false,
            log_cells,
            shards: Vec::new(),
            ready: BTreeSet::new(),
            leased: BTreeSet::new(),
            done: 0,
        }
    }

    /// Puts a shard that is not done where its live leases say it belongs.
    pub fn settle(&mut self, index: u32, now: Millis) {
        let shard = &mut self.shards[index as usize];
        if shard.done.is_some() {
            self.ready.remove(&index);
            self.leased.remove(&index);
        } else if shard.live.is_empty() {
            self.leased.remove(&index);
            if self.ready.insert(index) {
                shard.ready_since = now;
            }
        } else {
            self.ready.remove(&index);
            self.leased.insert(index);
        }
    }

    /// Milliseconds between a finish at `finish` and the deadline; negative if too late.
    pub fn slack(&self, finish: Millis) -> i64 {
        self.deadline.map_or(i64::MAX, |deadline| deadline as i64 - finish as i64)
    }
}

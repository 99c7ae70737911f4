//! The figures of one run, and their table.

use std::collections::BTreeMap;

use hearth_protocol::{Run, ShardState, Status};
use serde::Serialize;

use super::check::Verdict;
use crate::report::{Bits, grouped};

/// Who proved how much.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// Whether it is the node's own prover.
    pub local: bool,
    /// Shards that it proved first.
    pub shards: usize,
    /// Their cells.
    pub cells: u64,
    /// Seconds from lease to proof, over all of them.
    pub seconds: f64,
}

/// A run in figures. Seconds count from the start of its execution.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    log_cells: u8,
    steps: u64,
    shards: usize,
    cells: u64,
    /// Part of the cells that others than the node's own prover proved.
    swarm_share: f64,
    workers: BTreeMap<String, Share>,
    executed_seconds: Option<f64>,
    proved_seconds: Option<f64>,
    done_seconds: Option<f64>,
    package_bytes: u64,
    shard_proof_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    #[serde(flatten)]
    bits: Bits,
}

impl Figures {
    /// Of a run of this status.
    pub fn new(status: &Status, run: &Run, verdict: Option<Verdict>) -> Self {
        let mut workers = BTreeMap::<String, Share>::new();
        for shard in run.shards.iter().filter(|shard| shard.state == ShardState::Done) {
            let Some(name) = &shard.worker else { continue };
            let share = workers.entry(name.clone()).or_default();
            share.local = status.workers.iter().any(|worker| worker.local && worker.name == *name);
            share.shards += 1;
            share.cells += shard.cells;
            let times = shard.done_ms.zip(shard.leased_ms);
            share.seconds += times.map_or(0.0, |(done, leased)| done.saturating_sub(leased) as f64 / 1e3);
        }
        let cells = run.shards.iter().map(|shard| shard.cells).sum();
        let swarm: u64 = workers.values().filter(|share| !share.local).map(|share| share.cells).sum();
        let after_start =
            |ms: Option<u64>| ms.zip(run.start_ms).map(|(ms, start)| ms.saturating_sub(start) as f64 / 1e3);
        Self {
            name: run.name.clone(),
            number: run.number,
            hash: run.hash.clone(),
            error: run.error.clone(),
            log_cells: status.log_cells,
            steps: run.shards.iter().map(|shard| u64::from(shard.steps)).sum(),
            shards: run.shards.len(),
            cells,
            swarm_share: if cells == 0 { 0.0 } else { swarm as f64 / cells as f64 },
            workers,
            executed_seconds: after_start(run.executed_ms),
            proved_seconds: after_start(run.proved_ms),
            done_seconds: after_start(run.done_ms),
            package_bytes: run.shards.iter().map(|shard| u64::from(shard.package_bytes)).sum(),
            shard_proof_bytes: run.shards.iter().filter_map(|shard| shard.proof_bytes).map(u64::from).sum(),
            verdict,
            bits: Bits::of_shards(),
        }
    }

    /// Lines for people.
    pub fn human(&self) -> String {
        let title = match (self.number, &self.hash) {
            (Some(number), Some(hash)) => format!("block {number} {hash}"),
            _ => self.name.clone(),
        };
        let mut lines = vec![
            String::new(),
            title,
            format!("{} instructions, {} shards of 2^{} cells", grouped(self.steps), self.shards, self.log_cells),
            String::new(),
            format!("{:<24}{:>8}{:>16}{:>9}{:>13}", "worker", "shards", "cells", "share", "s per shard"),
        ];
        for (name, share) in &self.workers {
            let percent = 100.0 * share.cells as f64 / self.cells.max(1) as f64;
            let each = share.seconds / share.shards.max(1) as f64;
            let cells = grouped(share.cells);
            lines.push(format!("{name:<24}{:>8}{cells:>16}{percent:>7.1} %{each:>13.1}", share.shards));
        }
        lines.push(format!("others than the node: {:.1} % of the cells", 100.0 * self.swarm_share));
        lines.push(String::new());
        lines.push(format!("{:<24}{:>8}", "phase", "seconds"));
        let mut from = 0.0;
        for (phase, end) in [
            ("execute and cut", self.executed_seconds),
            ("prove the rest", self.proved_seconds),
            ("assemble and verify", self.done_seconds),
        ] {
            let Some(end) = end else { continue };
            lines.push(format!("{phase:<24}{:>8.1}", end - from));
            from = end;
        }
        lines.push(format!("{:<24}{:>8.1}", "all", from));
        lines.push(String::new());
        let mut fact = |name: &str, value: String| lines.push(format!("{name:<24}{value}"));
        fact("packages out", format!("{} bytes", grouped(self.package_bytes)));
        fact("shard proofs in", format!("{} bytes", grouped(self.shard_proof_bytes)));
        if let Some(verdict) = &self.verdict {
            fact("proof", format!("{} bytes", grouped(verdict.proof_bytes as u64)));
            fact("security", self.bits.to_string());
            let word = if verdict.ok { "accepted" } else { "REFUSED" };
            fact("verdict", format!("{word} in {:.2} s: {}", verdict.seconds, verdict.says));
        }
        if let Some(error) = &self.error {
            fact("not proved", error.clone());
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_protocol::{RunState, Shard, Worker};

    fn shard(index: u32, worker: &str, cells: u64) -> Shard {
        Shard {
            index,
            state: ShardState::Done,
            worker: Some(worker.into()),
            copies: 0,
            steps: 10,
            cells,
            package_bytes: 5,
            proof_bytes: Some(7),
            cut_ms: 0,
            leased_ms: Some(1_000),
            done_ms: Some(3_000),
        }
    }

    fn worker(name: &str, local: bool) -> Worker {
        Worker {
            name: name.into(),
            local,
            accepted: 1,
            late: 0,
            rejected: 0,
            expired: 0,
            leases: 0,
            ms_per_mcell: None,
            seen_ms: 0,
            quarantined_until_ms: None,
        }
    }

    #[test]
    fn the_share_of_others_is_by_cells() {
        let run = Run {
            id: "r".into(),
            name: "r".into(),
            number: None,
            hash: None,
            state: RunState::Done,
            error: None,
            fix: None,
            start_ms: Some(500),
            executed_ms: Some(1_500),
            proved_ms: Some(3_500),
            done_ms: Some(4_000),
            gas: None,
            prediction: None,
            shards: vec![shard(0, "local", 30), shard(1, "tab", 10)],
        };
        let status = Status {
            protocol: 1,
            version: String::new(),
            started_unix_ms: 0,
            now_ms: 0,
            log_cells: 24,
            local_prover: true,
            slot_ms: 12_000,
            runs: vec![run.clone()],
            workers: vec![worker("local", true), worker("tab", false)],
        };
        let figures = Figures::new(&status, &run, None);
        assert_eq!((figures.swarm_share, figures.cells, figures.steps), (0.25, 40, 20));
        assert_eq!(figures.workers["tab"], Share { local: false, shards: 1, cells: 10, seconds: 2.0 });
        assert_eq!((figures.executed_seconds, figures.done_seconds), (Some(1.0), Some(3.5)));
        assert!(figures.human().contains("25.0 % of the cells"));
    }
}

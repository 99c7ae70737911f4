//! Counters, and the Prometheus text of them.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::node::state::Node;

/// A number that only grows.
#[derive(Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counters of a node.
#[derive(Default)]
pub struct Metrics {
    /// Leases granted to the swarm.
    pub leases: Counter,
    /// First valid proofs.
    pub accepted: Counter,
    /// Valid proofs that came second.
    pub late: Counter,
    /// Wrong proofs.
    pub rejected: Counter,
    /// Proofs of leases that were gone.
    pub gone: Counter,
    /// Bytes of packages sent.
    pub package_bytes: Counter,
    /// Bytes of proofs received.
    pub proof_bytes: Counter,
    /// Runs proved.
    pub runs: Counter,
    /// Channels that were opened.
    pub channels: Counter,
    /// Connections refused because there were too many.
    pub refused: Counter,
    verifications: Counter,
    verification_us: Counter,
}

impl Metrics {
    /// A verification took so long.
    pub fn verified(&self, time: Duration) {
        self.verifications.add(1);
        self.verification_us.add(time.as_micros() as u64);
    }
}

/// The answer to `GET /metrics`.
pub fn text(node: &Node) -> String {
    let metrics = &node.metrics;
    let (ready, leases, workers, waiting) = {
        let inner = node.lock();
        (inner.scheduler.ready(), inner.scheduler.leases(), inner.scheduler.workers().count(), inner.package_bytes)
    };
    let mut text = String::new();
    let mut put = |name: &str, kind: &str, help: &str, value: f64| {
        // Writing to a string never fails.
        let _ = write!(text, "# HELP hearth_{name} {help}\n# TYPE hearth_{name} {kind}\nhearth_{name} {value}\n");
    };
    for (name, help, counter) in [
        ("lease_issued_total", "Leases granted to workers.", &metrics.leases),
        ("proof_accepted_total", "First valid proofs of a shard.", &metrics.accepted),
        ("proof_late_total", "Valid proofs that came second.", &metrics.late),
        ("proof_rejected_total", "Wrong proofs.", &metrics.rejected),
        ("proof_gone_total", "Proofs of leases that had ended.", &metrics.gone),
        ("package_out_bytes_total", "Bytes of packages sent.", &metrics.package_bytes),
        ("proof_in_bytes_total", "Bytes of proofs received.", &metrics.proof_bytes),
        ("run_proved_total", "Runs proved.", &metrics.runs),
        ("channel_opened_total", "Channels opened.", &metrics.channels),
        ("connection_refused_total", "Connections over the limit.", &metrics.refused),
        ("proof_verify_seconds_count", "Verifications.", &metrics.verifications),
    ] {
        put(name, "counter", help, counter.get() as f64);
    }
    put("proof_verify_seconds_sum", "counter", "Time of verifications.", metrics.verification_us.get() as f64 / 1e6);
    put("shard_queue_depth", "gauge", "Shards on which nobody works.", ready as f64);
    put("lease_open", "gauge", "Leases in circulation.", leases as f64);
    put("worker_known", "gauge", "Workers that asked for work.", workers as f64);
    put("package_waiting_bytes", "gauge", "Bytes of packages of unproved shards.", waiting as f64);
    text
}

//! What is known of a worker.

use crate::{Config, LeaseId, Millis};

/// Weight of the newest measurement of a speed.
const NEWEST: f64 = 0.3;

/// The kind of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anyone who asks: a tab, a worker on another machine.
    Swarm,
    /// The node's own prover.
    Native,
}

/// A worker for reports.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkerView {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// First valid proofs.
    pub accepted: u64,
    /// Valid proofs that came second.
    pub late: u64,
    /// Wrong proofs.
    pub rejected: u64,
    /// Leases that passed without proof.
    pub expired: u64,
    /// Leases that it holds.
    pub leases: usize,
    /// Milliseconds per 2^20 cells.
    pub speed: Option<f64>,
    /// When it was last heard of.
    pub seen: Millis,
    /// Until when it gets no work because of a wrong proof.
    pub quarantined_until: Option<Millis>,
}

#[derive(Debug)]
pub(crate) struct Worker {
    pub kind: Kind,
    pub seen: Millis,
    pub leases: Vec<LeaseId>,
    pub accepted: u64,
    pub late: u64,
    pub rejected: u64,
    pub expired: u64,
    /// Leases in a row that passed without proof.
    missed: u32,
    speed: Option<f64>,
    /// When it last returned something: its next shard began no earlier.
    last_return: Millis,
    last_rejection: Option<Millis>,
    quarantined_until: Option<Millis>,
    paused_until: Millis,
}

impl Worker {
    pub fn new(kind: Kind, now: Millis) -> Self {
        Self {
            kind,
            seen: now,
            leases: Vec::new(),
            accepted: 0,
            late: 0,
            rejected: 0,
            expired: 0,
            missed: 0,
            speed: None,
            last_return: 0,
            last_rejection: None,
            quarantined_until: None,
            paused_until: 0,
        }
    }

    /// End of the quarantine, if it is in one.
    pub fn quarantine(&self, now: Millis) -> Option<Millis> {
        self.quarantined_until.filter(|&until| until > now)
    }

    /// End of the pause, if it is in one.
    pub fn pause(&self, now: Millis) -> Option<Millis> {
        Some(self.paused_until).filter(|&until| until > now)
    }

    /// Most leases that it may hold.
    pub fn depth(&self, config: &Config) -> usize {
        if self.accepted + self.late == 0 || self.missed > 0 { 1 } else { config.depth }
    }

    /// Whether its speed was measured.
    pub const fn is_measured(&self) -> bool {
        self.speed.is_some()
    }

    /// Whether it is at work, or about to ask for some.
    pub fn is_present(&self, now: Millis, config: &Config) -> bool {
        let present = !self.leases.is_empty() || self.seen + config.swarm_alive > now;
        present && self.quarantine(now).is_none() && self.pause(now).is_none()
    }

    /// Milliseconds per 2^20 cells, `typical` while nothing was measured.
    pub fn speed_or(&self, typical: f64) -> f64 {
        self.speed.unwrap_or(typical)
    }

    /// Milliseconds that it will need for `cells`, if it works like `typical` while nothing was measured.
    pub fn predict(&self, cells: u64, typical: f64) -> Millis {
        (self.speed_or(typical) * cells as f64 / f64::from(1 << 20)).ceil() as Millis
    }

    /// A valid proof came back. Returns milliseconds per 2^20 cells.
    pub fn delivered(&mut self, cells: u64, issued: Millis, now: Millis) -> f64 {
        let elapsed = now.saturating_sub(issued.max(self.last_return)).max(1);
        let sample = per_mcell(elapsed, cells);
        self.speed = Some(self.speed.map_or(sample, |speed| speed + NEWEST * (sample - speed)));
        self.last_return = now;
        self.missed = 0;
        self.paused_until = 0;
        sample
    }

    /// A lease passed without proof: it is slower than `elapsed` for `cells`, or gone.
    pub fn missed(&mut self, cells: u64, elapsed: Millis, now: Millis, config: &Config) {
        self.expired += 1;
        let pause = config.pause.saturating_mul(1 << self.missed.min(20)).min(config.max_pause);
        self.missed += 1;
        self.paused_until = now + pause;
        let bound = per_mcell(elapsed, cells);
        self.speed = Some(self.speed.map_or(bound, |speed| speed.max(bound)));
    }

    /// A wrong proof came back.
    pub fn lied(&mut self, now: Millis, config: &Config) {
        self.rejected += 1;
        let again = self.last_rejection.is_some_and(|last| now - last < config.revocation);
        self.last_rejection = Some(now);
        self.quarantined_until = Some(if again { Millis::MAX } else { now + config.quarantine });
    }

    /// Whether it can be forgotten without giving anything away.
    pub fn is_forgettable(&self, now: Millis, config: &Config) -> bool {
        self.leases.is_empty() && self.rejected == 0 && self.seen + config.max_pause < now
    }

    pub fn view(&self, name: &str, now: Millis) -> WorkerView {
        WorkerView {
            name: name.to_owned(),
            kind: self.kind,
            accepted: self.accepted,
            late: self.late,
            rejected: self.rejected,
            expired: self.expired,
            leases: self.leases.len(),
            speed: self.speed,
            seen: self.seen,
            quarantined_until: self.quarantine(now),
        }
    }
}

fn per_mcell(elapsed: Millis, cells: u64) -> f64 {
    elapsed as f64 * f64::from(1 << 20) / cells.max(1) as f64
}

//! The rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::shard::{Live, Run, Shard};
use crate::worker::Worker;
use crate::{Config, Kind, Millis, ShardId, ShardState, ShardView, WorkerView};

/// Weight of the newest measurement in what a typical worker does.
const NEWEST_OF_ALL: f64 = 0.05;

/// Name of a lease. The caller chooses it; on a network it must be hard to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseId(pub u128);

/// A lease that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The shard.
    pub shard: ShardId,
    /// When others may get it too.
    pub deadline: Millis,
}

/// Why a worker gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is nothing to do.
    Nothing,
    /// It holds as many leases as it may, or let too many pass: ask again then.
    Busy(Millis),
    /// It sent a wrong proof: until then, or for ever at [`Millis::MAX`].
    Quarantined(Millis),
}

/// The lease never was, ended too long ago, or was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// What a valid proof was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The first one of its shard.
    First,
    /// Another one was first.
    Late,
}

/// A lease whose proof is being verified. Give it back to [`Scheduler::accept`], [`Scheduler::reject`] or
/// [`Scheduler::release`]; else its shard is blocked for ever.
#[derive(Debug)]
#[must_use]
pub struct Held {
    id: LeaseId,
    lease: Lease,
}

impl Held {
    /// The shard.
    pub const fn shard(&self) -> ShardId {
        self.lease.shard
    }

    /// Who holds the lease.
    pub fn worker(&self) -> &str {
        &self.lease.worker
    }
}

#[derive(Debug)]
struct Lease {
    shard: ShardId,
    worker: String,
    issued: Millis,
    /// When its proof is expected.
    expected: Millis,
    deadline: Millis,
}

/// All runs, workers and leases.
#[derive(Debug)]
pub struct Scheduler {
    config: Config,
    now: Millis,
    runs: BTreeMap<u64, Run>,
    workers: HashMap<String, Worker>,
    leases: HashMap<LeaseId, Lease>,
    /// Deadlines, and later the ends, of leases.
    timers: BTreeSet<(Millis, LeaseId)>,
    /// Milliseconds per 2^20 cells of a typical worker of the swarm.
    typical: f64,
    /// When the swarm last asked for work.
    swarm_seen: Option<Millis>,
}

impl Scheduler {
    /// Without runs and workers.
    pub fn new(config: Config) -> Self {
        Self {
            typical: config.initial_speed,
            config,
            now: 0,
            runs: BTreeMap::new(),
            workers: HashMap::new(),
            leases: HashMap::new(),
            timers: BTreeSet::new(),
            swarm_seen: None,
        }
    }

    /// Adds a run without shards. A known number is left as it is.
    pub fn add_run(&mut self, run: u64, log_cells: u8, deadline: Option<Millis>, now: Millis) {
        let swarm_until = self.advance(now) + self.config.swarm_time;
        self.runs.entry(run).or_insert_with(|| Run::new(log_cells, deadline, swarm_until));
    }

    /// Adds the next shard of a run. `None` if there is no such run.
    pub fn add_shard(&mut self, run: u64, cells: u64, now: Millis) -> Option<ShardId> {
        let now = self.advance(now);
        let shards = self.runs.get_mut(&run)?;
        let index = u32::try_from(shards.shards.len()).ok()?;
        shards.shards.push(Shard { cells, ready_since: now, live: Vec::new(), done: None });
        shards.settle(index, now);
        Some(ShardId { run, index })
    }

    /// No more shards will come.
    pub fn close_run(&mut self, run: u64) {
        if let Some(run) = self.runs.get_mut(&run) {
            run.closed = true;
        }
    }

    /// Forgets a run. Its leases are gone.
    pub fn remove_run(&mut self, run: u64) {
        self.runs.remove(&run);
        let leases: Vec<_> =
            self.leases.iter().filter(|(_, lease)| lease.shard.run == run).map(|(&id, _)| id).collect();
        for id in leases {
            self.drop_lease(id);
        }
    }

    /// A proof of the shard was found on disk.
    pub fn set_done(&mut self, shard: ShardId, worker: &str, now: Millis) {
        let now = self.advance(now);
        self.mark_done(shard, worker, now, now);
    }

    /// Whether no more shards will come and all are proved.
    pub fn is_complete(&self, run: u64) -> bool {
        self.runs.get(&run).is_some_and(|run| run.closed && run.done == run.shards.len())
    }

    /// Asks for work. `id` becomes the name of the lease.
    pub fn lease(
        &mut self,
        id: LeaseId,
        worker: &str,
        kind: Kind,
        log_cells_max: u8,
        now: Millis,
    ) -> Result<Grant, Refused> {
        let now = self.advance(now);
        self.admit(worker, kind, now)?;
        if kind == Kind::Swarm {
            self.swarm_seen = Some(now);
        }
        let shard = self
            .next_ready(worker, kind, log_cells_max, now)
            .or_else(|| self.next_copy(worker, kind, log_cells_max, now))
            .ok_or(Refused::Nothing)?;
        Ok(Grant { shard, deadline: self.issue(id, worker, shard, now) })
    }

    /// A proof came back: takes its lease out of circulation while the proof is verified.
    pub fn take(&mut self, id: LeaseId, now: Millis) -> Result<Held, Gone> {
        self.advance(now);
        let lease = self.leases.remove(&id).ok_or(Gone)?;
        self.timers.remove(&(lease.deadline, id));
        self.timers.remove(&(lease.end(), id));
        let run = self.runs.get_mut(&lease.shard.run);
        let shard = run.and_then(|run| run.shards.get_mut(lease.shard.index as usize));
        if let Some(live) = shard.and_then(|shard| shard.live.iter_mut().find(|live| live.id == id)) {
            live.expected = None;
        }
        if let Some(worker) = self.workers.get_mut(&lease.worker) {
            worker.seen = self.now;
            worker.leases.retain(|&other| other != id);
        }
        Ok(Held { id, lease })
    }

    /// The proof is valid.
    pub fn accept(&mut self, held: Held, now: Millis) -> Verdict {
        let now = self.advance(now);
        let Held { id, lease } = held;
        let Some(cells) = self.unlink(id, lease.shard) else { return Verdict::Late };
        let first = self.mark_done(lease.shard, &lease.worker, lease.issued, now);
        if let Some(worker) = self.workers.get_mut(&lease.worker) {
            let sample = worker.delivered(cells, lease.issued, now);
            // The native prover is faster than any tab, and no measure for one.
            if worker.kind == Kind::Swarm {
                self.typical += NEWEST_OF_ALL * (sample - self.typical);
            }
            match first {
                true => worker.accepted += 1,
                false => worker.late += 1,
            }
        }
        if first { Verdict::First } else { Verdict::Late }
    }

    /// The proof is wrong: quarantine, and all leases of the worker are gone.
    pub fn reject(&mut self, held: Held, now: Millis) {
        let worker = held.lease.worker.clone();
        self.release(held, now);
        let now = self.now;
        let Some(liar) = self.workers.get_mut(&worker) else { return };
        liar.lied(now, &self.config);
        for id in std::mem::take(&mut liar.leases) {
            self.drop_lease(id);
        }
    }

    /// The proof could not be judged: the shard is free again, and nobody is to blame.
    pub fn release(&mut self, held: Held, now: Millis) {
        self.advance(now);
        self.unlink(held.id, held.lease.shard);
    }

    /// Ends leases whose time is over. All other calls do this too.
    pub fn advance(&mut self, now: Millis) -> Millis {
        // A clock that steps back must not revive anything.
        self.now = self.now.max(now);
        while let Some(&(at, id)) = self.timers.first() {
            if at > self.now {
                break;
            }
            self.timers.pop_first();
            match self.leases.get(&id) {
                Some(lease) if at < lease.end() => {
                    self.timers.insert((lease.end(), id));
                    self.pass_deadline(id, at);
                }
                _ => self.drop_lease(id),
            }
        }
        self.now
    }

    /// A shard for reports.
    pub fn shard(&self, id: ShardId) -> Option<ShardView> {
        let shard = self.runs.get(&id.run)?.shards.get(id.index as usize)?;
        let holder = || {
            let lease = shard.live.iter().find_map(|live| self.leases.get(&live.id))?;
            Some((lease.worker.clone(), lease.issued))
        };
        Some(match &shard.done {
            Some(worker) => ShardView { state: ShardState::Done, worker: Some(worker.clone()) },
            None if shard.live.is_empty() => ShardView { state: ShardState::Ready, worker: None },
            None => ShardView { state: ShardState::Leased(shard.live.len()), worker: holder() },
        })
    }

    /// Shards of a run that are proved.
    pub fn done(&self, run: u64) -> usize {
        self.runs.get(&run).map_or(0, |run| run.done)
    }

    /// Workers for reports, in no order.
    pub fn workers(&self) -> impl Iterator<Item = WorkerView> {
        self.workers.iter().map(|(name, worker)| worker.view(name, self.now))
    }

    /// Cells that all who are there prove in a millisecond, by measured speed.
    pub fn cells_per_ms(&self, now: Millis) -> f64 {
        let present = self.workers.values().filter(|worker| worker.is_present(now, &self.config));
        present.map(|worker| f64::from(1 << 20) / worker.speed_or(self.typical).max(1e-3)).sum()
    }

    /// Cells of shards that are not proved, over all runs.
    pub fn open_cells(&self) -> u64 {
        let open = |run: &Run| {
            let shards = run.ready.iter().chain(&run.leased);
            shards.map(|&index| run.shards[index as usize].cells).sum::<u64>()
        };
        self.runs.values().map(open).sum()
    }

    /// Shards on which nobody works.
    pub fn ready(&self) -> usize {
        self.runs.values().map(|run| run.ready.len()).sum()
    }

    /// Leases in circulation.
    pub fn leases(&self) -> usize {
        self.leases.len()
    }

    /// Whether the worker may get a lease now.
    fn admit(&mut self, name: &str, kind: Kind, now: Millis) -> Result<(), Refused> {
        if !self.workers.contains_key(name) {
            if self.workers.len() >= self.config.max_workers {
                let config = &self.config;
                self.workers.retain(|_, worker| !worker.is_forgettable(now, config));
                if self.workers.len() >= self.config.max_workers {
                    return Err(Refused::Busy(now + self.config.pause));
                }
            }
            self.workers.insert(name.to_owned(), Worker::new(kind, now));
        }
        let Some(worker) = self.workers.get_mut(name) else { return Err(Refused::Nothing) };
        worker.seen = now;
        if let Some(until) = worker.quarantine(now) {
            return Err(Refused::Quarantined(until));
        }
        if let Some(until) = worker.pause(now) {
            return Err(Refused::Busy(until));
        }
        if worker.leases.len() >= worker.depth(&self.config) {
            return Err(Refused::Busy(now + self.config.pause));
        }
        Ok(())
    }

    /// The ready shard with the least slack for this worker.
    fn next_ready(&self, worker: &str, kind: Kind, log_cells_max: u8, now: Millis) -> Option<ShardId> {
        let patience = self.patience(kind, now);
        let candidates = self.runs.iter().filter(|(_, run)| run.log_cells <= log_cells_max).filter_map(|(&id, run)| {
            let mut ready = run.ready.iter();
            let &index = ready.find(|&&index| run.shards[index as usize].ready_since + patience <= now)?;
            if kind == Kind::Native && self.is_for_swarm(run, now) {
                return None;
            }
            let finish = now + self.predict(worker, run.shards[index as usize].cells);
            let slack = run.slack(finish);
            Some(((slack < 0, slack, id), ShardId { run: id, index }))
        });
        candidates.min_by_key(|(order, _)| *order).map(|(_, shard)| shard)
    }

    /// The leased shard with the least slack that this worker is expected to finish before its holders do.
    fn next_copy(&self, worker: &str, kind: Kind, log_cells_max: u8, now: Millis) -> Option<ShardId> {
        let mut best = None;
        let me = self.workers.get(worker);
        let predict = |cells| me.map_or(0, |me| me.predict(cells, self.typical));
        for (&id, run) in self.runs.iter().filter(|(_, run)| run.log_cells <= log_cells_max) {
            if kind == Kind::Native && now < run.swarm_until {
                continue;
            }
            for &index in &run.leased {
                let shard = &run.shards[index as usize];
                let Some(expected) = self.expected(shard, worker, kind, now) else { continue };
                let overdue = expected <= now;
                // While shards still come, a copy is only for those whose holders are late.
                if !overdue && (!run.closed || now + predict(shard.cells) >= expected) {
                    continue;
                }
                let slack = run.slack(expected);
                let order = (slack < 0, slack, id, std::cmp::Reverse(expected), index);
                if best.as_ref().is_none_or(|(least, _)| order < *least) {
                    best = Some((order, ShardId { run: id, index }));
                }
            }
        }
        best.map(|(_, shard)| shard)
    }

    /// When the holders of a shard are expected to be done; `None` if this worker cannot be one more. Holders that should have been done
    /// already may be gone: their places are free, as long as there are not too many of them; where all of them should, the answer is now.
    fn expected(&self, shard: &Shard, worker: &str, kind: Kind, now: Millis) -> Option<Millis> {
        let (mut swarm, mut overdue, mut native) = (0, 0, 0);
        let mut expected = Millis::MAX;
        for live in &shard.live {
            let until = live.expected?;
            if live.worker == worker {
                return None;
            }
            if until > now {
                expected = expected.min(until);
            }
            match live.kind {
                Kind::Swarm if until <= now => overdue += 1,
                Kind::Swarm => swarm += 1,
                Kind::Native => native += 1,
            }
        }
        let room = match kind {
            Kind::Swarm => swarm < self.config.swarm_copies && swarm + overdue < self.config.swarm_holders,
            Kind::Native => native == 0,
        };
        room.then_some(if expected == Millis::MAX { now } else { expected })
    }

    /// How long a shard must have been ready before a worker of this kind gets it.
    fn patience(&self, kind: Kind, now: Millis) -> Millis {
        // Who proves a long shard does not ask for another one meanwhile.
        let swarm = || {
            self.swarm_seen.is_some_and(|seen| seen + self.config.swarm_alive > now)
                || self.workers.values().any(|worker| worker.kind == Kind::Swarm && !worker.leases.is_empty())
        };
        if kind == Kind::Native && swarm() { self.config.native_patience } else { 0 }
    }

    /// Whether the swarm is expected to prove all ready shards of the run in the time that is left to it.
    fn is_for_swarm(&self, run: &Run, now: Millis) -> bool {
        if now >= run.swarm_until {
            return false;
        }
        let cells = run.ready.iter().map(|&index| run.shards[index as usize].cells).max().unwrap_or(0);
        let mut room = 0;
        for worker in
            self.workers.values().filter(|worker| worker.kind == Kind::Swarm && worker.is_present(now, &self.config))
        {
            let leases = worker.leases.iter().filter_map(|id| self.leases.get(id));
            let free = leases.map(|lease| lease.expected).fold(now, Millis::max);
            room += run.swarm_until.saturating_sub(free) / worker.predict(cells, self.typical).max(1);
        }
        room >= run.ready.len() as u64
    }

    fn predict(&self, worker: &str, cells: u64) -> Millis {
        self.workers.get(worker).map_or(0, |worker| worker.predict(cells, self.typical))
    }

    /// Writes a lease down; returns its deadline.
    fn issue(&mut self, id: LeaseId, worker: &str, shard: ShardId, now: Millis) -> Millis {
        let Some(run) = self.runs.get(&shard.run) else { return now };
        let cells = run.shards[shard.index as usize].cells;
        // Who holds another lease begins this one after it.
        let held = self.workers.get(worker).map_or(&[][..], |worker| &worker.leases);
        let begin = held.iter().filter_map(|id| self.leases.get(id)).map(|lease| lease.expected).fold(now, Millis::max);
        let predicted = begin - now + self.predict(worker, cells);
        let Config { min_lease, max_lease, transfer, .. } = self.config;
        // A first guess may be far off: a tab without a GPU needs ten times as long as the machine beside it.
        let measured = self.workers.get(worker).is_some_and(Worker::is_measured);
        let reserve = if measured { predicted / 2 } else { 2 * predicted };
        // The native prover ends with the node, so it is never given up on; others may copy its shard all the same.
        let native = self.workers.get(worker).is_some_and(|worker| worker.kind == Kind::Native);
        let time = if native { max_lease } else { (predicted + reserve + transfer).clamp(min_lease, max_lease) };
        let deadline = now + time;
        let lease = Lease { shard, worker: worker.to_owned(), issued: now, expected: now + predicted, deadline };
        let kind = if native { Kind::Native } else { Kind::Swarm };
        if let Some(run) = self.runs.get_mut(&shard.run) {
            let live = Live { id, worker: worker.to_owned(), kind, expected: Some(lease.expected) };
            run.shards[shard.index as usize].live.push(live);
            run.settle(shard.index, now);
        }
        self.timers.insert((deadline, id));
        self.leases.insert(id, lease);
        if let Some(worker) = self.workers.get_mut(worker) {
            worker.leases.push(id);
        }
        deadline
    }

    /// The deadline of a lease is over: its shard is free for others.
    fn pass_deadline(&mut self, id: LeaseId, at: Millis) {
        let Some(lease) = self.leases.get(&id) else { return };
        let (shard, issued, name) = (lease.shard, lease.issued, lease.worker.clone());
        let done = self.is_done(shard);
        let cells = self.unlink(id, shard);
        if let Some(worker) = self.workers.get_mut(&name) {
            worker.leases.retain(|&other| other != id);
            // Whose shard was proved by another was right to stop.
            if let Some(cells) = cells.filter(|_| !done) {
                worker.missed(cells, at - issued, at, &self.config);
            }
        }
    }

    /// Removes a lease from everywhere.
    fn drop_lease(&mut self, id: LeaseId) {
        let Some(lease) = self.leases.remove(&id) else { return };
        self.timers.remove(&(lease.deadline, id));
        self.timers.remove(&(lease.end(), id));
        if let Some(worker) = self.workers.get_mut(&lease.worker) {
            worker.leases.retain(|&other| other != id);
        }
        self.unlink(id, lease.shard);
    }

    /// Takes a lease off its shard; returns the shard's cells.
    fn unlink(&mut self, id: LeaseId, shard: ShardId) -> Option<u64> {
        let run = self.runs.get_mut(&shard.run)?;
        let entry = run.shards.get_mut(shard.index as usize)?;
        entry.live.retain(|live| live.id != id);
        let cells = entry.cells;
        run.settle(shard.index, self.now);
        Some(cells)
    }

    fn is_done(&self, shard: ShardId) -> bool {
        let run = self.runs.get(&shard.run);
        run.and_then(|run| run.shards.get(shard.index as usize)).is_none_or(|shard| shard.done.is_some())
    }

    /// Whether this was the first proof.
    fn mark_done(&mut self, shard: ShardId, worker: &str, since: Millis, now: Millis) -> bool {
        if self.is_done(shard) {
            return false;
        }
        let Some(run) = self.runs.get_mut(&shard.run) else { return false };
        run.shards[shard.index as usize].done = Some((worker.to_owned(), since));
        run.done += 1;
        run.settle(shard.index, now);
        true
    }
}

impl Lease {
    /// When a proof comes too late: as long after the deadline as the lease was.
    const fn end(&self) -> Millis {
        self.deadline + (self.deadline - self.issued) + 1
    }
}

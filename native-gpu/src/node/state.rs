//! What the threads of a node share.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use hearth_machine::hash::Digest;
use hearth_machine::opening::Opening;
use hearth_machine::program::Program;
use hearth_machine::trace::Statement;
use hearth_protocol::{Phases, Prediction, RunState};
use hearth_scheduler::{Config, Millis, Scheduler};
use hearth_shard::verifier::ShardVerifier;
use hearth_soundness::SizeClass;
use tokio::sync::{Notify, watch};

use crate::failure::Failure;
use crate::node::Options;
use crate::node::jobs::LoadedBlock;
use crate::node::metrics::Metrics;
use crate::node::store::{RunRecord, Store};
use crate::node::trouble::Trouble;

/// Bytes of packages that wait to be proved; the executor pauses above.
const PACKAGE_BUDGET: usize = 512 << 20;

/// Runs that are over and still shown shard by shard.
const MAX_OVER: usize = 64;

/// A node.
pub struct Node {
    /// Size class of all shards.
    pub class: SizeClass,
    /// Whether the node proves too.
    pub local_prover: bool,
    /// What outlives the process.
    pub store: Store,
    /// Judges all proofs.
    pub verifier: ShardVerifier,
    /// Counters.
    pub metrics: Metrics,
    /// From a block to its proof; later is late.
    pub slot: Duration,
    /// Whether a run that is not expected to be proved in a slot is given up.
    pub drop_late: bool,
    /// When the node started, in milliseconds since 1970.
    pub started_unix_ms: u64,
    start: Instant,
    json: bool,
    stopping: AtomicBool,
    inner: Mutex<Inner>,
    changed: Condvar,
    /// Counts what happens to runs.
    events: watch::Sender<u64>,
    /// One permit for a shard that became ready.
    ready: Notify,
}

/// What changes.
pub struct Inner {
    /// Who proves what.
    pub scheduler: Scheduler,
    /// The runs of this life, by number.
    pub runs: BTreeMap<u64, Run>,
    /// Proved runs of all lives.
    pub finished: Vec<RunRecord>,
    /// Packages of shards that are not proved yet, by SHA-256.
    pub packages: HashMap<String, Bytes>,
    /// Their bytes.
    pub package_bytes: usize,
    /// Whether no more runs will come.
    pub executor_done: bool,
}

/// A run.
pub struct Run {
    /// See [`hearth_protocol::Run`].
    pub id: String,
    /// Where it came from.
    pub name: String,
    /// Which block it is, if it is one.
    pub block: Option<LoadedBlock>,
    /// Where it stands.
    pub state: RunState,
    /// Why it failed.
    pub trouble: Option<Trouble>,
    /// The program.
    pub program: Arc<Program>,
    /// Digest of what it reads.
    pub input: Digest,
    /// How it ended, from the end of the execution until somebody takes it to assemble the proof.
    pub ending: Option<Opening>,
    /// Start of the execution.
    pub start_ms: Millis,
    /// Its end.
    pub executed_ms: Option<Millis>,
    /// Last shard proved.
    pub proved_ms: Option<Millis>,
    /// Proof assembled and verified.
    pub done_ms: Option<Millis>,
    /// What was expected once it was executed.
    pub prediction: Option<Prediction>,
    /// The shards.
    pub shards: Vec<ShardRecord>,
}

/// A shard of a run.
pub struct ShardRecord {
    /// What its proof must state.
    pub statement: Statement,
    /// SHA-256 of its package.
    pub package: String,
    /// Bytes of its package.
    pub package_bytes: usize,
    /// Predicted cells.
    pub cells: u64,
    /// Instructions.
    pub steps: u32,
    /// When it was cut.
    pub cut_ms: Millis,
    /// When its proof was accepted, and the proof's bytes.
    pub done: Option<(Millis, usize)>,
}

/// What a node did in its life.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    /// Runs that are proved.
    pub proved: usize,
    /// Runs that cannot be proved.
    pub failed: usize,
    /// Runs that were not finished.
    pub open: usize,
}

impl Node {
    /// A node without runs.
    pub fn new(options: &Options, store: Store) -> Result<Self, Failure> {
        let &Options { class, local_prover, json, swarm_time, slot, drop_late, .. } = options;
        let config = Config { swarm_time: swarm_time.as_millis() as Millis, ..Config::default() };
        let internal = |error: &dyn std::fmt::Display| Failure::Internal(error.to_string());
        let finished = store.runs().map_err(|error| internal(&error))?;
        Ok(Self {
            class,
            local_prover,
            store,
            verifier: ShardVerifier::new(class).map_err(|error| internal(&error))?,
            metrics: Metrics::default(),
            slot,
            drop_late,
            started_unix_ms: unix_ms(),
            start: Instant::now(),
            json,
            stopping: AtomicBool::new(false),
            inner: Mutex::new(Inner {
                scheduler: Scheduler::new(config),
                runs: BTreeMap::new(),
                finished,
                packages: HashMap::new(),
                package_bytes: 0,
                executor_done: false,
            }),
            changed: Condvar::new(),
            events: watch::Sender::new(0),
            ready: Notify::new(),
        })
    }

    /// Milliseconds since the start.
    pub fn now(&self) -> Millis {
        self.start.elapsed().as_millis() as Millis
    }

    /// The state. Nothing slow happens while it is held.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change is complete before anything can panic, and a node that went on is better than one that stands.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who [wait](Self::wait) that something changed.
    pub fn notify(&self) {
        self.changed.notify_all();
    }

    /// Waits for a change, at most for `time`.
    pub fn wait<'a>(&self, inner: MutexGuard<'a, Inner>, time: Duration) -> MutexGuard<'a, Inner> {
        self.changed.wait_timeout(inner, time).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Tells one of those who wait for a shard that there is one.
    pub fn announce_shard(&self) {
        self.ready.notify_one();
    }

    /// Waits for [such a notice](Self::announce_shard).
    pub async fn shard_is_ready(&self) {
        self.ready.notified().await;
    }

    /// Changes whenever a run begins, is executed, proved or given up.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.events.subscribe()
    }

    /// Whether the node is about to end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// No more leases, no more work.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.notify();
        self.events.send_modify(|count| *count += 1);
    }

    /// Ends overdue leases.
    pub fn tick(&self) {
        let now = self.now();
        self.lock().scheduler.advance(now);
    }

    /// Stops because of a bug, with all open runs failed.
    pub fn give_up(&self, trouble: &Trouble) {
        tracing::error!("{trouble}");
        let mut inner = self.lock();
        for run in inner.runs.values_mut().filter(|run| !run.is_over()) {
            run.state = RunState::Failed;
            run.trouble = Some(trouble.clone());
        }
        inner.executor_done = true;
    }

    /// Whether all runs are over.
    pub fn is_finished(&self) -> bool {
        let inner = self.lock();
        inner.executor_done && inner.runs.values().all(Run::is_over)
    }

    /// How many runs are where.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for run in self.lock().runs.values() {
            *match run.state {
                RunState::Done => &mut summary.proved,
                RunState::Failed => &mut summary.failed,
                _ => &mut summary.open,
            } += 1;
        }
        summary
    }

    /// Marks a run as one that cannot be proved.
    pub fn fail(&self, number: u64, trouble: Trouble) {
        let mut inner = self.lock();
        let Some(run) = inner.runs.get_mut(&number) else { return };
        run.state = RunState::Failed;
        let words = [("error", trouble.reason.clone().into()), ("fix", trouble.cause.fix().into())];
        run.trouble = Some(trouble);
        let (name, packages) = (run.name.clone(), run.open_packages());
        inner.scheduler.remove_run(number);
        inner.forget_packages(&packages);
        drop(inner);
        self.notify();
        self.say("failed", &name, &words);
    }

    /// Prints where the node is.
    pub fn say_listening(&self, address: SocketAddr) {
        self.say("listening", &format!("http://{address}"), &[]);
    }

    /// Prints an event, a line for people or one of JSON, and tells [those who watch](Self::changes).
    pub fn say(&self, event: &str, subject: &str, more: &[(&str, serde_json::Value)]) {
        use std::io::Write;
        self.events.send_modify(|count| *count += 1);
        let line = if self.json {
            let mut object = serde_json::Map::new();
            object.insert("event".into(), event.into());
            object.insert(if event == "listening" { "url" } else { "run" }.into(), subject.into());
            object.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            serde_json::Value::Object(object).to_string()
        } else {
            let more: Vec<String> = more.iter().map(|(name, value)| format!(", {name} {value}")).collect();
            format!("[{:7.1} s] {event} {subject}{}", self.now() as f64 / 1e3, more.concat())
        };
        // A closed pipe is no reason to stop proving.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}

impl Inner {
    /// Whether the executor should wait.
    pub const fn is_over_budget(&self) -> bool {
        self.package_bytes > PACKAGE_BUDGET
    }

    /// Runs that are not over.
    pub fn open_runs(&self) -> usize {
        self.runs.values().filter(|run| !run.is_over()).count()
    }

    /// Forgets the oldest of those that are over: their proofs are on disk.
    pub fn forget_old_runs(&mut self) {
        let over: Vec<u64> = self.runs.iter().filter(|(_, run)| run.is_over()).map(|(&number, _)| number).collect();
        for number in over.iter().rev().skip(MAX_OVER) {
            self.runs.remove(number);
            self.scheduler.remove_run(*number);
        }
    }

    /// Adds a package.
    pub fn add_package(&mut self, name: &str, bytes: Bytes) {
        let length = bytes.len();
        if self.packages.insert(name.to_owned(), bytes).is_none() {
            self.package_bytes += length;
        }
    }

    /// Forgets packages of shards that need no proof any more.
    pub fn forget_packages(&mut self, names: &[String]) {
        for name in names {
            if let Some(bytes) = self.packages.remove(name) {
                self.package_bytes -= bytes.len();
            }
        }
    }
}

impl Run {
    /// A run that has not begun.
    pub fn new(id: String, name: String, program: Arc<Program>) -> Self {
        Self {
            id,
            name,
            block: None,
            state: RunState::Executing,
            trouble: None,
            program,
            input: Digest::default(),
            ending: None,
            start_ms: 0,
            executed_ms: None,
            proved_ms: None,
            done_ms: None,
            prediction: None,
            shards: Vec::new(),
        }
    }

    /// Whether it is done or failed.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, RunState::Done | RunState::Failed)
    }

    /// How long each phase took, once the run is done.
    pub fn phases(&self, started_unix_ms: u64) -> Option<Phases> {
        let (executed, proved, done) = (self.executed_ms?, self.proved_ms?, self.done_ms?);
        // The last shard may be proved before the end of the execution is noted.
        let proved = proved.max(executed);
        Some(Phases {
            received_unix_ms: started_unix_ms + self.start_ms,
            execute_ms: executed.saturating_sub(self.start_ms),
            prove_ms: proved - executed,
            publish_ms: done.saturating_sub(proved),
            predicted_ms: self.prediction.and_then(|prediction| prediction.proved_after_ms),
            cells: self.shards.iter().map(|shard| shard.cells).sum(),
        })
    }

    /// Names of the packages of shards that are not proved.
    fn open_packages(&self) -> Vec<String> {
        self.shards.iter().filter(|shard| shard.done.is_none()).map(|shard| shard.package.clone()).collect()
    }
}

/// Milliseconds since 1970.
pub fn unix_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}

//! What the node says of itself.

use std::time::Duration;

use hearth_protocol::{Block, PROTOCOL, Run as RunStatus, Shard, ShardState, Status, Worker};
use hearth_scheduler::{Kind, Scheduler, ShardId, ShardState as Scheduled, WorkerView};

use crate::node::state::{Node, Run, ShardRecord};

/// Most workers in a status.
const MAX_WORKERS: usize = 1_000;
/// Most runs in a status: the newest.
const MAX_RUNS: usize = 64;

/// The answer to `GET /v1/status`.
pub fn status(node: &Node) -> Status {
    let now_ms = node.now();
    let inner = node.lock();
    let mut workers: Vec<Worker> = inner.scheduler.workers().map(worker).collect();
    workers.sort_by(|a, b| b.seen_ms.cmp(&a.seen_ms).then_with(|| a.name.cmp(&b.name)));
    workers.truncate(MAX_WORKERS);
    let skip = inner.runs.len().saturating_sub(MAX_RUNS);
    Status {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").into(),
        started_unix_ms: node.started_unix_ms,
        now_ms,
        log_cells: node.class.id(),
        local_prover: node.local_prover,
        slot_ms: node.slot.as_millis() as u64,
        runs: inner.runs.iter().skip(skip).map(|(&number, r)| run(number, r, &inner.scheduler)).collect(),
        workers,
    }
}

/// The answer to `GET /v1/blocks`: finished runs, oldest first, then those that are not.
pub fn blocks(node: &Node) -> Vec<Block> {
    let inner = node.lock();
    let finished = inner.finished.iter().map(|run| run.block.clone());
    let known = |id: &str| inner.finished.iter().any(|run| run.block.id == id);
    let open = inner.runs.values().filter(|run| !known(&run.id)).map(|run| block(run, node.slot));
    finished.chain(open).collect()
}

/// A run of which only the proof is missing, in a node with such slots.
pub fn block(run: &Run, slot: Duration) -> Block {
    Block {
        id: run.id.clone(),
        name: run.name.clone(),
        number: run.block.as_ref().map(|block| block.number),
        hash: run.block.as_ref().map(|block| block.hash.clone()),
        state: run.state,
        error: run.trouble.as_ref().map(|trouble| trouble.reason.clone()),
        fix: run.trouble.as_ref().map(|trouble| trouble.cause.fix().into()),
        shards_total: run.shards.len() as u32,
        shards_done: run.shards.iter().filter(|shard| shard.done.is_some()).count() as u32,
        proof_url: None,
        proof_bytes: None,
        key_url: Some(format!("/v1/key/{}", run.id)),
        seconds: None,
        exit_code: None,
        output: None,
        gas: run.block.as_ref().map(|block| block.gas),
        phases: None,
        slot_ms: run.block.as_ref().map(|_| slot.as_millis() as u64),
    }
}

fn run(number: u64, run: &Run, scheduler: &Scheduler) -> RunStatus {
    let shards = run.shards.iter().enumerate();
    RunStatus {
        id: run.id.clone(),
        name: run.name.clone(),
        number: run.block.as_ref().map(|block| block.number),
        hash: run.block.as_ref().map(|block| block.hash.clone()),
        state: run.state,
        error: run.trouble.as_ref().map(|trouble| trouble.reason.clone()),
        fix: run.trouble.as_ref().map(|trouble| trouble.cause.fix().into()),
        start_ms: Some(run.start_ms),
        executed_ms: run.executed_ms,
        proved_ms: run.proved_ms,
        done_ms: run.done_ms,
        gas: run.block.as_ref().map(|block| block.gas),
        prediction: run.prediction,
        shards: shards.map(|(index, record)| shard(number, index as u32, record, scheduler)).collect(),
    }
}

fn shard(run: u64, index: u32, record: &ShardRecord, scheduler: &Scheduler) -> Shard {
    let view = scheduler.shard(ShardId { run, index });
    let (state, copies) = match view.as_ref().map(|view| view.state) {
        _ if record.done.is_some() => (ShardState::Done, 0),
        Some(Scheduled::Leased(copies)) => (ShardState::Leased, copies as u32),
        Some(Scheduled::Done) => (ShardState::Done, 0),
        Some(Scheduled::Ready) | None => (ShardState::Ready, 0),
    };
    let worker = view.and_then(|view| view.worker);
    Shard {
        index,
        state,
        leased_ms: worker.as_ref().map(|(_, since)| *since),
        worker: worker.map(|(name, _)| display(&name)),
        copies,
        steps: record.steps,
        cells: record.cells,
        package_bytes: record.package_bytes as u32,
        proof_bytes: record.done.map(|(_, length)| length as u32),
        cut_ms: record.cut_ms,
        done_ms: record.done.map(|(at, _)| at),
    }
}

fn worker(view: WorkerView) -> Worker {
    Worker {
        name: display(&view.name),
        local: view.kind == Kind::Native,
        accepted: view.accepted,
        late: view.late,
        rejected: view.rejected,
        expired: view.expired,
        leases: view.leases as u32,
        ms_per_mcell: view.speed,
        seen_ms: view.seen,
        // JavaScript has no larger whole numbers.
        quarantined_until_ms: view.quarantined_until.map(|until| until.min((1 << 53) - 1)),
    }
}

/// A worker's name without its address.
fn display(name: &str) -> String {
    name.split('@').next().unwrap_or_default().to_owned()
}

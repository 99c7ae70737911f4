//! Executes and cuts one run after another. Each shard can be proved as soon as it is cut.

use std::sync::Arc;
use std::time::Duration;

use hearth_machine::cut::{Cutter, Shard};
use hearth_machine::hash::{Digest, Hasher};
use hearth_machine::program::{Program, input_digest};
use hearth_parcel::pack;
use hearth_protocol::{MAX_PACKAGE_BYTES, Prediction, RunState};
use hearth_scheduler::{Kind, ShardId};
use hearth_shard::backend::BackendId;
use hearth_shard::costs::{costs, limits};
use hearth_shard::proof::ShardProof;
use p3_field::PrimeField32;

use crate::node::finish;
use crate::node::jobs::{Job, Jobs};
use crate::node::state::{Node, Run, ShardRecord};
use crate::node::store::name_of;
use crate::node::trouble::{Cause, Trouble};
use crate::report::grouped;

/// Runs that are proved at the same time when an execution client is followed.
const MAX_OPEN: usize = 2;

/// How long a node waits for workers before it begins without them.
const AWAIT: Duration = Duration::from_secs(60);

/// Waits until so many workers asked for work.
pub fn await_workers(node: &Node, wanted: usize) {
    let end = node.now() + AWAIT.as_millis() as u64;
    let mut inner = node.lock();
    while !node.is_stopping() && node.now() < end {
        if inner.scheduler.workers().filter(|worker| worker.kind == Kind::Swarm).count() >= wanted {
            return;
        }
        inner = node.wait(inner, Duration::from_millis(100));
    }
    drop(inner);
    tracing::warn!("fewer than {wanted} workers came within {} s: it begins without them", AWAIT.as_secs());
}

/// Executes all jobs.
pub fn run(node: &Arc<Node>, mut jobs: Jobs) {
    let hasher = Hasher::new();
    for number in 0.. {
        wait_for_room(node, &jobs);
        let Some(job) = jobs.next(|| node.is_stopping()) else { break };
        if node.is_stopping() {
            return;
        }
        let name = job.name();
        match execute(node, &hasher, &jobs.program, number, job) {
            Ok(()) => finish::if_complete(node, number),
            Err(trouble) if node.lock().runs.contains_key(&number) => node.fail(number, trouble),
            Err(trouble) => {
                // It failed before it had an identity.
                let mut run = Run::new(String::new(), name, jobs.program.clone());
                run.start_ms = node.now();
                node.lock().runs.insert(number, run);
                node.fail(number, trouble);
            }
        }
    }
    node.lock().executor_done = true;
}

/// Executes one job.
fn execute(node: &Node, hasher: &Hasher, program: &Arc<Program>, number: u64, job: Job) -> Result<(), Trouble> {
    let start_ms = node.now();
    let name = job.name();
    let loaded = job.load()?;
    let input = input_digest(hasher, &loaded.input).map_err(Trouble::of(Cause::Input))?;
    let id = run_id(node, hasher, program, &input);
    let run =
        Run { block: loaded.block.clone(), input, start_ms, ..Run::new(id.clone(), name.clone(), program.clone()) };
    if node.lock().finished.iter().any(|finished| finished.block.id == id) {
        node.say("known", &name, &[("id", id.into())]);
        return Ok(());
    }
    {
        let mut inner = node.lock();
        inner.runs.insert(number, run);
        inner.scheduler.add_run(number, node.class.id(), None, start_ms);
    }
    node.say("executing", &name, &[("id", id.clone().into())]);

    let limits = limits(BackendId::default(), node.class);
    let mut cutter = Cutter::new(hasher, program, &loaded.input, limits).map_err(Trouble::of(Cause::Input))?;
    while let Some(shard) = cutter.next_shard().map_err(Trouble::of(Cause::Program))? {
        if node.is_stopping() {
            return Ok(());
        }
        add_shard(node, number, &id, shard)?;
        let mut inner = node.lock();
        while inner.is_over_budget() && !node.is_stopping() {
            inner = node.wait(inner, Duration::from_millis(200));
        }
    }
    let outcome = cutter.outcome().ok_or_else(|| Trouble::new(Cause::Bug, "the run has not ended"))?;
    let outcome = outcome.map_err(Trouble::of(Cause::Program))?;
    if outcome.exit_code != 0 {
        tracing::warn!("{name} ended with exit code {}", outcome.exit_code);
    }
    let opening = cutter.opening().ok_or_else(|| Trouble::new(Cause::Bug, "the run has no opening"))?;
    let mut inner = node.lock();
    let now = node.now();
    let ahead = inner.scheduler.open_cells();
    let speed = inner.scheduler.cells_per_ms(now);
    let Some(run) = inner.runs.get_mut(&number).filter(|run| !run.is_over()) else { return Ok(()) };
    let prediction = predict(run, ahead, speed, now, node.slot);
    run.prediction = Some(prediction);
    if node.drop_late && !prediction.in_time() {
        return Err(Trouble::new(Cause::TooLarge, not_provable(&prediction, node.slot)));
    }
    run.ending = Some(opening);
    run.executed_ms = Some(now);
    run.state = RunState::Proving;
    inner.scheduler.close_run(number);
    drop(inner);
    let expected = prediction.proved_after_ms.map(|ms| ms as f64 / 1e3);
    node.say("executed", &name, &[("steps", cutter.steps().into()), ("expected_seconds", expected.into())]);
    if !prediction.in_time() && loaded.block.is_some() {
        tracing::warn!("{name}: {}", not_provable(&prediction, node.slot));
    }
    Ok(())
}

/// A run that was followed waits until there is room for it: a slow node skips blocks, it does not pile them up.
fn wait_for_room(node: &Node, jobs: &Jobs) {
    let mut inner = node.lock();
    inner.forget_old_runs();
    while jobs.inputs.is_empty() && inner.open_runs() >= MAX_OPEN && !node.is_stopping() {
        inner = node.wait(inner, Duration::from_millis(200));
    }
}

/// What is to be expected of a run that is executed, while `ahead` cells of all runs are to be proved at `speed` cells a millisecond.
fn predict(run: &Run, ahead: u64, speed: f64, now: u64, slot: Duration) -> Prediction {
    let elapsed = now.saturating_sub(run.start_ms);
    let left = (slot.as_millis() as u64).saturating_sub(elapsed);
    let cells: u64 = run.shards.iter().map(|shard| shard.cells).sum();
    let done: u64 = run.shards.iter().filter(|shard| shard.done.is_some()).map(|shard| shard.cells).sum();
    Prediction {
        cells,
        provable_cells: done + (left as f64 * speed) as u64,
        proved_after_ms: (speed > 0.0).then(|| elapsed.saturating_add((ahead as f64 / speed) as u64)),
    }
}

/// The verdict on a run that is too large.
fn not_provable(prediction: &Prediction, slot: Duration) -> String {
    let expected = prediction
        .proved_after_ms
        .map_or("nobody is there yet".into(), |ms| format!("expected after {:.1} s", ms as f64 / 1e3));
    format!(
        "not provable in this slot: {} cells, and everyone who is there proves at most {} within {} s; {expected}",
        grouped(prediction.cells),
        grouped(prediction.provable_cells),
        slot.as_secs()
    )
}

/// Makes a shard known, or done if its proof is on disk.
fn add_shard(node: &Node, number: u64, id: &str, shard: Shard) -> Result<(), Trouble> {
    let bytes = pack(&shard.package).map_err(Trouble::of(Cause::Bug))?;
    if bytes.len() > MAX_PACKAGE_BYTES {
        let reason = format!("a shard's package has {} bytes; at most {MAX_PACKAGE_BYTES} travel", bytes.len());
        return Err(Trouble::new(Cause::Bug, reason));
    }
    let package = name_of(&bytes);
    let index = node.lock().runs.get(&number).map_or(0, |run| run.shards.len() as u32);
    let kept = kept_proof(node, id, index, &shard);
    let now = node.now();
    let cells = costs(BackendId::default(), node.class).cells(&shard.rows);
    let mut inner = node.lock();
    let Some(run) = inner.runs.get_mut(&number).filter(|run| !run.is_over()) else {
        return Err(Trouble::new(Cause::Bug, "the run failed"));
    };
    run.shards.push(ShardRecord {
        statement: shard.package.statement,
        package: package.clone(),
        package_bytes: bytes.len(),
        cells,
        steps: shard.package.steps,
        cut_ms: now,
        done: kept.as_ref().map(|(length, _)| (now, *length)),
    });
    inner.scheduler.add_shard(number, cells, now);
    match kept {
        Some((_, worker)) => inner.scheduler.set_done(ShardId { run: number, index }, &worker, now),
        None => inner.add_package(&package, bytes.into()),
    }
    drop(inner);
    node.notify();
    node.announce_shard();
    Ok(())
}

/// Length and author of a proof of this very shard on disk.
fn kept_proof(node: &Node, id: &str, index: u32, shard: &Shard) -> Option<(usize, String)> {
    let (bytes, worker) = match node.store.shard(id, index) {
        Ok(kept) => kept?,
        Err(error) => {
            tracing::warn!("shard {index} of {id} will be proved again: {error}");
            return None;
        }
    };
    let proof = ShardProof::from_bytes(&bytes).ok()?;
    let statement = &shard.package.statement;
    let valid = proof.statement == *statement
        && proof.class == node.class
        && node.verifier.verify(statement, proof.key as u8, &proof.bytes).is_ok();
    valid.then_some((bytes.len(), worker))
}

/// The name of a run: the same in every life of the node.
fn run_id(node: &Node, hasher: &Hasher, program: &Program, input: &Digest) -> String {
    let digests = [program.key().digest(hasher), *input];
    let mut bytes: Vec<u8> =
        digests.as_flattened().iter().flat_map(|felt| felt.as_canonical_u32().to_le_bytes()).collect();
    bytes.push(node.class.id());
    name_of(&bytes)[..32].to_owned()
}

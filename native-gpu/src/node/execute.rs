//! Executes and cuts one run after another. Each shard can be proved as soon as it is cut.

use std::sync::Arc;
use std::time::Duration;

use hearth_machine::cut::{Cutter, Shard};
use hearth_machine::hash::{Digest, Hasher};
use hearth_machine::program::{Program, input_digest};
use hearth_parcel::pack;
use hearth_protocol::{MAX_PACKAGE_BYTES, RunState};
use hearth_scheduler::ShardId;
use hearth_shard::backend::BackendId;
use hearth_shard::costs::{costs, limits};
use hearth_shard::proof::ShardProof;
use p3_field::PrimeField32;

use crate::node::finish;
use crate::node::jobs::{Job, Jobs};
use crate::node::state::{Node, Run, ShardRecord};
use crate::node::store::name_of;

/// Executes all jobs.
pub fn run(node: &Arc<Node>, jobs: Jobs) {
    let hasher = Hasher::new();
    for (number, job) in jobs.inputs.into_iter().enumerate() {
        if node.is_stopping() {
            return;
        }
        let (number, name) = (number as u64, job.name());
        match execute(node, &hasher, &jobs.program, number, job) {
            Ok(()) => finish::if_complete(node, number),
            Err(reason) if node.lock().runs.contains_key(&number) => node.fail(number, reason),
            Err(reason) => {
                // It failed before it had an identity.
                let mut run = Run::new(String::new(), name, jobs.program.clone());
                run.start_ms = node.now();
                node.lock().runs.insert(number, run);
                node.fail(number, reason);
            }
        }
    }
    node.lock().executor_done = true;
}

/// Executes one job. The error is for people.
fn execute(node: &Node, hasher: &Hasher, program: &Arc<Program>, number: u64, job: Job) -> Result<(), String> {
    let start_ms = node.now();
    let name = job.name();
    let loaded = job.load()?;
    let input = input_digest(hasher, &loaded.input).map_err(|error| error.to_string())?;
    let id = run_id(node, hasher, program, &input);
    let run = Run { block: loaded.block, input, start_ms, ..Run::new(id.clone(), name.clone(), program.clone()) };
    if node.lock().finished.iter().any(|finished| finished.block.id == id) {
        node.say("known", &name, &[("id", id.into())]);
        return Ok(());
    }
    {
        let mut inner = node.lock();
        inner.runs.insert(number, run);
        inner.scheduler.add_run(number, node.class.id(), None);
    }
    node.say("executing", &name, &[("id", id.clone().into())]);

    let limits = limits(BackendId::default(), node.class);
    let mut cutter = Cutter::new(hasher, program, &loaded.input, limits).map_err(|error| error.to_string())?;
    while let Some(shard) = cutter.next_shard().map_err(|error| error.to_string())? {
        if node.is_stopping() {
            return Ok(());
        }
        add_shard(node, number, &id, shard)?;
        let mut inner = node.lock();
        while inner.is_over_budget() && !node.is_stopping() {
            inner = node.wait(inner, Duration::from_millis(200));
        }
    }
    let outcome = cutter.outcome().ok_or("the run has not ended")?.map_err(|error| error.to_string())?;
    if outcome.exit_code != 0 {
        tracing::warn!("{name} ended with exit code {}", outcome.exit_code);
    }
    let opening = cutter.opening().ok_or("the run has no opening")?;
    let mut inner = node.lock();
    if let Some(run) = inner.runs.get_mut(&number).filter(|run| !run.is_over()) {
        run.ending = Some(opening);
        run.executed_ms = Some(node.now());
        run.state = RunState::Proving;
        inner.scheduler.close_run(number);
    }
    drop(inner);
    node.say("executed", &name, &[("steps", cutter.steps().into())]);
    Ok(())
}

/// Makes a shard known, or done if its proof is on disk.
fn add_shard(node: &Node, number: u64, id: &str, shard: Shard) -> Result<(), String> {
    let bytes = pack(&shard.package).map_err(|error| error.to_string())?;
    if bytes.len() > MAX_PACKAGE_BYTES {
        return Err(format!("a shard's package has {} bytes; at most {MAX_PACKAGE_BYTES} travel", bytes.len()));
    }
    let package = name_of(&bytes);
    let index = node.lock().runs.get(&number).map_or(0, |run| run.shards.len() as u32);
    let kept = kept_proof(node, id, index, &shard);
    let now = node.now();
    let cells = costs(BackendId::default()).cells(&shard.rows);
    let mut inner = node.lock();
    let Some(run) = inner.runs.get_mut(&number).filter(|run| !run.is_over()) else {
        return Err("the run failed".into());
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

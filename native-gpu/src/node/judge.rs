//! Decides on a returned proof: cheap checks first, then the proof itself, then disk, then the schedule.

use std::sync::Arc;
use std::time::Instant;

use hearth_machine::trace::Statement;
use hearth_scheduler::{Held, Verdict};
use hearth_shard::proof::ShardProof;
use hearth_soundness::SizeClass;

use crate::node::finish;
use crate::node::state::Node;
use crate::node::store::StoreError;

/// Why a proof is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is wrong; its sender is in quarantine.
    #[error("{0}")]
    Wrong(String),
    /// It is right, and could not be kept; the shard will be proved again.
    #[error("the proof could not be kept: {0}")]
    NotKept(#[from] StoreError),
    /// The run is gone.
    #[error("the run is over")]
    Over,
}

/// What a proof must be.
struct Expected {
    run: String,
    index: u32,
    statement: Statement,
    package: String,
}

/// Judges `proof` as that of the held lease's shard. Takes as long as a verification: call it where that is fine.
pub fn judge(node: &Arc<Node>, held: Held, proof: &[u8]) -> Result<Verdict, Refused> {
    let Some(expected) = expected(node, &held) else {
        node.lock().scheduler.release(held, node.now());
        return Err(Refused::Over);
    };
    let start = Instant::now();
    let checked = check(node, &expected.statement, proof);
    node.metrics.verified(start.elapsed());
    if let Err(reason) = checked {
        node.metrics.rejected.add(1);
        tracing::warn!(
            "{} sent a wrong proof of shard {} of {}: {reason}",
            held.worker(),
            expected.index,
            expected.run
        );
        node.lock().scheduler.reject(held, node.now());
        return Err(Refused::Wrong(reason));
    }
    // On disk before anyone is told.
    if let Err(error) = node.store.put_shard(&expected.run, expected.index, held.worker(), proof) {
        tracing::error!("{error}");
        node.lock().scheduler.release(held, node.now());
        return Err(error.into());
    }
    let number = held.shard().run;
    let verdict = settle(node, held, &expected, proof.len());
    node.notify();
    if verdict == Verdict::First {
        finish::if_complete(node, number);
    }
    Ok(verdict)
}

fn expected(node: &Node, held: &Held) -> Option<Expected> {
    let inner = node.lock();
    let run = inner.runs.get(&held.shard().run).filter(|run| !run.is_over())?;
    let index = held.shard().index;
    let shard = run.shards.get(index as usize)?;
    Some(Expected { run: run.id.clone(), index, statement: shard.statement, package: shard.package.clone() })
}

fn check(node: &Node, expected: &Statement, bytes: &[u8]) -> Result<(), String> {
    let proof = ShardProof::from_bytes(bytes).map_err(|error| error.to_string())?;
    if proof.class != node.class {
        let name = SizeClass::name;
        return Err(format!("the proof is of size class {}, not {}", name(proof.class), name(node.class)));
    }
    if proof.statement != *expected {
        return Err("the proof is of another shard".into());
    }
    node.verifier.verify(expected, proof.key as u8, &proof.bytes).map_err(|error| error.to_string())
}

fn settle(node: &Node, held: Held, expected: &Expected, length: usize) -> Verdict {
    let now = node.now();
    let shard = held.shard();
    let mut inner = node.lock();
    let verdict = inner.scheduler.accept(held, now);
    let complete = inner.scheduler.is_complete(shard.run);
    match verdict {
        Verdict::Late => node.metrics.late.add(1),
        Verdict::First => {
            node.metrics.accepted.add(1);
            inner.forget_packages(std::slice::from_ref(&expected.package));
            if let Some(run) = inner.runs.get_mut(&shard.run) {
                if let Some(record) = run.shards.get_mut(shard.index as usize) {
                    record.done = Some((now, length));
                }
                if complete {
                    run.proved_ms = Some(now);
                }
            }
        }
    }
    verdict
}

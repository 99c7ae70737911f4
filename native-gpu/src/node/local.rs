//! The node's own prover: takes what the swarm leaves.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use hearth_parcel::unpack;
use hearth_scheduler::{Grant, Kind, LeaseId, ShardState};
use hearth_shard::prover::{ShardError, ShardProver};
use pollster::block_on;

use crate::node::judge::{Refused, judge};
use crate::node::state::Node;
use crate::node::trouble::{Cause, Trouble};

/// Its name among the workers. Names of others hold an `@`.
pub const NAME: &str = "local";

/// Proves until the node stops.
pub fn run(node: &Arc<Node>) {
    let prover = match ShardProver::new(node.class) {
        Ok(prover) => prover,
        Err(error) => return node.give_up(&Trouble::new(Cause::Bug, error)),
    };
    while !node.is_stopping() {
        let Some((id, grant, package)) = next(node) else {
            drop(node.wait(node.lock(), Duration::from_millis(100)));
            continue;
        };
        if let Err(reason) = prove(node, &prover, id, grant, &package) {
            // An honest package that cannot be proved is a bug: the run cannot be finished by anyone.
            let trouble = Trouble::new(Cause::Bug, format!("shard {}: {reason}", grant.shard.index));
            node.fail(grant.shard.run, trouble);
        }
    }
}

fn next(node: &Node) -> Option<(LeaseId, Grant, Bytes)> {
    let id = LeaseId(rand::random());
    let now = node.now();
    let mut inner = node.lock();
    let grant = inner.scheduler.lease(id, NAME, Kind::Native, node.class.id(), now).ok()?;
    let shard = inner.runs.get(&grant.shard.run)?.shards.get(grant.shard.index as usize)?;
    let package = inner.packages.get(&shard.package)?.clone();
    Some((id, grant, package))
}

fn prove(node: &Arc<Node>, prover: &ShardProver, id: LeaseId, grant: Grant, package: &[u8]) -> Result<(), String> {
    let package = unpack(package, node.class.max_package_bytes()).map_err(|error| error.to_string())?;
    let wanted = || {
        let shard = node.lock().scheduler.shard(grant.shard);
        !node.is_stopping() && shard.is_some_and(|shard| shard.state != ShardState::Done)
    };
    let proved = block_on(prover.prove(&package, |_| wanted()));
    let held = node.lock().scheduler.take(id, node.now());
    // A lease that is gone belongs to a shard that others have, or to a run that failed.
    let Ok(held) = held else { return Ok(()) };
    match proved {
        Ok((proof, _)) => match judge(node, held, &proof.to_bytes()) {
            Err(Refused::Wrong(reason)) => Err(reason),
            Err(Refused::NotKept(_)) => {
                // The disk is full or gone; its owner may help.
                std::thread::sleep(Duration::from_secs(1));
                Ok(())
            }
            Ok(_) | Err(Refused::Over) => Ok(()),
        },
        Err(error) => {
            node.lock().scheduler.release(held, node.now());
            match error {
                ShardError::Cancelled => Ok(()),
                error => Err(error.to_string()),
            }
        }
    }
}

//! The proof of a whole run, from those of its shards.

use std::sync::Arc;

use hearth_blocks::{BlockProof, Chains};
use hearth_machine::hash::Digest;
use hearth_machine::opening::Opening;
use hearth_machine::program::Program;
use hearth_protocol::{Block, RunState};
use hearth_shard::chain::{ChainProof, Link, Verified};
use hearth_shard::proof::ShardProof;

use crate::node::jobs::LoadedBlock;
use crate::node::state::{Node, unix_ms};
use crate::node::status;
use crate::node::trouble::{Cause, Trouble};

/// What a proof is assembled from.
struct Parts {
    id: String,
    name: String,
    program: Arc<Program>,
    input: Digest,
    block: Option<LoadedBlock>,
    shards: u32,
    opening: Opening,
}

/// Assembles and verifies the proof of a run whose shards are all proved, once.
pub fn if_complete(node: &Arc<Node>, number: u64) {
    let Some(parts) = take_parts(node, number) else { return };
    let node = node.clone();
    // Beside whoever brought the last proof: that one waits for an answer.
    std::thread::spawn(move || {
        if let Err(trouble) = assemble(&node, number, &parts) {
            node.fail(number, trouble);
        }
    });
}

fn take_parts(node: &Node, number: u64) -> Option<Parts> {
    let mut inner = node.lock();
    if !inner.scheduler.is_complete(number) {
        return None;
    }
    let run = inner.runs.get_mut(&number)?;
    Some(Parts {
        opening: run.ending.take()?,
        id: run.id.clone(),
        name: run.name.clone(),
        program: run.program.clone(),
        input: run.input,
        block: run.block.clone(),
        shards: run.shards.len() as u32,
    })
}

fn assemble(node: &Node, number: u64, parts: &Parts) -> Result<(), Trouble> {
    let mut links = Vec::with_capacity(parts.shards as usize);
    for index in 0..parts.shards {
        let kept = node.store.shard(&parts.id, index).map_err(Trouble::of(Cause::Storage))?;
        let (bytes, _) =
            kept.ok_or_else(|| Trouble::new(Cause::Storage, format!("the proof of shard {index} is not on disk")))?;
        links.push(Link::new(ShardProof::from_bytes(&bytes).map_err(Trouble::of(Cause::Storage))?));
    }
    let key = parts.program.key();
    let proof = ChainProof::new(node.class, key, &parts.input, links, &parts.opening);
    let refused =
        |error: &dyn std::fmt::Display| Trouble::new(Cause::Bug, format!("the assembled proof is refused: {error}"));
    let (verified, proof) = match &parts.block {
        Some(block) => {
            let proof = BlockProof::new(proof, block.binding.clone());
            let checked = proof.verify(key, Chains::Only(block.rules), true).map_err(|error| refused(&error))?;
            if checked.0.hash.to_string() != block.hash {
                return Err(refused(&"it is of another block"));
            }
            (checked.1, proof.to_bytes())
        }
        None => (proof.verify(key, true).map_err(|error| refused(&error))?, proof.to_bytes()),
    };
    let block =
        finished(node, number, &verified, proof.len()).ok_or_else(|| Trouble::new(Cause::Bug, "the run is gone"))?;
    let record = node
        .store
        .finish_run(block.clone(), &key.to_bytes(), &proof, unix_ms())
        .map_err(Trouble::of(Cause::Storage))?;

    let mut inner = node.lock();
    inner.finished.push(record);
    if let Some(run) = inner.runs.get_mut(&number) {
        run.state = RunState::Done;
    }
    drop(inner);
    node.metrics.runs.add(1);
    node.say(
        "proved",
        &parts.name,
        &[
            ("id", parts.id.clone().into()),
            ("shards", parts.shards.into()),
            ("proof_bytes", proof.len().into()),
            ("seconds", block.seconds.into()),
            ("exit_code", verified.exit_code.into()),
        ],
    );
    Ok(())
}

/// The record of a run that is proved.
fn finished(node: &Node, number: u64, verified: &Verified, proof_bytes: usize) -> Option<Block> {
    let now = node.now();
    let mut inner = node.lock();
    let run = inner.runs.get_mut(&number)?;
    run.done_ms = Some(now);
    run.proved_ms = run.proved_ms.or(Some(now));
    let block = status::block(run, node.slot);
    Some(Block {
        state: RunState::Done,
        shards_done: block.shards_total,
        proof_url: Some(format!("/v1/proof/{}", block.id)),
        proof_bytes: Some(proof_bytes as u64),
        seconds: Some((now - run.start_ms) as f64 / 1e3),
        exit_code: Some(verified.exit_code),
        output: Some(hex::encode(&verified.output)),
        phases: run.phases(node.started_unix_ms),
        ..block
    })
}

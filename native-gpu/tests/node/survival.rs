//! Processes that are killed and disks that are full: the run is proved all the same, and nothing finished is lost.

use std::net::TcpListener;
use std::process::Child;
use std::time::{Duration, Instant};

use hearth_protocol::{Run, RunState, Shard, ShardState};

use crate::bench::{self, Folder, Node, Program, Try};

/// A worker that is killed when the test ends.
struct Worker(Child);

impl Worker {
    fn start(node: &Node, name: &str) -> Try<Self> {
        Ok(Self(bench::worker(node, name)?))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_done(shard: &Shard) -> bool {
    shard.state == ShardState::Done
}

/// An address of this machine that nobody listens on.
fn free_address() -> Try<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// SIGKILL while it proves: its shard goes to the next worker, and no other shard is harmed.
#[test]
fn a_worker_killed_mid_shard_is_replaced() -> Try {
    let folder = Folder::new("worker-killed")?;
    let program = Program::new(&folder, 20_000)?;
    let node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    let victim = Worker::start(&node, "victim")?;
    let at_work = |shard: &Shard| shard.state == ShardState::Leased && shard.worker.as_deref() == Some("victim");
    node.wait_until(|run| run.shards.iter().any(is_done) && run.shards.iter().any(at_work))?;
    drop(victim);
    let killed = Instant::now();
    let before = node.wait_until(|run| !run.shards.is_empty())?;
    let orphan = before.shards.iter().find(|shard| !is_done(shard)).ok_or("everything was proved already")?.index;
    let _heir = Worker::start(&node, "heir")?;
    let after = node.wait_until(|run| run.state == RunState::Done)?;
    println!("proved {:.1?} after its worker was killed", killed.elapsed());
    assert_eq!(after.shards[orphan as usize].worker.as_deref(), Some("heir"));
    for (old, new) in before.shards.iter().zip(&after.shards).filter(|(old, _)| is_done(old)) {
        assert_eq!((&old.worker, old.done_ms), (&new.worker, new.done_ms), "shard {} is proved once", old.index);
    }
    Ok(())
}

/// SIGKILL in the middle of a run, and a start at the same address: its worker, which was never told, goes on by itself.
#[test]
fn a_killed_node_goes_on_with_the_workers_it_had() -> Try {
    let folder = Folder::new("node-killed")?;
    let program = Program::new(&folder, 36_000)?;
    let address = free_address()?;
    let options = ["--local-prover", "off", "--listen", &address];
    let mut node = Node::start(&folder, &program, &options)?;
    let _worker = Worker::start(&node, "steady")?;
    let done = |run: &Run| run.shards.iter().filter(|shard| is_done(shard)).count();
    let before = node.wait_until(|run| run.state == RunState::Proving && done(run) >= 3)?;
    let killed = Instant::now();
    node.kill()?;
    let node = Node::start(&folder, &program, &options)?;
    let listening = killed.elapsed();
    let kept = node.wait_until(|run| run.state != RunState::Executing)?;
    for (old, new) in before.shards.iter().zip(&kept.shards).filter(|(old, _)| is_done(old)) {
        assert_eq!((new.state, &new.worker), (ShardState::Done, &old.worker), "shard {} was on disk", old.index);
    }
    let recovered = killed.elapsed();
    let kept = done(&kept);
    let after = node.wait_until(|run| run.state == RunState::Done || done(run) > kept)?;
    println!(
        "after SIGKILL: listening {listening:.2?}, all finished shards known {recovered:.2?}, next proof {:.2?}",
        killed.elapsed()
    );
    assert!(killed.elapsed() < Duration::from_secs(60));
    let block = node.wait_for_proof()?;
    assert_eq!(block.shards_total as usize, after.shards.len());
    Ok(())
}

/// A disk that is full for a while: whoever brings a proof is told to come back, nobody is to blame, and with room again the same node
/// takes the same proof.
#[test]
fn a_full_disk_costs_nothing_but_time() -> Try {
    let folder = Folder::new("disk-full")?;
    let program = Program::new(&folder, 1_000)?;
    let node = Node::start_limitable(&folder, &program, &["--local-prover", "off"])?;
    node.wait_until(|run| run.state == RunState::Proving)?;
    let lease = node.lease("worker")?;
    let proof = node.prove(&lease)?;
    node.limit_files(Some(64))?;
    assert_eq!(node.put(&lease.lease, &proof)?, 503);
    assert_eq!(node.get("/livez")?.0, 200);
    node.limit_files(None)?;
    let lease = node.lease("worker")?;
    assert_eq!(node.put(&lease.lease, &proof)?, 200);
    assert!(node.status()?.workers.iter().all(|worker| worker.rejected == 0));
    node.wait_for_proof()?;
    Ok(())
}

/// A disk without room for the proof of the run: the reason is said, and in its next life, when there is room, the node finishes the
/// run from the shards that were kept.
#[test]
fn a_run_that_could_not_be_kept_is_finished_in_the_next_life() -> Try {
    let folder = Folder::new("disk-full-at-last")?;
    let program = Program::new(&folder, 28_000)?;
    let mut node = Node::start_limitable(&folder, &program, &["--local-prover", "on"])?;
    node.limit_files(Some(ROOM_KIB))?;
    let failed = node.wait_until(|run| run.state == RunState::Failed)?;
    let error = failed.error.clone().unwrap_or_default();
    assert!(error.contains("objects") && error.contains("large"), "{error}");
    assert!(failed.fix.as_ref().is_some_and(|fix| fix.contains("data folder")), "{:?}", failed.fix);
    assert!(failed.shards.iter().all(is_done));
    assert_eq!(node.get("/livez")?.0, 200);
    node.terminate()?;

    let node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    let block = node.wait_for_proof()?;
    assert_eq!(block.shards_total as usize, failed.shards.len());
    assert!(block.proof_bytes.is_some_and(|bytes| bytes > ROOM_KIB << 10));
    Ok(())
}

/// Above the records and the proof of a shard of 2^20 cells, below those of seven such shards.
const ROOM_KIB: u64 = 2_048;

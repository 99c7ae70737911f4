//! Nodes and workers as processes on loopback.

mod bench;
mod channel;
mod client;
mod crowd;
mod hostile_node;
mod server;
mod survival;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bench::{Folder, Node, PATIENCE, Program, Try};
use hearth_machine::program::ProgramKey;
use hearth_protocol::{MAX_PROOF_BYTES, RunState, ShardState};
use hearth_shard::chain::ChainProof;

/// A worker proves all, the node verifies and publishes, and a stop by SIGTERM is a clean end.
#[test]
fn a_worker_proves_a_run() -> Try {
    let folder = Folder::new("worker")?;
    let program = Program::new(&folder, 2_000)?;
    let mut node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    let mut worker = bench::worker(&node, "helper")?;
    let block = node.wait_for_proof()?;
    bench::terminate(&mut worker)?;
    let metrics = String::from_utf8(node.get("/metrics")?.1)?;
    assert!(metrics.contains("hearth_channel_opened_total 1\n"), "its shards came over one channel");

    let proof = ChainProof::from_bytes(&node.get(block.proof_url.as_deref().ok_or("no proof")?)?.1)?;
    let key = ProgramKey::from_bytes(&node.get(block.key_url.as_deref().ok_or("no key")?)?.1)?;
    let verified = proof.verify(&key, true)?;
    assert_eq!((verified.exit_code, block.exit_code), (0, Some(0)));
    assert_eq!(block.output, Some(hex::encode(&verified.output)));

    let status = node.status()?;
    let helper = status.workers.iter().find(|worker| worker.name == "helper").ok_or("no helper")?;
    assert_eq!(helper.accepted, u64::from(block.shards_total));
    assert!(helper.ms_per_mcell.is_some_and(|speed| speed > 0.0));
    assert!(node.get("/metrics")?.1.starts_with(b"# HELP hearth_"));
    assert_eq!(node.get("/readyz")?.0, 200);
    assert!(node.terminate()?.success());

    // In its next life it knows the proof.
    let node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    assert_eq!(node.wait_for_proof()?.proof_url, block.proof_url);
    Ok(())
}

/// Everything that a worker can do wrong, then a node that is killed and comes back.
#[test]
fn wrong_proofs_do_no_harm_and_nothing_finished_is_lost() -> Try {
    let folder = Folder::new("hostile")?;
    let program = Program::new(&folder, 6_000)?;
    let mut node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    node.wait_until(|run| run.state == RunState::Proving)?;
    let slow_sender = bench::stall(&node)?;

    // Nonsense costs its sender the trust, and the shard goes to the next.
    let lie = node.lease("liar")?;
    assert_eq!(lie.shard, 0);
    assert_eq!(node.put(&lie.lease, b"nonsense")?, 422);
    assert_eq!(node.put(&lie.lease, b"nonsense")?, 410, "a lease is used once");
    assert_eq!(node.ask("liar")?, 403);
    let quarantined = node.status()?.workers.iter().any(|w| w.name == "liar" && w.quarantined_until_ms.is_some());
    assert!(quarantined);

    let honest = node.lease("honest")?;
    assert_eq!(honest.shard, 0, "free again");
    let other = node.lease("other")?;
    assert_ne!(other.shard, 0);
    let proof = node.prove(&honest)?;

    // A good proof, but of another shard; then one with a flipped bit.
    assert_eq!(node.put(&other.lease, &proof)?, 422);
    let fresh = node.lease("flipper")?;
    let mut flipped = proof.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    assert_eq!(node.put(&fresh.lease, &flipped)?, 422);

    // Leases that never were, and requests that are none.
    assert_eq!(node.put(&"0".repeat(32), &proof)?, 410);
    assert_eq!(node.put("what", &proof)?, 410);
    assert_eq!(node.post(br#"{"worker":"old","protocol":0,"log_cells_max":24}"#)?, 400);
    assert_eq!(node.post(br#"{"worker":"a b","protocol":1,"log_cells_max":24}"#)?, 400);
    assert_eq!(node.post(b"{")?, 400);
    assert_eq!(node.ask_with("small", 10)?, 204, "nothing of a class that it can prove");
    assert_eq!(node.get("/v1/package/../../records.redb")?.0, 404);
    assert_eq!(node.get("/v1/proof/none")?.0, 404);

    // Too long, by its head alone, and without end.
    assert_eq!(bench::oversized(&node, &honest.lease)?, 413);
    assert_eq!(bench::endless(&node, &honest.lease)?, 413);

    // The proof is as good as ever, once.
    assert_eq!(node.put(&honest.lease, &proof)?, 200);
    assert_eq!(node.put(&honest.lease, &proof)?, 410);
    assert!(slow_sender.join().map_err(|_| "the slow sender panicked")?, "a body that stands still is cut off");

    // Killed in the middle of the run: the finished shard is there, old leases are gone, the rest is proved.
    let open = node.lease("witness")?;
    node.kill()?;
    let node = Node::start(&folder, &program, &["--local-prover", "on"])?;
    let run = node.wait_until(|run| run.state != RunState::Executing)?;
    assert_eq!((run.shards[0].state, run.shards[0].worker.as_deref()), (ShardState::Done, Some("honest")));
    assert_eq!(node.put(&open.lease, &proof)?, 410);
    let block = node.wait_for_proof()?;
    assert_eq!(block.shards_total, run.shards.len() as u32);
    Ok(())
}

/// Who lets a lease pass loses it, and someone else gets the shard.
#[test]
fn a_lease_that_passes_is_gone_and_its_shard_is_not() -> Try {
    let folder = Folder::new("expiry")?;
    let program = Program::new(&folder, 1_000)?;
    let node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    node.wait_until(|run| run.state == RunState::Proving)?;
    let lease = node.lease("withholder")?;
    let proof = node.prove(&lease)?;
    std::thread::sleep(Duration::from_millis(2 * lease.deadline_ms + 100));
    assert_eq!(node.put(&lease.lease, &proof)?, 410);
    let status = node.status()?;
    assert!(status.workers.iter().any(|worker| worker.name == "withholder" && worker.expired == 1));
    let again = node.lease("other")?;
    assert_eq!((again.shard, again.package_url.as_str()), (lease.shard, lease.package_url.as_str()));
    assert_eq!(node.put(&again.lease, &proof)?, 200, "a proof proves, whoever brings it");
    node.wait_for_proof()?;
    Ok(())
}

/// A folder that cannot be written costs no proof: its sender is told to come back, and nobody is to blame.
#[test]
fn a_disk_that_fails_is_said_and_survived() -> Try {
    let folder = Folder::new("disk")?;
    let program = Program::new(&folder, 1_000)?;
    let node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    node.wait_until(|run| run.state == RunState::Proving)?;
    let lease = node.lease("worker")?;
    let proof = node.prove(&lease)?;
    let (objects, aside) = (folder.0.join("data/objects"), folder.0.join("aside"));
    std::fs::rename(&objects, &aside)?;
    assert_eq!(node.put(&lease.lease, &proof)?, 503);
    assert_eq!(node.get("/livez")?.0, 200);
    std::fs::rename(&aside, &objects)?;
    let again = node.lease("worker")?;
    assert_eq!(again.shard, lease.shard);
    assert_eq!(node.put(&again.lease, &proof)?, 200);
    node.wait_for_proof()?;
    Ok(())
}

/// The parts of HTTP that a well-behaved client never needs.
mod raw {
    use super::{MAX_PROOF_BYTES, Node, PATIENCE, Read, TcpStream, Try, Write};

    /// Sends `head` and then `body` until the node answers; the status of the answer.
    pub fn exchange(node: &Node, head: &str, body: impl Iterator<Item = Vec<u8>>) -> Try<u16> {
        let mut stream = TcpStream::connect(node.address())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(head.as_bytes())?;
        for part in body {
            // The node may have answered and closed already.
            if stream.write_all(&part).is_err() {
                break;
            }
        }
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        Ok(std::str::from_utf8(&answer[9..])?.parse()?)
    }

    /// A body that says that it is too long.
    pub fn oversized(node: &Node, lease: &str) -> Try<u16> {
        let head =
            format!("PUT /v1/proof/{lease} HTTP/1.1\r\nhost: node\r\ncontent-length: {}\r\n\r\n", MAX_PROOF_BYTES + 1);
        exchange(node, &head, std::iter::empty())
    }

    /// A body that never ends.
    pub fn endless(node: &Node, lease: &str) -> Try<u16> {
        let head = format!("PUT /v1/proof/{lease} HTTP/1.1\r\nhost: node\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = [b"8000\r\n".as_slice(), &[7; 0x8000], b"\r\n"].concat();
        exchange(node, &head, std::iter::repeat_n(chunk, MAX_PROOF_BYTES / 0x8000 + 1))
    }
}

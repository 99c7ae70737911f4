//! Nodes that are up to no good against `hearth worker`: it stays within its limits and says why it stops.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use hearth_protocol::{Lease, PROTOCOL, ToPeer};
use tungstenite::Message;

use crate::bench::{self, Folder, Node, Program, Try};
use crate::server::{self, Answer, Request};

/// How often a worker asked.
#[derive(Default)]
struct Asked {
    leases: AtomicUsize,
    packages: AtomicUsize,
}

/// Starts a node whose leases are `lease`, as many as are asked for, and whose packages are `package`.
fn node(lease: Lease, package: fn() -> Answer) -> Try<(String, Arc<Asked>)> {
    let lease = serde_json::to_vec(&lease)?;
    let asked = Arc::new(Asked::default());
    let count = asked.clone();
    let url = server::start(move |request: &Request| match request.line.split(' ').nth(1) {
        Some("/v1/lease") => {
            count.leases.fetch_add(1, Ordering::Relaxed);
            Answer::Whole(200, lease.clone())
        }
        Some(path) if path.starts_with("/v1/package/") => {
            count.packages.fetch_add(1, Ordering::Relaxed);
            package()
        }
        _ => Answer::Whole(404, Vec::new()),
    })?;
    Ok((url, asked))
}

fn lease(log_cells: u8) -> Lease {
    Lease {
        lease: "0".repeat(32),
        run: "run".into(),
        name: "run".into(),
        shard: 0,
        // SHA-256 of nothing.
        package_url: "/v1/package/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into(),
        log_cells,
        deadline_ms: 1_000,
    }
}

/// The exit code of a worker for such a node.
fn exit_code(lease: Lease, package: fn() -> Answer) -> Try<Option<i32>> {
    let (url, _) = node(lease, package)?;
    Ok(bench::exit(&mut bench::worker_of(&url, "victim")?)?.code())
}

#[test]
fn a_shard_that_is_too_large_or_no_shard_ends_the_work() -> Try {
    let nothing = || Answer::Whole(200, Vec::new());
    assert_eq!(exit_code(lease(26), nothing)?, Some(4), "more cells than were asked for");
    assert_eq!(exit_code(lease(20), nothing)?, Some(4), "a package of the right name that is none");
    Ok(())
}

/// A worker proves what its owner agreed to: without being told so, the validator of blocks and nothing else.
#[test]
fn a_shard_of_another_program_ends_the_work() -> Try {
    let folder = Folder::new("stranger")?;
    let program = Program::new(&folder, 1_000)?;
    let node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    let mut worker = bench::worker_with(node.url(), "victim", &[])?;
    let status = bench::exit(&mut worker)?;
    let mut said = String::new();
    worker.stderr.take().ok_or("no errors")?.read_to_string(&mut said)?;
    assert_eq!(status.code(), Some(4), "{said}");
    assert!(said.contains("another program"), "{said}");
    assert!(node.status()?.runs.iter().flat_map(|run| &run.shards).all(|shard| shard.done_ms.is_none()));
    Ok(())
}

/// A node that gives out what nobody asked for, again and again, is cut off; what came before is taken one at a time.
#[test]
fn leases_that_nobody_asked_for_are_dropped() -> Try {
    let asked = Arc::new(Asked::default());
    let count = asked.clone();
    let answer = move |request: &Request| match request.line.split(' ').nth(1) {
        Some(path) if path.starts_with("/v1/package/") => {
            count.packages.fetch_add(1, Ordering::Relaxed);
            Answer::Whole(404, Vec::new())
        }
        _ => Answer::Whole(204, Vec::new()),
    };
    let url = server::start_with_channel(answer, |mut socket| {
        let welcome = ToPeer::Welcome { protocol: PROTOCOL, version: "0".into() };
        for message in std::iter::once(welcome).chain(std::iter::repeat_n(ToPeer::Lease(lease(20)), 100_000)) {
            let Ok(text) = serde_json::to_string(&message) else { return };
            if socket.send(Message::text(text)).is_err() {
                return;
            }
        }
    })?;
    let mut worker = bench::worker_of(&url, "victim")?;
    thread::sleep(Duration::from_secs(3));
    let packages = asked.packages.load(Ordering::Relaxed);
    assert!((1..10).contains(&packages), "it takes {packages} leases in three seconds");
    assert!(worker.try_wait()?.is_none(), "it goes on");
    assert!(bench::memory_kib(&worker)? < 256 << 10);
    bench::terminate(&mut worker)?;
    Ok(())
}

/// What may get better is asked for again, slower each time, and never held in memory.
#[test]
fn endless_and_forged_packages_are_dropped() -> Try {
    let packages: [fn() -> Answer; 2] = [|| Answer::Endless, || Answer::Whole(200, vec![7; 1 << 20])];
    for package in packages {
        let (url, asked) = node(lease(20), package)?;
        let mut worker = bench::worker_of(&url, "victim")?;
        thread::sleep(Duration::from_secs(3));
        let packages = asked.packages.load(Ordering::Relaxed);
        assert!((1..10).contains(&packages), "it asks {packages} times in three seconds");
        let leases = asked.leases.load(Ordering::Relaxed);
        assert!(leases <= packages + 1, "it takes {leases} leases, one at a time");
        assert!(worker.try_wait()?.is_none(), "it goes on");
        assert!(bench::memory_kib(&worker)? < 256 << 10);
        bench::terminate(&mut worker)?;
    }
    Ok(())
}

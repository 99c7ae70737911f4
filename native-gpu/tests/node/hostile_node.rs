//! Nodes that are up to no good against `hearth worker`: it stays within its limits and says why it stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hearth_protocol::Lease;

use crate::bench::{self, PATIENCE, Try};
use crate::server::{self, Answer, Request};

/// Starts a node whose leases are `lease` and whose packages are `package`; returns its URL and counts packages.
fn node(lease: Lease, package: fn() -> Answer) -> Try<(String, Arc<AtomicUsize>)> {
    let lease = serde_json::to_vec(&lease)?;
    let packages = Arc::new(AtomicUsize::new(0));
    let count = packages.clone();
    let url = server::start(move |request: &Request| match request.line.split(' ').nth(1) {
        Some("/v1/lease") => Answer::Whole(200, lease.clone()),
        Some(path) if path.starts_with("/v1/package/") => {
            count.fetch_add(1, Ordering::Relaxed);
            package()
        }
        _ => Answer::Whole(404, Vec::new()),
    })?;
    Ok((url, packages))
}

fn lease(log_cells: u8) -> Lease {
    Lease {
        lease: "0".repeat(32),
        run: "run".into(),
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
    let mut worker = bench::worker_of(&url, "victim")?;
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(status) = worker.try_wait()? {
            return Ok(status.code());
        }
        thread::sleep(Duration::from_millis(50));
    }
    worker.kill()?;
    Err("the worker does not stop".into())
}

#[test]
fn a_shard_that_is_too_large_or_no_shard_ends_the_work() -> Try {
    let nothing = || Answer::Whole(200, Vec::new());
    assert_eq!(exit_code(lease(26), nothing)?, Some(4), "more cells than were asked for");
    assert_eq!(exit_code(lease(20), nothing)?, Some(4), "a package of the right name that is none");
    Ok(())
}

/// What may get better is asked for again, slower each time, and never held in memory.
#[test]
fn endless_and_forged_packages_are_dropped() -> Try {
    let packages: [fn() -> Answer; 2] = [|| Answer::Endless, || Answer::Whole(200, vec![7; 1 << 20])];
    for package in packages {
        let (url, packages) = node(lease(20), package)?;
        let mut worker = bench::worker_of(&url, "victim")?;
        thread::sleep(Duration::from_secs(3));
        let asked = packages.load(Ordering::Relaxed);
        assert!((1..10).contains(&asked), "it asks {asked} times in three seconds");
        assert!(worker.try_wait()?.is_none(), "it goes on");
        assert!(bench::memory_kib(&worker)? < 256 << 10);
        bench::terminate(&mut worker)?;
    }
    Ok(())
}

//! A thousand connections that want nothing, or want it slowly: whoever works notices little of them.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::bench::{Folder, Node, Program, Try};
use crate::channel::Channel;

/// Connections of the crowd.
const CROWD: usize = 1_000;
/// Lease requests that are timed.
const ASKED: usize = 500;

/// A head of a request without end, or a body that stops after its first bytes.
fn slow_sender(node: &Node, number: usize) -> Try<TcpStream> {
    let mut stream = TcpStream::connect(node.address())?;
    match number % 2 {
        0 => stream.write_all(b"GET /livez HTTP/1.1\r\n")?,
        _ => {
            let token = "1".repeat(32);
            let head = format!("PUT /v1/proof/{token} HTTP/1.1\r\nhost: node\r\ncontent-length: 1000\r\n\r\nfirst");
            stream.write_all(head.as_bytes())?;
        }
    }
    Ok(stream)
}

/// Median and 99th percentile of lease requests.
fn lease_times(node: &Node) -> Try<[Duration; 2]> {
    let mut times = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let start = Instant::now();
        assert!(matches!(node.ask("asker")?, 200 | 204 | 429));
        times.push(start.elapsed());
    }
    times.sort();
    Ok([times[ASKED / 2], times[ASKED * 99 / 100]])
}

#[test]
fn a_crowd_of_slow_senders_does_no_harm() -> Try {
    let folder = Folder::new("crowd")?;
    let program = Program::new(&folder, 1_000)?;
    let mut node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    let alone = lease_times(&node)?;
    let crowd = (0..CROWD).map(|number| slow_sender(&node, number)).collect::<Try<Vec<_>>>()?;
    let beside = lease_times(&node)?;
    println!("lease round trip, p50 and p99: alone {alone:.2?}, beside {} connections {beside:.2?}", crowd.len());
    assert_eq!(node.get("/livez")?.0, 200);
    assert!(beside[1] < Duration::from_millis(500), "{beside:?}");
    // A node that stops does not wait for them.
    let start = Instant::now();
    node.terminate()?;
    assert!(start.elapsed() < Duration::from_secs(15));
    Ok(())
}

/// As many workers on channels, all of whom wait for a shard.
#[test]
fn a_crowd_that_waits_for_work_does_no_harm() -> Try {
    let folder = Folder::new("waiting")?;
    let program = Program::new(&folder, 1_000)?;
    let node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    let alone = lease_times(&node)?;
    let mut crowd = Vec::with_capacity(CROWD);
    for number in 0..CROWD {
        let mut channel = Channel::open(&node, &format!("waiting-{number}"))?;
        channel.ask()?;
        crowd.push(channel);
    }
    let beside = lease_times(&node)?;
    println!("lease round trip, p50 and p99: alone {alone:.2?}, beside {} channels {beside:.2?}", crowd.len());
    assert!(beside[1] < Duration::from_millis(500), "{beside:?}");
    Ok(())
}

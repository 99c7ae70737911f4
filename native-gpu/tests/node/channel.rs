//! The channel: shards go out as they come, and whoever breaks its rules is told so and cut off.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use hearth_protocol::{Lease, MAX_FRAME_BYTES, PROTOCOL, ToNode, ToPeer};
use tungstenite::{Message, WebSocket, client};

use crate::bench::{Folder, Node, PATIENCE, Program, Try};

/// The other end of a channel.
pub struct Channel(WebSocket<TcpStream>);

impl Channel {
    /// A channel on which nothing was said yet.
    pub fn connect(node: &Node) -> Try<Self> {
        let stream = TcpStream::connect(node.address())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(client(format!("ws://{}/v1/channel", node.address()), stream)?.0))
    }

    /// A channel of a worker.
    pub fn open(node: &Node, worker: &str) -> Try<Self> {
        let mut channel = Self::connect(node)?;
        channel.say(&ToNode::Hello { protocol: PROTOCOL, worker: Some(worker.into()) })?;
        match channel.hear()? {
            ToPeer::Welcome { protocol: PROTOCOL, .. } => Ok(channel),
            other => Err(format!("no welcome but {other:?}").into()),
        }
    }

    pub fn say(&mut self, message: &ToNode) -> Try {
        Ok(self.0.send(Message::text(serde_json::to_string(message)?))?)
    }

    pub fn ask(&mut self) -> Try {
        self.say(&ToNode::Ask { log_cells_max: 20 })
    }

    /// The next message.
    pub fn hear(&mut self) -> Try<ToPeer> {
        loop {
            match self.0.read()? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(_) => return Err("closed".into()),
                _ => {}
            }
        }
    }

    /// The next lease.
    fn lease(&mut self) -> Try<Lease> {
        loop {
            match self.hear()? {
                ToPeer::Lease(lease) => return Ok(lease),
                ToPeer::Changed => {}
                other => return Err(format!("no lease but {other:?}").into()),
            }
        }
    }
}

/// A worker that asks before there is anything gets each shard as it comes, and watchers hear how the run goes.
#[test]
fn shards_go_out_as_they_come() -> Try {
    let folder = Folder::new("channel")?;
    let program = Program::new(&folder, 6_000)?;
    let node = Node::start(&folder, &program, &["--local-prover", "off", "--await-workers", "1"])?;
    let mut watcher = Channel::connect(&node)?;
    watcher.say(&ToNode::Hello { protocol: PROTOCOL, worker: None })?;
    assert!(matches!(watcher.hear()?, ToPeer::Welcome { .. }));
    let mut worker = Channel::open(&node, "worker")?;
    let shards = loop {
        worker.ask()?;
        let lease = worker.lease()?;
        let proof = node.prove(&lease)?;
        assert_eq!(node.put(&lease.lease, &proof)?, 200);
        let run = node.wait_until(|run| !run.shards.is_empty())?;
        if run.shards.iter().all(|shard| shard.done_ms.is_some()) {
            break run.shards.len();
        }
    };
    assert_eq!(node.wait_for_proof()?.shards_total as usize, shards);
    // It began, was executed, and is proved; what happens at once is one message.
    assert_eq!(watcher.hear()?, ToPeer::Changed);
    Ok(())
}

#[test]
fn who_breaks_the_rules_is_told_so_and_cut_off() -> Try {
    let folder = Folder::new("channel-rules")?;
    let program = Program::new(&folder, 1_000)?;
    let node = Node::start(&folder, &program, &["--local-prover", "off"])?;
    let hello = |protocol, worker: Option<&str>| {
        serde_json::to_string(&ToNode::Hello { protocol, worker: worker.map(Into::into) }).map(Message::text)
    };
    let cases = [
        (hello(PROTOCOL + 1, Some("new"))?, "protocol"),
        (hello(PROTOCOL, Some("a b"))?, "name"),
        (Message::text(r#"{"kind":"ask","log_cells_max":20}"#), "first message"),
        (Message::text("{"), "not understood"),
        (Message::binary(vec![0; 8]), "text"),
    ];
    for (message, reason) in cases {
        let mut channel = Channel::connect(&node)?;
        channel.0.send(message)?;
        match channel.hear()? {
            ToPeer::Refused { reason: said } => assert!(said.contains(reason), "{said}"),
            other => return Err(format!("{reason}: {other:?}").into()),
        }
        assert!(channel.hear().is_err(), "{reason}: cut off");
    }

    // Watchers get no work, and nobody says hello twice.
    let mut watcher = Channel::connect(&node)?;
    watcher.0.send(hello(PROTOCOL, None)?)?;
    assert!(matches!(watcher.hear()?, ToPeer::Welcome { .. }));
    watcher.ask()?;
    assert!(matches!(watcher.hear()?, ToPeer::Refused { .. }));
    let mut twice = Channel::open(&node, "twice")?;
    twice.0.send(hello(PROTOCOL, Some("twice"))?)?;
    assert!(matches!(twice.hear()?, ToPeer::Refused { .. }));

    // A frame that is too long, and more messages than anyone needs.
    let mut long = Channel::open(&node, "long")?;
    long.0.send(Message::text(" ".repeat(MAX_FRAME_BYTES + 1)))?;
    assert!(long.hear().is_err());
    let mut flood = Channel::open(&node, "flood")?;
    for _ in 0..1_000 {
        if flood.0.send(Message::Pong(Default::default())).is_err() {
            break;
        }
    }
    let end = Instant::now() + Duration::from_secs(10);
    while flood.hear().is_ok() {
        assert!(Instant::now() < end, "it may say what it likes");
    }
    assert_eq!(node.get("/livez")?.0, 200);
    Ok(())
}

//! Execution clients that a node follows: a real one's answers, and what can be wrong with them.

use std::collections::HashMap;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use hearth_protocol::{Run, RunState};
use hearth_soundness::SizeClass;
use serde_json::{Value, json};

use crate::bench::{Folder, Node, PATIENCE, Try};
use crate::server::{self, Answer};

/// Every answer of a development chain (scripts/devchain.mjs) that the import of its second block asked for, by method and
/// parameters.
const ANSWERS: &str = include_str!("devchain.json");

/// What a client does with its answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Honest,
    /// It accepts connections and says nothing.
    Silent,
    /// A byte of every proof's first node is another.
    WrongWitness,
    /// The parent is a block of another branch by the time it is asked for.
    Reorganised,
    /// Nothing but a page of a proxy.
    Nonsense,
}

/// Starts a client; returns its URL.
fn client(manner: Manner) -> Try<String> {
    let answers: HashMap<String, Value> = serde_json::from_str(ANSWERS)?;
    server::start(move |request| match (manner, serde_json::from_slice(&request.body)) {
        (Manner::Silent, _) => Answer::Nothing,
        (Manner::Nonsense, _) | (_, Err(_)) => Answer::Whole(200, b"<html>502</html>".into()),
        (_, Ok(call)) => Answer::Whole(200, answer(&call, &answers, manner).to_string().into()),
    })
}

fn answer(request: &Value, answers: &HashMap<String, Value>, manner: Manner) -> Value {
    let method = request["method"].as_str().unwrap_or_default();
    let known = match method {
        // What was recorded is by height.
        "eth_getBlockByHash" => answers.values().find(|block| block["hash"] == request["params"][0]),
        _ => answers.get(&format!("{method} {}", request["params"])),
    };
    let Some(mut result) = known.cloned() else {
        return json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32601, "message": "Method not found" } });
    };
    match (manner, method) {
        (Manner::WrongWitness, "eth_getProof") => {
            let node = result["accountProof"][0].as_str().unwrap_or_default().to_owned();
            let changed = if node.ends_with('0') { '1' } else { '0' };
            result["accountProof"][0] = format!("{}{changed}", &node[..node.len() - 1]).into();
        }
        (Manner::Reorganised, "eth_getBlockByNumber") if request["params"][0] == "0x1" => {
            result["hash"] = format!("0x{}", "7".repeat(64)).into();
        }
        _ => {}
    }
    json!({ "jsonrpc": "2.0", "id": 1, "result": result })
}

/// Starts an honest client that answers at a WebSocket and tells its subscribers of another block of the same height, which nobody
/// can have.
fn websocket_client() -> Try<String> {
    let answers: HashMap<String, Value> = serde_json::from_str(ANSWERS)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("ws://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = answers.clone();
            // A node that hangs up is none of the client's business.
            thread::spawn(move || drop(converse(stream, &answers)));
        }
    });
    Ok(url)
}

fn converse(stream: TcpStream, answers: &HashMap<String, Value>) -> Result<(), tungstenite::Error> {
    let mut socket = tungstenite::accept(stream).map_err(|error| match error {
        tungstenite::HandshakeError::Failure(error) => error,
        tungstenite::HandshakeError::Interrupted(_) => tungstenite::Error::ConnectionClosed,
    })?;
    loop {
        let message = socket.read()?;
        let Ok(call) = serde_json::from_str::<Value>(message.to_text()?) else { continue };
        let subscribes = call["method"] == "eth_subscribe";
        let mut answer = match subscribes {
            true => json!({ "jsonrpc": "2.0", "result": "0x1" }),
            false => answer(&call, answers, Manner::Honest),
        };
        answer["id"] = call["id"].clone();
        socket.send(tungstenite::Message::text(answer.to_string()))?;
        if subscribes {
            let params = json!({ "subscription": "0x1", "result": { "number": "0x2", "hash": format!("0x{}", "7".repeat(64)) } });
            let notice = json!({ "jsonrpc": "2.0", "method": "eth_subscription", "params": params });
            socket.send(tungstenite::Message::text(notice.to_string()))?;
        }
    }
}

/// A node that follows such a client, and the first run that is as `wanted`.
fn follow(name: &str, manner: Manner, wanted: impl Fn(&Run) -> bool) -> Try<Run> {
    let folder = Folder::new(name)?;
    let url = client(manner)?;
    // In the smallest class the tables of all accelerators leave no room for instructions.
    let work = ["--local-prover", "off", "--follow", &url, "--chain-rules", "Cancun"];
    Node::launch_class(&folder, SizeClass::Test22, &work)?.wait_until(wanted)
}

#[test]
fn a_block_of_a_client_is_executed_and_cut() -> Try {
    let run = follow("follow", Manner::Honest, |run| run.state == RunState::Proving)?;
    let answers: HashMap<String, Value> = serde_json::from_str(ANSWERS)?;
    let block = &answers[r#"eth_getBlockByNumber ["latest",true]"#];
    assert_eq!((run.number, run.hash.as_deref()), (Some(2), block["hash"].as_str()));
    assert!(run.shards.len() > 10);
    assert!(run.prediction.is_some_and(|prediction| !prediction.in_time()), "nobody is there to prove it");
    Ok(())
}

/// Block and witness come over the WebSocket, and so does the notice of a new head: here that of a reorganised chain, of the same
/// height.
#[test]
fn a_client_at_a_websocket_is_followed() -> Try {
    let folder = Folder::new("websocket")?;
    let url = websocket_client()?;
    let work = ["--local-prover", "off", "--follow", &url, "--chain-rules", "Cancun"];
    let node = Node::launch_class(&folder, SizeClass::Test22, &work)?;
    let run = node.wait_until(|run| run.state == RunState::Proving)?;
    assert_eq!(run.number, Some(2));
    assert!(run.shards.len() > 10);
    let end = Instant::now() + PATIENCE;
    let next = loop {
        if let Some(next) = node.status()?.runs.into_iter().find(|run| run.state == RunState::Failed) {
            break next;
        }
        assert!(Instant::now() < end, "no notice arrived");
        thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(next.name, "block 2");
    assert!(next.error.as_ref().is_some_and(|error| error.contains("eth_getBlockByHash")), "{:?}", next.error);
    Ok(())
}

#[test]
fn a_wrong_witness_is_named_and_nothing_is_cut() -> Try {
    let run = follow("witness", Manner::WrongWitness, |run| run.state == RunState::Failed)?;
    assert!(run.error.as_ref().is_some_and(|error| error.contains("witness")), "{:?}", run.error);
    assert!(run.fix.as_ref().is_some_and(|fix| fix.contains("hearth doctor")), "{:?}", run.fix);
    assert!(run.shards.is_empty());
    Ok(())
}

#[test]
fn a_chain_that_is_reorganised_meanwhile_is_named() -> Try {
    let run = follow("reorganised", Manner::Reorganised, |run| run.state == RunState::Failed)?;
    assert!(run.error.as_ref().is_some_and(|error| error.contains("reorganised")), "{:?}", run.error);
    Ok(())
}

/// The node serves what it has, and stops when it is told to.
#[test]
fn a_client_that_says_nothing_useful_does_no_harm() -> Try {
    for manner in [Manner::Silent, Manner::Nonsense] {
        let folder = Folder::new("silent")?;
        let url = client(manner)?;
        let mut node = Node::launch(&folder, &["--follow", &url, "--chain-rules", "Cancun"])?;
        thread::sleep(Duration::from_millis(300));
        assert_eq!(node.get("/livez")?.0, 200);
        assert!(node.status()?.runs.is_empty());
        let start = Instant::now();
        node.terminate()?;
        assert!(start.elapsed() < Duration::from_secs(20), "it waits for nobody");
    }
    Ok(())
}

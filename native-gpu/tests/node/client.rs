//! Execution clients that a node follows: a real one's answers, and what can be wrong with them.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use hearth_protocol::{Run, RunState};
use hearth_soundness::SizeClass;
use serde_json::{Value, json};

use crate::bench::{Folder, Node, Try};
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
    let Some(mut result) = answers.get(&format!("{method} {}", request["params"])).cloned() else {
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

#[test]
fn a_wrong_witness_is_named_and_nothing_is_cut() -> Try {
    let run = follow("witness", Manner::WrongWitness, |run| run.state == RunState::Failed)?;
    assert!(run.error.as_ref().is_some_and(|error| error.contains("witness")), "{:?}", run.error);
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

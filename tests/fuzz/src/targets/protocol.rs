//! Messages between node, worker and page.

use hearth_machine::testing::random::Random;
use hearth_protocol::{
    Block, Lease, LeaseRequest, MAX_ANSWER_BYTES, PROTOCOL, Receipt, Refusal, Status, ToNode, ToPeer, Verdict,
    is_worker_name,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Class, Target, below, pick};

/// The target.
pub const TARGET: Target = Target {
    name: "protocol",
    judge,
    seeds,
    mutant,
    classes: &[
        "no message",
        "lease request",
        "bad name",
        "to node",
        "to peer",
        "lease",
        "receipt",
        "refusal",
        "status",
        "blocks",
    ],
    memory: 4 << 20,
};

/// Whether the bytes are a message of this type. Writing it and reading it again changes nothing.
fn is<T: Serialize + DeserializeOwned + PartialEq>(bytes: &[u8]) -> Option<T> {
    let message: T = serde_json::from_slice(bytes).ok()?;
    let again = serde_json::to_vec(&message).expect("a message is written");
    assert!(serde_json::from_slice::<T>(&again).is_ok_and(|again| again == message));
    Some(message)
}

fn judge(bytes: &[u8]) -> Class {
    if bytes.len() > MAX_ANSWER_BYTES {
        return "no message";
    }
    if let Some(request) = is::<LeaseRequest>(bytes) {
        return if is_worker_name(&request.worker) { "lease request" } else { "bad name" };
    }
    let found = [
        (is::<ToNode>(bytes).is_some(), "to node"),
        (is::<ToPeer>(bytes).is_some(), "to peer"),
        (is::<Lease>(bytes).is_some(), "lease"),
        (is::<Receipt>(bytes).is_some(), "receipt"),
        (is::<Refusal>(bytes).is_some(), "refusal"),
        (is::<Status>(bytes).is_some(), "status"),
        (is::<Vec<Block>>(bytes).is_some(), "blocks"),
    ];
    found.into_iter().find(|(is, _)| *is).map_or("no message", |(_, class)| class)
}

fn messages() -> Vec<Value> {
    let shard = json!({
        "index": 0, "state": "leased", "worker": "w@::1", "copies": 1, "steps": 9, "cells": 1 << 20,
        "package_bytes": 800, "proof_bytes": null, "cut_ms": 5, "leased_ms": 6, "done_ms": null,
    });
    let run = json!({
        "id": "ab", "name": "b.json", "number": 7, "hash": "0x00", "state": "proving", "error": null, "start_ms": 1,
        "executed_ms": 2, "proved_ms": null, "done_ms": null, "shards": [shard],
    });
    let worker = json!({
        "name": "w@::1", "local": false, "accepted": 1, "late": 0, "rejected": 0, "expired": 0, "leases": 1,
        "ms_per_mcell": 1.25, "seen_ms": 5, "quarantined_until_ms": null,
    });
    let block = json!({
        "id": "ab", "name": "b.json", "number": 7, "hash": null, "state": "done", "error": null, "shards_total": 2,
        "shards_done": 2, "proof_url": "/v1/proof/ab", "proof_bytes": 3, "key_url": null, "seconds": 1.5,
        "exit_code": u64::MAX, "output": "00",
    });
    let lease = Lease {
        lease: "0".repeat(32),
        run: "ab".into(),
        name: "b.json".into(),
        shard: 1,
        package_url: "/v1/package/00".into(),
        log_cells: 24,
        deadline_ms: 90_000,
    };
    vec![
        json!(LeaseRequest { worker: "tab-1".into(), protocol: PROTOCOL, log_cells_max: 24 }),
        json!(lease),
        json!(ToNode::Hello { protocol: PROTOCOL, worker: Some("tab-1".into()) }),
        json!(ToNode::Ask { log_cells_max: 24 }),
        json!(ToPeer::Lease(lease.clone())),
        json!(ToPeer::Later { ms: 250, reason: "wait".into() }),
        json!(ToPeer::Changed),
        json!(Receipt { verdict: Verdict::Late }),
        json!(Refusal { reason: "no".into() }),
        json!({
            "protocol": 1, "version": "0.1.0", "started_unix_ms": 1, "now_ms": 2, "log_cells": 24,
            "local_prover": true, "runs": [run], "workers": [worker],
        }),
        json!([block]),
    ]
}

fn seeds() -> Vec<Vec<u8>> {
    messages().iter().map(|message| message.to_string().into_bytes()).collect()
}

/// A value somewhere in a message is another.
fn mutant(_: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut message = pick(random, &messages()).clone();
    let mut place = &mut message;
    loop {
        let len = match place {
            Value::Object(fields) => fields.len(),
            Value::Array(values) => values.len(),
            _ => 0,
        };
        if len == 0 || random.below(12) == 0 {
            break;
        }
        let at = below(random, len);
        place = match place {
            Value::Object(fields) => fields.values_mut().nth(at).expect("one of them"),
            Value::Array(values) => &mut values[at],
            _ => break,
        };
    }
    let deep = (0..200).fold(json!(0), |value, _| json!([value]));
    let long = json!("x".repeat(below(random, 200)));
    let values = [
        json!(null),
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        json!(1e300),
        json!("a@b"),
        json!([]),
        json!({}),
        deep,
        long,
    ];
    *place = pick(random, &values).clone();
    message.to_string().into_bytes()
}

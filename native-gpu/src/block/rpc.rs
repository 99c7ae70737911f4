//! JSON-RPC over HTTP: how blocks come from an execution client.

use std::io::Read;
use std::time::Duration;

use hearth_blocks::rpc::{CallError, Rpc};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;

/// Most bytes of an answer: the witness of a worst block has 300 MB.
pub const MAX_ANSWER: u64 = 512 << 20;
/// "Method not found" and "method not supported".
const UNKNOWN_METHOD: [i64; 2] = [-32601, -32004];

/// An execution client.
pub struct HttpRpc {
    agent: Agent,
    url: String,
}

/// An answer of JSON-RPC.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    result: Value,
    error: Option<ErrorAnswer>,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    code: i64,
    message: String,
}

impl Answer {
    /// The result, or the error that the client gives instead.
    pub fn value(self) -> Result<Value, CallError> {
        match self.error {
            None => Ok(self.result),
            Some(error) if UNKNOWN_METHOD.contains(&error.code) => Err(CallError::UnknownMethod),
            Some(error) => Err(CallError::Failed(format!("{} ({})", error.message, error.code))),
        }
    }
}

impl HttpRpc {
    /// The client at `http://HOST:PORT`, which gets `patience` for each call.
    pub fn new(url: &str, patience: Duration) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(patience));
        Self { agent: config.build().into(), url: url.to_owned() }
    }
}

impl Rpc for HttpRpc {
    fn call(&mut self, method: &str, params: Value) -> Result<Value, CallError> {
        let failed = |error: &dyn std::fmt::Display| CallError::Failed(error.to_string());
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let post = self.agent.post(&self.url).header("content-type", "application/json");
        let answer = post.send(request.as_bytes()).map_err(|error| failed(&error))?;
        let status = answer.status();
        let mut bytes = Vec::new();
        let mut reader = answer.into_body().into_reader().take(MAX_ANSWER + 1);
        reader.read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        if bytes.len() as u64 > MAX_ANSWER {
            return Err(failed(&format!("the answer has more than {MAX_ANSWER} bytes")));
        }
        let answer: Answer = serde_json::from_slice(&bytes).map_err(|error| failed(&format!("{status}: {error}")))?;
        answer.value()
    }
}

//! Connections to a node, and requests with a bound on what comes back.

use std::io::{self, Read};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::Response;

/// An agent for requests to a node: an answer of any status is an answer.
pub fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_global(Some(Duration::from_secs(90)))
        .build()
        .into()
}

/// A connection to `HOST:PORT`, or to port 80 of a host, whose reads and writes get `patience`.
pub fn connect(host: &str, patience: Duration) -> io::Result<TcpStream> {
    // An IPv6 address has colons too, within brackets.
    let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
    let host = if has_port { host.to_owned() } else { format!("{host}:80") };
    let address = host.to_socket_addrs()?.next().ok_or_else(|| io::Error::other("no such host"))?;
    let stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The body of an answer, of at most `limit` bytes. The error is for people.
pub fn body(answer: Response<ureq::Body>, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut reader = answer.into_body().into_reader().take(limit as u64 + 1);
    reader.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!("the node's answer has more than {limit} bytes"));
    }
    Ok(bytes)
}

/// A reader of a node's public endpoints.
pub struct Client {
    agent: Agent,
    node: String,
}

impl Client {
    /// Of the node at `http://HOST:PORT`.
    pub fn new(node: &str) -> Self {
        Self { agent: agent(), node: node.trim_end_matches('/').to_owned() }
    }

    /// The bytes at a path that begins with a slash. The error is for people.
    pub fn bytes(&self, path: &str, limit: usize) -> Result<Vec<u8>, String> {
        let answer = self.agent.get(format!("{}{path}", self.node)).call().map_err(|error| error.to_string())?;
        match answer.status().is_success() {
            true => body(answer, limit),
            false => Err(format!("{path}: {}", answer.status())),
        }
    }

    /// The JSON at a path.
    pub fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        serde_json::from_slice(&self.bytes(path, MAX_JSON)?).map_err(|error| format!("{path}: {error}"))
    }
}

/// Most bytes of a JSON answer: a status with 64 runs of many shards.
const MAX_JSON: usize = 64 << 20;

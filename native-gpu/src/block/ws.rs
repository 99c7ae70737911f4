//! JSON-RPC over a WebSocket: the same calls, and new heads without asking for them.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use hearth_blocks::rpc::{CallError, Rpc};
use serde::Deserialize;
use serde_json::{Value, json};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, Message, WebSocket, client::client_with_config};

use super::Head;
use super::rpc::{Answer, MAX_ANSWER};
use crate::client::connect;

/// Most bytes of the notice of a head: a header has less than one thousand.
const MAX_NOTICE: usize = 64 << 10;

/// An execution client at `ws://HOST:PORT`.
pub struct WsRpc {
    url: String,
    patience: Duration,
    /// Most bytes of a message.
    limit: usize,
    /// There once a call was made.
    socket: Option<WebSocket<TcpStream>>,
    next_id: u64,
}

/// What comes from the client: an answer with an id, or a notice without one.
#[derive(Deserialize)]
struct Incoming {
    id: Option<u64>,
    #[serde(flatten)]
    answer: Answer,
    params: Option<Notice>,
}

/// A notice of a subscription.
#[derive(Deserialize)]
struct Notice {
    result: Value,
}

fn failed(error: impl std::fmt::Display) -> CallError {
    CallError::Failed(error.to_string())
}

impl WsRpc {
    /// The client at this URL, which gets `patience` for each call.
    pub fn new(url: &str, patience: Duration) -> Self {
        Self { url: url.to_owned(), patience, limit: MAX_ANSWER as usize, socket: None, next_id: 1 }
    }

    fn connect(&self) -> Result<WebSocket<TcpStream>, CallError> {
        let rest = self.url.strip_prefix("ws://").ok_or_else(|| failed("the URL begins with ws://"))?;
        let host = rest.split('/').next().unwrap_or_default();
        let stream = connect(host, self.patience).map_err(failed)?;
        let config = WebSocketConfig::default().max_message_size(Some(self.limit)).max_frame_size(Some(self.limit));
        let (socket, _) = client_with_config(&self.url, stream, Some(config)).map_err(failed)?;
        Ok(socket)
    }

    /// Makes a call on the connection that there is, or on a new one.
    fn exchange(&mut self, method: &str, params: &Value) -> Result<Answer, CallError> {
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => self.connect()?,
        };
        let id = self.next_id;
        self.next_id += 1;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string();
        socket.send(Message::text(request)).map_err(failed)?;
        let end = Instant::now() + self.patience;
        while Instant::now() < end {
            // Notices of subscriptions come between.
            if let Some(Incoming { id: Some(answered), answer, .. }) = receive(&mut socket)?
                && answered == id
            {
                self.socket = Some(socket);
                return Ok(answer);
            }
        }
        Err(failed("no answer in time"))
    }
}

/// The next message; `None` for one that says nothing.
fn receive(socket: &mut WebSocket<TcpStream>) -> Result<Option<Incoming>, CallError> {
    match socket.read().map_err(failed)? {
        Message::Text(text) => serde_json::from_str(&text).map(Some).map_err(failed),
        Message::Close(_) => Err(failed("the client hung up")),
        _ => Ok(None),
    }
}

impl Rpc for WsRpc {
    fn call(&mut self, method: &str, params: Value) -> Result<Value, CallError> {
        self.exchange(method, &params)?.value()
    }
}

/// A subscription to new heads.
pub struct Heads(WsRpc);

impl Heads {
    /// Subscribes at a client.
    ///
    /// # Errors
    ///
    /// No connection, or a client that has no subscriptions.
    pub fn subscribe(url: &str, patience: Duration) -> Result<Self, CallError> {
        let mut rpc = WsRpc { limit: MAX_NOTICE, ..WsRpc::new(url, patience) };
        rpc.call("eth_subscribe", json!(["newHeads"]))?;
        Ok(Self(rpc))
    }

    /// The next head, if one comes within `time`.
    ///
    /// # Errors
    ///
    /// The connection is gone, or a notice is none of a head.
    pub fn next(&mut self, time: Duration) -> Result<Option<Head>, CallError> {
        let socket = self.0.socket.as_mut().ok_or_else(|| failed("the connection is gone"))?;
        socket.get_ref().set_read_timeout(Some(time)).map_err(failed)?;
        let message = match socket.read() {
            Ok(Message::Text(text)) => serde_json::from_str::<Incoming>(&text).map_err(failed)?,
            Ok(Message::Close(_)) => return Err(failed("the client hung up")),
            Ok(_) => return Ok(None),
            Err(Error::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Ok(None);
            }
            Err(error) => return Err(failed(error)),
        };
        let Some(notice) = message.params else { return Ok(None) };
        let number = notice.result["number"].as_str().and_then(|number| number.strip_prefix("0x"));
        let number = number.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let hash = notice.result["hash"].as_str().filter(|hash| hash.len() == 66);
        match number.zip(hash) {
            Some((number, hash)) => Ok(Some(Head { number, hash: hash.to_owned() })),
            None => Err(failed("the notice of a head has no number or no hash")),
        }
    }
}

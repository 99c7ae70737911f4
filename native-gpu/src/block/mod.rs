//! Blocks: from a file or a live node to the validator's input.

mod rpc;
mod source;
mod ws;

use std::time::Duration;

use hearth_blocks::rpc::Rpc;

use rpc::HttpRpc;
pub use source::{Source, load_validator, load_validator_elf};
pub use ws::Heads;

use ws::WsRpc;

/// A block at the end of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Height.
    pub number: u64,
    /// Hash: `0x` and 64 digits.
    pub hash: String,
}

/// Whether this is the URL of a WebSocket.
pub fn is_websocket(url: &str) -> bool {
    url.starts_with("ws://")
}

/// The execution client at a URL, which gets `patience` for each call.
pub fn client(url: &str, patience: Duration) -> Box<dyn Rpc> {
    match is_websocket(url) {
        true => Box::new(WsRpc::new(url, patience)),
        false => Box::new(HttpRpc::new(url, patience)),
    }
}

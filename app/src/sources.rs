//! Sources of the chain that the user chose: a proof says that a block is valid, they say whether it is in their chain.
//!
//! A source is an execution client that answers JSON-RPC to this page (CORS). The server of the proof is none.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{api, storage};

/// Where they are kept.
const KEY: &str = "hearth-sources";
/// Most of them.
pub const MAX: usize = 8;
/// How long one may take for an answer.
const PATIENCE_MS: u32 = 10_000;

/// What a source says of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// It has this block.
    Same,
    /// It has another block of this height: its hash.
    Other(String),
    /// It has no block of this height.
    Unknown,
    /// It follows another chain: its id.
    OtherChain(u64),
    /// It does not answer, or nothing that is understood.
    Silent(String),
}

/// The sources, in the user's order.
pub fn load() -> Vec<String> {
    let mut urls: Vec<String> = storage::load(KEY).unwrap_or_default();
    urls.retain(|url| is_source(url));
    urls.truncate(MAX);
    urls
}

/// Keeps them.
pub fn save(urls: &[String]) {
    storage::save(KEY, &urls);
}

/// Whether this can be one: an address that a page may ask.
pub fn is_source(url: &str) -> bool {
    let rest = ["https://", "http://127.0.0.1", "http://localhost"].iter().find_map(|start| url.strip_prefix(start));
    let rest = rest.filter(|rest| !url.starts_with("http://") || rest.is_empty() || rest.starts_with([':', '/']));
    rest.is_some() && url.len() <= 500 && url.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What each source says of a block.
pub async fn ask(urls: &[String], chain_id: u64, number: u64, hash: &str) -> Vec<(String, Opinion)> {
    let asked = urls.iter().map(async |url| {
        let opinion = opinion(url, chain_id, number, hash).await.unwrap_or_else(Opinion::Silent);
        (url.clone(), opinion)
    });
    futures_util::future::join_all(asked).await
}

async fn opinion(url: &str, chain_id: u64, number: u64, hash: &str) -> Result<Opinion, String> {
    let chain = quantity(&call(url, "eth_chainId", json!([])).await?).ok_or("it gives no chain id")?;
    if chain != chain_id {
        return Ok(Opinion::OtherChain(chain));
    }
    judge(&call(url, "eth_getBlockByNumber", json!([format!("{number:#x}"), false])).await?, hash)
}

/// What an answer to `eth_getBlockByNumber` says of a hash.
fn judge(block: &Value, hash: &str) -> Result<Opinion, String> {
    if block.is_null() {
        return Ok(Opinion::Unknown);
    }
    match block["hash"].as_str() {
        Some(other) if other.eq_ignore_ascii_case(hash) => Ok(Opinion::Same),
        Some(other) => Ok(Opinion::Other(other.chars().take(66).collect())),
        None => Err("its block has no hash".into()),
    }
}

fn quantity(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

/// An answer of JSON-RPC.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    result: Value,
    error: Option<ErrorAnswer>,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    message: String,
}

async fn call(url: &str, method: &str, params: Value) -> Result<Value, String> {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let answer: Answer = api::ask_source(url, request, PATIENCE_MS).await?;
    match answer.error {
        Some(error) => Err(error.message.chars().take(200).collect()),
        None => Ok(answer.result),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_asked_safely_or_is_this_machine() {
        for good in ["https://rpc.example/key", "http://127.0.0.1:8545", "http://localhost:8545/", "http://localhost"] {
            assert!(is_source(good), "{good}");
        }
        for bad in [
            "",
            "rpc.example",
            "http://rpc.example",
            "http://localhost.example",
            "http://127.0.0.1.example:1",
            "https://a b",
        ] {
            assert!(!is_source(bad), "{bad}");
        }
    }

    #[test]
    fn a_block_is_known_by_its_hash() {
        let block = json!({ "hash": "0xAB", "number": "0x1" });
        assert_eq!(judge(&block, "0xab"), Ok(Opinion::Same));
        assert_eq!(judge(&block, "0xac"), Ok(Opinion::Other("0xAB".into())));
        assert_eq!(judge(&Value::Null, "0xab"), Ok(Opinion::Unknown));
        assert!(judge(&json!({}), "0xab").is_err());
        assert_eq!((quantity(&json!("0x10")), quantity(&json!(16))), (Some(16), None));
    }
}

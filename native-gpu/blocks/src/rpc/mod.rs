//! Raw answers of a node: the block of `eth_getBlockByNumber` or `eth_getBlockByHash` (with whole transactions) and
//! `debug_executionWitness`, as they come or wrapped in `{"result": ...}`. [`fetch`] asks a live node for them.

mod fetch;

pub use fetch::{CallError, Rpc, fetch, head};

use crate::{error::ImportError, file::WitnessFile};
use alloy_consensus::{BlockHeader, Header, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::Bytes;
use alloy_rlp::Encodable;
use alloy_rpc_types_eth::Block;
use serde::de::DeserializeOwned;

/// The RLP of the block in a node's answer. The transactions must be whole, not hashes; hash and transactions root are
/// checked later, when the block is imported.
pub fn block_rlp(json: &[u8]) -> Result<Vec<u8>, ImportError> {
    block_rlp_of(&answer(json)?)
}

/// The header of a block, which must have the hash that the node says.
fn checked_header(block: &Block) -> Result<&Header, ImportError> {
    let header = &block.header.inner;
    if header.hash_slow() != block.header.hash {
        return Err(ImportError::field("hash", format!("the header hashes to {}", header.hash_slow())));
    }
    Ok(header)
}

/// The RLP of a block's header.
fn header_rlp(block: &Block) -> Result<Bytes, ImportError> {
    Ok(alloy_rlp::encode(checked_header(block)?).into())
}

fn block_rlp_of(block: &Block) -> Result<Vec<u8>, ImportError> {
    let header = checked_header(block)?;
    if !block.uncles.is_empty() {
        return Err(ImportError::BeforeMerge(header.number()));
    }
    let transactions = block
        .transactions
        .as_transactions()
        .ok_or_else(|| ImportError::field("transactions", "hashes only; ask the node for whole transactions"))?;
    let mut list = Vec::new();
    for tx in transactions {
        let tx: &TxEnvelope = &tx.inner;
        tx.network_encode(&mut list);
    }
    let mut payload = Vec::new();
    header.encode(&mut payload);
    alloy_rlp::Header { list: true, payload_length: list.len() }.encode(&mut payload);
    payload.extend(list);
    payload.push(alloy_rlp::EMPTY_LIST_CODE);
    if let Some(withdrawals) = &block.withdrawals {
        withdrawals.encode(&mut payload);
    }
    let mut out = Vec::new();
    alloy_rlp::Header { list: true, payload_length: payload.len() }.encode(&mut out);
    out.extend(payload);
    Ok(out)
}

/// The witness in a node's answer.
pub fn witness(json: &[u8]) -> Result<WitnessFile, ImportError> {
    answer(json)
}

/// A JSON-RPC answer, bare or with its envelope.
fn answer<T: DeserializeOwned>(json: &[u8]) -> Result<T, ImportError> {
    let mut value: serde_json::Value = serde_json::from_slice(json)?;
    if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
        return Err(ImportError::field("error", error));
    }
    let result = value.get_mut("result").map(serde_json::Value::take).unwrap_or(value);
    if result.is_null() {
        return Err(ImportError::Missing("result"));
    }
    Ok(serde_json::from_value(result)?)
}

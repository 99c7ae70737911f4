//! A whole block from its RLP: `[header, transactions, ommers, withdrawals?]`.

use crate::error::ImportError;
use alloy_consensus::Header;
use alloy_eips::eip4895::Withdrawal;
use alloy_primitives::{B256, keccak256};
use alloy_rlp::Decodable;
use hearth_stateless::trie::{Item, Items, TrieError};

/// A block, its transactions as they stand in the RLP.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// The header.
    pub header: Header,
    /// Keccak-256 of the header as it stands in the RLP.
    pub hash: B256,
    /// Transactions in EIP-2718 form.
    pub transactions: Vec<&'a [u8]>,
    /// Number of ommers.
    pub ommers: usize,
    /// From Shanghai on.
    pub withdrawals: Option<Vec<Withdrawal>>,
}

impl<'a> Block<'a> {
    /// Decodes a block.
    pub fn decode(rlp: &'a [u8]) -> Result<Self, ImportError> {
        let malformed = |field: &'static str| move |_: TrieError| ImportError::field(field, "RLP malformed");
        let mut parts = Items::of_list(rlp).map_err(malformed("block"))?;
        let header = parts.next_item().map_err(malformed("block.header"))?.raw;
        let transactions = list(parts.next_item(), "block.transactions")?;
        let ommers = list(parts.next_item(), "block.ommers")?;
        let withdrawals = if parts.is_empty() {
            None
        } else {
            Some(decode_exact(parts.next_item().map_err(malformed("block.withdrawals"))?.raw, "block.withdrawals")?)
        };
        if !parts.is_empty() {
            return Err(ImportError::field("block", "more than four parts"));
        }
        Ok(Self {
            header: decode_exact(header, "block.header")?,
            hash: keccak256(header),
            transactions: transactions.iter().map(|tx| if tx.is_list { tx.raw } else { tx.payload }).collect(),
            ommers: ommers.len(),
            withdrawals,
        })
    }
}

fn decode_exact<T: Decodable>(rlp: &[u8], field: &'static str) -> Result<T, ImportError> {
    alloy_rlp::decode_exact(rlp).map_err(|error| ImportError::field(field, error))
}

fn list<'a>(item: Result<Item<'a>, TrieError>, field: &'static str) -> Result<Vec<Item<'a>>, ImportError> {
    let malformed = |_| ImportError::field(field, "RLP malformed");
    let mut items = Items::of_list(item.map_err(malformed)?.raw).map_err(malformed)?;
    let mut out = Vec::new();
    while !items.is_empty() {
        out.push(items.next_item().map_err(malformed)?);
    }
    Ok(out)
}

//! The new payload request: the consensus layer's view of a block, read in place, and its hash tree root.
//!
//! The containers are those of execution-specs tests-zkevm v0.8.2: payload and execution requests are progressive
//! containers, lists are progressive lists; the wire format is that of plain containers and lists.

use crate::{
    fork::Fork,
    requests::{REQUEST_KINDS, RequestKind},
    ssz::{
        ByteLists, Undecodable,
        decode::{array, items, uint64, variable},
        merkle::{self, Root},
    },
};
use alloc::vec::Vec;

/// Bytes of an SSZ withdrawal: index, validator index, address, amount.
pub const WITHDRAWAL_SIZE: usize = 44;

/// Places of the payload's fields in its container, used for branches from the root.
pub mod field {
    /// `parent_hash`
    pub const PARENT_HASH: usize = 0;
    /// `block_number`
    pub const BLOCK_NUMBER: usize = 6;
    /// `timestamp`
    pub const TIMESTAMP: usize = 9;
    /// `block_hash`
    pub const BLOCK_HASH: usize = 12;
}

/// `ExecutionPayload` V1 to V3, by fork.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// Hash of the parent block.
    pub parent_hash: &'a [u8; 32],
    /// Address that receives the fees.
    pub fee_recipient: &'a [u8; 20],
    /// State root after the block.
    pub state_root: &'a [u8; 32],
    /// Root of the receipts.
    pub receipts_root: &'a [u8; 32],
    /// Bloom filter of the logs.
    pub logs_bloom: &'a [u8; 256],
    /// Randomness of the beacon chain.
    pub prev_randao: &'a [u8; 32],
    /// Height.
    pub block_number: u64,
    /// Gas limit.
    pub gas_limit: u64,
    /// Gas used.
    pub gas_used: u64,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// At most 32 free bytes.
    pub extra_data: &'a [u8],
    /// Base fee, little-endian.
    pub base_fee_per_gas: &'a [u8; 32],
    /// The hash that the block claims to have.
    pub block_hash: &'a [u8; 32],
    /// Transactions in their EIP-2718 form.
    pub transactions: ByteLists<'a>,
    /// Withdrawals, 44 bytes each, from Shanghai on.
    pub withdrawals: Option<&'a [u8]>,
    /// Blob gas used and excess blob gas, from Cancun on.
    pub blob_gas: Option<(u64, u64)>,
}

/// What Cancun added beside the payload.
#[derive(Clone, Copy, Debug)]
pub struct Cancun<'a> {
    /// Versioned hashes of all blobs, 32 bytes each.
    pub versioned_hashes: &'a [u8],
    /// Root of the parent beacon block.
    pub parent_beacon_block_root: &'a [u8; 32],
}

/// `NewPayloadRequest` of one fork.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The block.
    pub payload: Payload<'a>,
    /// From Cancun on.
    pub cancun: Option<Cancun<'a>>,
    /// From Prague on: deposits, withdrawals, consolidations as flat SSZ items, which is also their EIP-7685 form.
    pub execution_requests: Option<[&'a [u8]; 3]>,
}

impl<'a> Request<'a> {
    /// Reads a request of the shape that `fork` has.
    pub fn parse(bytes: &'a [u8], fork: Fork) -> Result<Self, Undecodable> {
        let name = "new_payload_request";
        let (payload, cancun, execution_requests) = if fork < Fork::Cancun {
            let [payload] = variable(bytes, 4, [0], name)?;
            (payload, None, None)
        } else {
            let (payload, hashes, requests) = if fork < Fork::Prague {
                let [payload, hashes] = variable(bytes, 40, [0, 4], name)?;
                (payload, hashes, None)
            } else {
                let [payload, hashes, requests] = variable(bytes, 44, [0, 4, 40], name)?;
                (payload, hashes, Some(parse_requests(requests)?))
            };
            let cancun = Cancun {
                versioned_hashes: items(hashes, 32, "versioned_hashes")?,
                parent_beacon_block_root: array(bytes, 8, "parent_beacon_block_root")?,
            };
            (payload, Some(cancun), requests)
        };
        Ok(Self { payload: Payload::parse(payload, fork)?, cancun, execution_requests })
    }

    /// Roots of the request's fields in order.
    pub fn field_roots(&self) -> Vec<Root> {
        let mut roots = Vec::with_capacity(4);
        roots.push(merkle::progressive_container(&self.payload.field_roots()));
        if let Some(cancun) = &self.cancun {
            let hashes = cancun.versioned_hashes;
            roots.push(merkle::with_length(&merkle::progressive(hashes), hashes.len() / 32));
            roots.push(*cancun.parent_beacon_block_root);
        }
        if let Some(requests) = &self.execution_requests {
            let lists: [Root; 3] = core::array::from_fn(|i| request_list_root(&REQUEST_KINDS[i], requests[i]));
            roots.push(merkle::progressive_container(&lists));
        }
        roots
    }

    /// `hash_tree_root`.
    pub fn root(&self) -> Root {
        merkle::fixed(self.field_roots().as_flattened())
    }
}

fn parse_requests(bytes: &[u8]) -> Result<[&[u8]; 3], Undecodable> {
    let lists = variable(bytes, 12, [0, 4, 8], "execution_requests")?;
    for (list, kind) in lists.iter().zip(&REQUEST_KINDS) {
        items(list, kind.size(), kind.name)?;
    }
    Ok(lists)
}

/// Root of a list of requests: each is a plain container of byte vectors and integers.
fn request_list_root(kind: &RequestKind, list: &[u8]) -> Root {
    let roots: Vec<Root> = list
        .chunks_exact(kind.size())
        .map(|mut item| {
            let fields: Vec<Root> = kind
                .fields
                .iter()
                .map(|&size| {
                    let (field, rest) = item.split_at(size.min(item.len()));
                    item = rest;
                    merkle::fixed(field)
                })
                .collect();
            merkle::fixed(fields.as_flattened())
        })
        .collect();
    merkle::progressive_list(&roots)
}

impl<'a> Payload<'a> {
    fn parse(bytes: &'a [u8], fork: Fork) -> Result<Self, Undecodable> {
        let name = "execution_payload";
        let (extra_data, transactions, withdrawals) = if fork < Fork::Shanghai {
            let [extra, transactions] = variable(bytes, 508, [436, 504], name)?;
            (extra, transactions, None)
        } else {
            let fixed = if fork < Fork::Cancun { 512 } else { 528 };
            let [extra, transactions, withdrawals] = variable(bytes, fixed, [436, 504, 508], name)?;
            (extra, transactions, Some(items(withdrawals, WITHDRAWAL_SIZE, "withdrawals")?))
        };
        if extra_data.len() > 32 {
            return Err(Undecodable("extra_data"));
        }
        let blob_gas = if fork < Fork::Cancun {
            None
        } else {
            Some((uint64(bytes, 512, "blob_gas_used")?, uint64(bytes, 520, "excess_blob_gas")?))
        };
        Ok(Self {
            parent_hash: array(bytes, 0, "parent_hash")?,
            fee_recipient: array(bytes, 32, "fee_recipient")?,
            state_root: array(bytes, 52, "state_root")?,
            receipts_root: array(bytes, 84, "receipts_root")?,
            logs_bloom: array(bytes, 116, "logs_bloom")?,
            prev_randao: array(bytes, 372, "prev_randao")?,
            block_number: uint64(bytes, 404, "block_number")?,
            gas_limit: uint64(bytes, 412, "gas_limit")?,
            gas_used: uint64(bytes, 420, "gas_used")?,
            timestamp: uint64(bytes, 428, "timestamp")?,
            extra_data,
            base_fee_per_gas: array(bytes, 440, "base_fee_per_gas")?,
            block_hash: array(bytes, 472, "block_hash")?,
            transactions: ByteLists::parse(transactions, usize::MAX, usize::MAX, "transactions")?,
            withdrawals,
            blob_gas,
        })
    }

    /// Roots of the payload's fields in order.
    pub fn field_roots(&self) -> Vec<Root> {
        let number = |n: u64| merkle::leaf(&n.to_le_bytes());
        let transactions: Vec<Root> = self.transactions.iter().map(merkle::progressive_bytes).collect();
        let mut roots = Vec::with_capacity(17);
        roots.extend([
            *self.parent_hash,
            merkle::leaf(self.fee_recipient),
            *self.state_root,
            *self.receipts_root,
            merkle::fixed(self.logs_bloom),
            *self.prev_randao,
            number(self.block_number),
            number(self.gas_limit),
            number(self.gas_used),
            number(self.timestamp),
            merkle::with_length(&merkle::leaf(self.extra_data), self.extra_data.len()),
            *self.base_fee_per_gas,
            *self.block_hash,
            merkle::progressive_list(&transactions),
        ]);
        if let Some(withdrawals) = self.withdrawals {
            let items: Vec<Root> = withdrawals.as_chunks().0.iter().map(withdrawal_root).collect();
            roots.push(merkle::progressive_list(&items));
        }
        if let Some((used, excess)) = self.blob_gas {
            roots.extend([number(used), number(excess)]);
        }
        roots
    }
}

fn withdrawal_root(item: &[u8; WITHDRAWAL_SIZE]) -> Root {
    let fields = [&item[..8], &item[8..16], &item[16..36], &item[36..]].map(merkle::leaf);
    merkle::fixed(fields.as_flattened())
}

//! What a proof says about a block.
//!
//! The output of a run names only the root of the payload request. A binding opens four fields of the payload below that
//! root: block hash, parent hash, number and timestamp. Whoever has checked a proof of the stateless validator (which
//! program it is belongs to that check) learns from a verified binding which block is valid.

use crate::Network;
use alloy_primitives::B256;
use hearth_stateless::{
    Fork, Output,
    input::Input,
    request::{Request, field},
    ssz::{
        Undecodable,
        merkle::{self, Root},
    },
};
use serde::{Deserialize, Serialize};

/// A value below the root, with its siblings from the leaf up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening<T> {
    /// The value.
    pub value: T,
    /// Siblings, deepest first.
    pub branch: Vec<B256>,
}

/// Openings of the payload's fields that say which block it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Hash of the block.
    pub block_hash: Opening<B256>,
    /// Hash of its parent.
    pub parent_hash: Opening<B256>,
    /// Height.
    pub block_number: Opening<u64>,
    /// Seconds since 1970.
    pub timestamp: Opening<u64>,
}

/// A block that an output calls valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundBlock {
    /// Its hash.
    pub hash: B256,
    /// Hash of its parent.
    pub parent_hash: B256,
    /// Height.
    pub number: u64,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// Rules.
    pub fork: Fork,
    /// Chain id.
    pub chain_id: u64,
}

/// Why an output and a binding do not show a valid block of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// The output is that of an undecodable input.
    #[error("output: the input was not decodable")]
    Sentinel,
    /// The run judged the block invalid.
    #[error("output: the block is invalid")]
    Invalid,
    /// Another chain.
    #[error("chain id: {found}, expected {expected}")]
    ChainId {
        /// In the output.
        found: u64,
        /// Of the network.
        expected: u64,
    },
    /// A schema id of no known fork.
    #[error("schema id: {0:#06x} is unknown")]
    UnknownSchema(u16),
    /// A branch does not lead to the root of the output.
    #[error("{0}: branch does not lead to the payload request root")]
    Branch(&'static str),
    /// The block was judged under the rules of another fork than the network's at that time.
    #[error("schema id: judged under {judged:?}, the network's fork is {due:?}")]
    Fork {
        /// From the output.
        judged: Fork,
        /// From number and timestamp, `None` before the Merge.
        due: Option<Fork>,
    },
}

impl Binding {
    /// The binding of the block in a stateless input.
    pub fn new(input: &[u8]) -> Result<Self, Undecodable> {
        Ok(Self::of_request(&Input::parse(input)?.request))
    }

    fn of_request(request: &Request<'_>) -> Self {
        let payload = &request.payload;
        let fields = payload.field_roots();
        let above = request.field_roots();
        let depth = above.len().next_power_of_two().ilog2() as usize;
        let above = merkle::fixed_branch(above.as_flattened(), depth, 0);
        let branch = |index| -> Vec<B256> {
            merkle::progressive_branch(&fields, index).into_iter().chain(above.clone()).map(B256::new).collect()
        };
        Self {
            block_hash: Opening { value: B256::new(*payload.block_hash), branch: branch(field::BLOCK_HASH) },
            parent_hash: Opening { value: B256::new(*payload.parent_hash), branch: branch(field::PARENT_HASH) },
            block_number: Opening { value: payload.block_number, branch: branch(field::BLOCK_NUMBER) },
            timestamp: Opening { value: payload.timestamp, branch: branch(field::TIMESTAMP) },
        }
    }

    /// Checks validity, chain id, all branches, and that the schema id is the network's fork at the block's time.
    pub fn verify(&self, output: &Output, network: &Network) -> Result<BoundBlock, BindingError> {
        let block = self.verify_branches(output)?;
        if block.chain_id != network.chain_id {
            return Err(BindingError::ChainId { found: block.chain_id, expected: network.chain_id });
        }
        let due = network.fork_of(block.number, block.timestamp);
        if due == Some(block.fork) { Ok(block) } else { Err(BindingError::Fork { judged: block.fork, due }) }
    }

    /// Checks validity and branches only: for chains without a known fork schedule. The caller must compare the chain id
    /// and the fork with what it expects.
    pub fn verify_branches(&self, output: &Output) -> Result<BoundBlock, BindingError> {
        if *output == Output::SENTINEL {
            return Err(BindingError::Sentinel);
        }
        if !output.successful_validation {
            return Err(BindingError::Invalid);
        }
        let fork = Fork::from_schema_id(output.schema_id).ok_or(BindingError::UnknownSchema(output.schema_id))?;
        let number = |n: u64| merkle::leaf(&n.to_le_bytes());
        let check = |name, leaf: Root, branch: &[B256], index| {
            let branch: Vec<Root> = branch.iter().map(|root| root.0).collect();
            let root = merkle::root_of_branch(leaf, &branch, gindex(fork, index));
            if root == Some(output.new_payload_request_root) { Ok(()) } else { Err(BindingError::Branch(name)) }
        };
        check("block_hash", self.block_hash.value.0, &self.block_hash.branch, field::BLOCK_HASH)?;
        check("parent_hash", self.parent_hash.value.0, &self.parent_hash.branch, field::PARENT_HASH)?;
        check("block_number", number(self.block_number.value), &self.block_number.branch, field::BLOCK_NUMBER)?;
        check("timestamp", number(self.timestamp.value), &self.timestamp.branch, field::TIMESTAMP)?;
        Ok(BoundBlock {
            hash: self.block_hash.value,
            parent_hash: self.parent_hash.value,
            number: self.block_number.value,
            timestamp: self.timestamp.value,
            fork,
            chain_id: output.chain_id,
        })
    }
}

/// The generalised index of a payload field below the request root: the payload is the first field of a container of one
/// field (before Cancun), three, or four.
fn gindex(fork: Fork, index: usize) -> u64 {
    let within = merkle::progressive_gindex(index);
    let request_depth = if fork < Fork::Cancun { 0 } else { 2 };
    let depth = within.ilog2();
    // replace the leading bit, the payload's root, by the path to the payload
    (1 << (request_depth + depth)) | (within ^ (1 << depth))
}

//! Stateless validation of Ethereum blocks, Paris to Osaka with both blob schedule changes, without std.
//!
//! Input and output are those of EIP-8025 as in execution-specs tests-zkevm v0.8.2: [`validate`] maps any byte string to an
//! [`Output`] of 43 bytes. An undecodable input gives the sentinel, all zero; an invalid block gives an output that names it
//! and says that it is invalid. Nothing panics.
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![warn(missing_docs)]

extern crate alloc;

#[cfg(feature = "modular-calls")]
pub mod arithmetic;
pub mod authority;
pub mod bytecode;
pub mod execute;
pub mod fork;
pub mod header;
pub mod input;
pub mod keccak;
mod output;
pub mod reason;
pub mod request;
pub mod requests;
pub mod sender;
pub mod ssz;
pub mod state;
mod system;
pub mod trie;

pub use fork::Fork;
pub use output::{OUTPUT_SIZE, Output};
pub use reason::Reason;
pub use revm::install_crypto;
pub use revm::precompile::{Crypto, DefaultCrypto, PrecompileHalt};

use alloc::vec::Vec;
use alloy_primitives::B256;
use alloy_rlp::Encodable;
use execute::Block;
use input::Input;

/// EIP-7934: most bytes of a block in RLP from Osaka on.
pub const MAX_BLOCK_SIZE: usize = 8_388_608;

/// A valid block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockInfo {
    /// Its hash.
    pub hash: B256,
    /// Height.
    pub number: u64,
    /// Chain id.
    pub chain_id: u64,
    /// The rules under which it is valid.
    pub fork: Fork,
    /// Gas used.
    pub gas_used: u64,
    /// Number of transactions.
    pub transactions: usize,
}

/// Judges a stateless input.
pub fn validate(input: &[u8]) -> Output {
    validate_verbose(input).0
}

/// Judges a stateless input and tells what the block is, or why it is not valid.
pub fn validate_verbose(input: &[u8]) -> (Output, Result<BlockInfo, Reason>) {
    let input = match Input::parse(input) {
        Ok(input) => input,
        Err(error) => return (Output::SENTINEL, Err(error.into())),
    };
    let result = validate_input(&input);
    let output = Output {
        new_payload_request_root: input.request.root(),
        successful_validation: result.is_ok(),
        chain_id: input.chain_id,
        schema_id: input.fork.schema_id(),
    };
    (output, result)
}

fn validate_input(input: &Input<'_>) -> Result<BlockInfo, Reason> {
    let Input { fork, request, witness, chain_id, public_keys } = *input;
    let withdrawals = request.payload.withdrawals.map(header::withdrawals);
    let (header, hash) = header::rebuild(&request, withdrawals.as_deref())?;
    let transactions: Vec<&[u8]> = request.payload.transactions.iter().collect();
    if fork >= Fork::Osaka {
        let size = block_size(header.length(), &transactions, withdrawals.as_ref().map_or(0, Encodable::length));
        if size > MAX_BLOCK_SIZE {
            return Err(Reason::Header("block size"));
        }
    }
    let block = Block {
        fork,
        chain_id,
        header: &header,
        transactions: &transactions,
        withdrawals: withdrawals.as_deref(),
        public_keys,
        witness,
    };
    let outcome = execute::execute(&block)?;
    if request
        .cancun
        .is_some_and(|c| !c.versioned_hashes.chunks(32).eq(outcome.versioned_hashes.iter().map(|h| &h.0[..])))
    {
        return Err(Reason::Result("versioned hashes"));
    }
    outcome.check(&header, fork)?;
    let transactions = transactions.len();
    Ok(BlockInfo { hash, number: header.number, chain_id, fork, gas_used: header.gas_used, transactions })
}

/// Bytes of the block in RLP: header, transactions (typed ones as strings), no ommers, withdrawals.
fn block_size(header: usize, transactions: &[&[u8]], withdrawals: usize) -> usize {
    let list = |payload: usize| alloy_rlp::length_of_length(payload) + payload;
    let transaction = |tx: &&[u8]| if tx.first().is_some_and(|b| *b < 0x80) { list(tx.len()) } else { tx.len() };
    list(header + list(transactions.iter().map(transaction).sum()) + 1 + withdrawals)
}

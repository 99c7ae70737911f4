//! Why a block is not valid.

use crate::{ssz::Undecodable, trie::TrieError};
use alloc::string::String;
use alloy_primitives::{Address, B256};

/// The first check that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The input is not a stateless input: the output is the sentinel.
    #[error("input: {0}")]
    Undecodable(#[from] Undecodable),
    /// A header field breaks its rule.
    #[error("header: {0} is wrong")]
    Header(&'static str),
    /// The hash of the rebuilt header is not the payload's `block_hash`.
    #[error("block hash: rebuilt header has {rebuilt}, the payload says {claimed}")]
    BlockHash {
        /// From the payload's fields.
        rebuilt: B256,
        /// As claimed.
        claimed: B256,
    },
    /// The witness has no ancestor headers.
    #[error("witness: parent header missing")]
    NoParent,
    /// An ancestor header does not decode or is not the parent of the next.
    #[error("witness: ancestor header {0} does not link to its child")]
    Ancestor(usize),
    /// A hash that the execution asked for is not in the headers given.
    #[error("witness: hash of block {0} missing")]
    BlockHashMissing(u64),
    /// A trie node is missing or malformed.
    #[error("witness: {0}")]
    Trie(#[from] TrieError),
    /// A bytecode is missing.
    #[error("witness: code {0} missing")]
    CodeMissing(B256),
    /// An account of the witness is malformed.
    #[error("witness: account {0} malformed")]
    Account(Address),
    /// A transaction does not decode.
    #[error("transaction {0}: not decodable")]
    Transaction(usize),
    /// There is not one public key per transaction.
    #[error("public keys: {keys} for {transactions} transactions")]
    PublicKeys {
        /// Given.
        keys: usize,
        /// Needed.
        transactions: usize,
    },
    /// A signature does not fit the public key given, or is malformed.
    #[error("transaction {0}: signature does not fit the public key")]
    Signature(usize),
    /// A transaction asks for more gas than the block has left.
    #[error("transaction {0}: gas limit exceeds the block's rest")]
    BlockGas(usize),
    /// A transaction cannot be executed.
    #[error("transaction {index}: {error}")]
    Execution {
        /// Its place in the block.
        index: usize,
        /// From the EVM.
        error: String,
    },
    /// A system call failed.
    #[error("system call: {0}")]
    SystemCall(String),
    /// A system contract has no code.
    #[error("system call: no code at {0}")]
    SystemContract(Address),
    /// A deposit event has a layout that the deposit contract never writes.
    #[error("deposit event: wrong layout")]
    DepositLayout,
    /// A result of the execution is not what the header says.
    #[error("{0} differs from the header")]
    Result(&'static str),
}

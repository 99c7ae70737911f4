//! From a block and its witness to the bytes that the guest reads.
//!
//! A payload request holds two things that a block does not: the lists of requests, found by executing the block, and the
//! public keys, recovered from the signatures.

use crate::{
    block::Block,
    error::ImportError,
    file::{BlockFile, WitnessFile},
};
use alloy_consensus::{EthereumTxEnvelope, Transaction, TxEip4844};
use alloy_eips::{eip2718::Decodable2718, eip4895::Withdrawal};
use alloy_primitives::{B256, Bytes, Signature, U256};
use hearth_binding::Rules;
use hearth_stateless::{
    Fork, Reason, execute,
    input::{self, PUBLIC_KEY, Witness},
    request::{Cancun, Payload},
    requests::REQUEST_KINDS,
    ssz::{ByteLists, encode::InputParts},
};
use k256::ecdsa::{RecoveryId, VerifyingKey};

/// A prepared input.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Rules of the block.
    pub fork: Fork,
    /// Hash of the block's header.
    pub hash: B256,
    /// Height.
    pub number: u64,
    /// Gas that its header says it used.
    pub gas_used: u64,
    /// What the guest reads: schema id and SSZ `StatelessInput`.
    pub input: Vec<u8>,
    /// What executing the block directly said. The guest judges anew; for an invalid block this reason may be plainer.
    pub executed: Result<(), Reason>,
}

/// Imports a file of the data set. `prune` leaves out of the witness what the execution does not need.
pub fn import_file(file: &BlockFile, prune: bool) -> Result<Imported, ImportError> {
    let imported = import(&file.block, &file.witness, file.chain_id, &file.rules()?, prune)?;
    if imported.hash != file.block_hash {
        return Err(ImportError::field("blockHash", format!("the header hashes to {}", imported.hash)));
    }
    Ok(imported)
}

/// Imports a block given by its RLP and its witness.
pub fn import(
    block: &[u8],
    witness: &WitnessFile,
    chain_id: u64,
    rules: &Rules,
    prune: bool,
) -> Result<Imported, ImportError> {
    let block = Block::decode(block)?;
    let header = &block.header;
    if !header.difficulty.is_zero() {
        return Err(ImportError::BeforeMerge(header.number));
    }
    let fork = rules.fork_of(header.number, header.timestamp).ok_or(ImportError::BeforeMerge(header.number))?;
    require_expressible(&block, fork)?;
    check_sizes(witness)?;

    let hashes_and_keys: Vec<_> = block.transactions.iter().map(|tx| hashes_and_key(tx)).collect();
    let versioned_hashes: Vec<u8> =
        hashes_and_keys.iter().flat_map(|(hashes, _)| hashes.as_flattened()).copied().collect();
    let public_keys: Vec<u8> = hashes_and_keys.iter().flat_map(|(_, key)| key).copied().collect();
    let withdrawals = block.withdrawals.as_deref().map(encode_withdrawals);
    let base_fee = U256::from(header.base_fee_per_gas.unwrap_or_default()).to_le_bytes::<32>();
    let beacon_root = header.parent_beacon_block_root.unwrap_or_default();
    let encode = |requests: &[Vec<u8>; 3], state: &[&[u8]], codes: &[&[u8]]| {
        let headers: Vec<&[u8]> = witness.headers.iter().map(AsRef::as_ref).collect();
        let payload = Payload {
            parent_hash: &header.parent_hash.0,
            fee_recipient: &header.beneficiary.0.0,
            state_root: &header.state_root.0,
            receipts_root: &header.receipts_root.0,
            logs_bloom: &header.logs_bloom.0.0,
            prev_randao: &header.mix_hash.0,
            block_number: header.number,
            gas_limit: header.gas_limit,
            gas_used: header.gas_used,
            timestamp: header.timestamp,
            extra_data: &header.extra_data,
            base_fee_per_gas: &base_fee,
            block_hash: &block.hash.0,
            transactions: ByteLists::default(),
            withdrawals: withdrawals.as_deref(),
            blob_gas: header.blob_gas_used.zip(header.excess_blob_gas),
        };
        let cancun = Cancun { versioned_hashes: &versioned_hashes, parent_beacon_block_root: &beacon_root.0 };
        InputParts {
            fork,
            chain_id,
            payload,
            transactions: &block.transactions,
            cancun: (fork >= Fork::Cancun).then_some(cancun),
            execution_requests: (fork >= Fork::Prague).then(|| requests.each_ref().map(Vec::as_slice)),
            state,
            codes,
            headers: &headers,
            public_keys: &public_keys,
        }
        .encode()
    };

    let (state, codes) = (slices(&witness.state), slices(&witness.codes));
    let first = encode(&Default::default(), &state, &codes);
    let read = input::Input::parse(&first).map_err(|error| ImportError::field("block", error))?;
    let outcome = run(&block, fork, chain_id, &public_keys, read.witness);
    let executed = outcome.as_ref().map_err(Reason::clone).and_then(|outcome| outcome.check(header, fork));
    if let Ok(outcome) = &outcome {
        require_whole_requests(&outcome.requests, &executed)?;
    }
    let input = match &outcome {
        Ok(outcome) if prune => {
            encode(&outcome.requests, &kept(&state, &outcome.used_nodes), &kept(&codes, &outcome.used_codes))
        }
        Ok(outcome) => encode(&outcome.requests, &state, &codes),
        Err(_) => first,
    };
    Ok(Imported { fork, hash: block.hash, number: header.number, gas_used: header.gas_used, input, executed })
}

fn run(
    block: &Block<'_>,
    fork: Fork,
    chain_id: u64,
    public_keys: &[u8],
    witness: Witness<'_>,
) -> Result<execute::Outcome, Reason> {
    execute::execute(&execute::Block {
        fork,
        chain_id,
        header: &block.header,
        transactions: &block.transactions,
        withdrawals: block.withdrawals.as_deref(),
        public_keys,
        witness,
    })
}

fn slices(items: &[Bytes]) -> Vec<&[u8]> {
    items.iter().map(AsRef::as_ref).collect()
}

fn kept<'a>(items: &[&'a [u8]], used: &[bool]) -> Vec<&'a [u8]> {
    items.iter().zip(used).filter(|(_, used)| **used).map(|(item, _)| *item).collect()
}

/// A payload has no room for ommers or for fields of another fork.
fn require_expressible(block: &Block<'_>, fork: Fork) -> Result<(), ImportError> {
    let header = &block.header;
    let present = |is: bool, since: Fork| is == (fork >= since);
    let checks = [
        (block.ommers == 0, "ommers"),
        (header.nonce.is_zero(), "nonce"),
        (header.base_fee_per_gas.is_some(), "baseFeePerGas"),
        (present(header.withdrawals_root.is_some(), Fork::Shanghai), "withdrawalsRoot"),
        (present(block.withdrawals.is_some(), Fork::Shanghai), "withdrawals"),
        (present(header.blob_gas_used.is_some(), Fork::Cancun), "blobGasUsed"),
        (present(header.excess_blob_gas.is_some(), Fork::Cancun), "excessBlobGas"),
        (present(header.parent_beacon_block_root.is_some(), Fork::Cancun), "parentBeaconBlockRoot"),
        (present(header.requests_hash.is_some(), Fork::Prague), "requestsHash"),
        (header.extra_data.len() <= 32, "extraData"),
    ];
    match checks.into_iter().find(|(ok, _)| !ok) {
        Some((_, field)) => Err(ImportError::Inexpressible { field, fork: format!("{fork:?}") }),
        None => Ok(()),
    }
}

/// What system contracts return are lists of requests, unless a test chain has replaced them.
fn require_whole_requests(requests: &[Vec<u8>; 3], executed: &Result<(), Reason>) -> Result<(), ImportError> {
    match requests.iter().zip(&REQUEST_KINDS).find(|(list, kind)| !list.len().is_multiple_of(kind.size())) {
        None => Ok(()),
        Some((list, kind)) => Err(ImportError::InexpressibleRequests {
            list: kind.name,
            len: list.len(),
            executed: executed.as_ref().map_or_else(ToString::to_string, |()| "valid".into()),
            valid: executed.is_ok(),
        }),
    }
}

fn check_sizes(witness: &WitnessFile) -> Result<(), ImportError> {
    let lists = [
        ("witness.state", &witness.state, input::MAX_NODE),
        ("witness.codes", &witness.codes, input::MAX_CODE),
        ("witness.headers", &witness.headers, input::MAX_HEADER),
    ];
    for (name, items, limit) in lists {
        if let Some(i) = items.iter().position(|item| item.len() > limit) {
            let problem = format!("{} bytes, at most {limit} are allowed", items[i].len());
            return Err(ImportError::field(format!("{name}[{i}]"), problem));
        }
    }
    if witness.headers.len() > input::MAX_HEADERS {
        let problem = format!("{} items, at most {} are allowed", witness.headers.len(), input::MAX_HEADERS);
        return Err(ImportError::field("witness.headers", problem));
    }
    Ok(())
}

/// Versioned hashes and public key of a transaction. What does not decode or recover yields none or a zero key: the
/// validator refuses the block then.
fn hashes_and_key(tx: &[u8]) -> (Vec<[u8; 32]>, [u8; PUBLIC_KEY]) {
    let Ok(tx) = EthereumTxEnvelope::<TxEip4844>::decode_2718_exact(tx) else { return (Vec::new(), [0; PUBLIC_KEY]) };
    let hashes = tx.blob_versioned_hashes().unwrap_or_default().iter().map(|hash| hash.0).collect();
    (hashes, recover(&tx.signature_hash(), tx.signature()).unwrap_or([0; PUBLIC_KEY]))
}

fn recover(hash: &B256, signature: &Signature) -> Option<[u8; PUBLIC_KEY]> {
    let id = RecoveryId::new(signature.v(), false);
    let key = VerifyingKey::recover_from_prehash(&hash.0, &signature.to_k256().ok()?, id).ok()?;
    key.to_encoded_point(false).as_bytes().try_into().ok()
}

fn encode_withdrawals(withdrawals: &[Withdrawal]) -> Vec<u8> {
    let mut out = Vec::new();
    for withdrawal in withdrawals {
        out.extend(withdrawal.index.to_le_bytes());
        out.extend(withdrawal.validator_index.to_le_bytes());
        out.extend(withdrawal.address);
        out.extend(withdrawal.amount.to_le_bytes());
    }
    out
}

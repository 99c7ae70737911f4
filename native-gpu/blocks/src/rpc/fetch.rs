//! A block and its witness from a live node.
//!
//! A node with `debug_executionWitness` gives the witness. Another one gives what the block touched, by its tracer, and the
//! proofs of that, from before and after the block (`eth_getProof`), with the bytecodes (`eth_getCode`).

use std::collections::{BTreeMap, BTreeSet};

use alloy_consensus::{Header, constants::KECCAK_EMPTY};
use alloy_eips::{
    eip2935::{HISTORY_SERVE_WINDOW, HISTORY_STORAGE_ADDRESS},
    eip4788::{BEACON_ROOTS_ADDRESS, SYSTEM_ADDRESS},
    eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS,
    eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_rpc_types_eth::{Block, EIP1186AccountProofResponse};
use hearth_binding::{Network, Rules};
use hearth_stateless::{Fork, Reason};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{block_rlp_of, header_rlp};
use crate::{BlockFile, ImportError, WitnessFile, import};

/// Length of the ring in the contract of beacon roots (EIP-4788).
const BEACON_ROOTS: u64 = 8191;
/// Slots that a queue of requests reads and writes without any request: excess, count, head, tail (EIP-7002, EIP-7251).
const QUEUE_SLOTS: u64 = 4;
/// Headers that BLOCKHASH can ask for.
const MAX_ANCESTORS: u64 = 256;

/// Why a call gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The node does not know the method.
    #[error("the node does not have this method")]
    UnknownMethod,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// A JSON-RPC node.
pub trait Rpc {
    /// Calls a method with a list of parameters.
    ///
    /// # Errors
    ///
    /// No answer, or an error as the answer.
    fn call(&mut self, method: &str, params: Value) -> Result<Value, CallError>;
}

/// Fetches a block (`tag`: its hash, its number, or a name like `latest`) with its witness. `rules` is needed for chains that are no public network.
///
/// # Errors
///
/// Which call failed, or which field of an answer is wrong.
pub fn fetch(rpc: &mut dyn Rpc, tag: &str, rules: Option<&str>) -> Result<BlockFile, ImportError> {
    let chain_id: U256 = call(rpc, "eth_chainId", json!([]))?;
    let chain_id = u64::try_from(chain_id).map_err(|error| ImportError::field("eth_chainId", error))?;
    let config = match (rules, Network::by_chain_id(chain_id)) {
        (Some(rules), _) => rules.to_owned(),
        (None, Some(network)) => network.name.to_owned(),
        (None, None) => {
            return Err(ImportError::field("chainId", format!("{chain_id} is of no public network: name its rules")));
        }
    };
    let block = block_at(rpc, tag)?;
    let header = &block.header.inner;
    let named = Rules::by_name(&config).ok_or_else(|| ImportError::field("rules", format!("unknown: {config:?}")))?;
    let fork = named.fork_of(header.number, header.timestamp).ok_or(ImportError::BeforeMerge(header.number))?;
    if header.number == 0 {
        return Err(ImportError::field("number", "the genesis block was never executed"));
    }
    // Witness and proofs are asked for by height, so the block must still be that of its height.
    let at_height = if is_hash(tag) { block_at(rpc, &hex(header.number))?.header.hash } else { block.header.hash };
    let parent = block_at(rpc, &hex(header.number - 1))?;
    if at_height != block.header.hash || parent.header.hash != header.parent_hash {
        return Err(ImportError::field("parentHash", "the chain was reorganised meanwhile"));
    }
    let witness = match rpc.call("debug_executionWitness", json!([hex(header.number)])) {
        Ok(answer) => serde_json::from_value(answer)?,
        Err(CallError::UnknownMethod) => from_proofs(rpc, &block, &parent.header.inner, fork)?,
        Err(error) => return Err(ImportError::field("debug_executionWitness", error)),
    };
    let mut file = BlockFile {
        name: format!("{chain_id}-{}", header.number),
        chain_id,
        config,
        block: block_rlp_of(&block)?.into(),
        block_hash: block.header.hash,
        witness,
        valid: None,
    };
    add_ancestors(rpc, &mut file, &named, header.number)?;
    Ok(file)
}

/// Height and hash of the newest block.
///
/// # Errors
///
/// Which call failed.
pub fn head(rpc: &mut dyn Rpc) -> Result<(u64, B256), ImportError> {
    let block = block_at(rpc, "latest")?;
    Ok((block.header.inner.number, block.header.hash))
}

/// Adds headers as long as the execution asks for hashes of older blocks.
fn add_ancestors(rpc: &mut dyn Rpc, file: &mut BlockFile, rules: &Rules, number: u64) -> Result<(), ImportError> {
    let mut oldest = number - file.witness.headers.len() as u64;
    loop {
        let imported = import(&file.block, &file.witness, file.chain_id, rules, false)?;
        let wanted = match imported.executed {
            Err(Reason::NoParent) => number - 1,
            Err(Reason::BlockHashMissing(wanted)) => wanted,
            _ => return Ok(()),
        };
        if wanted >= oldest || wanted + MAX_ANCESTORS < number {
            return Ok(());
        }
        let mut headers = Vec::new();
        for height in wanted..oldest {
            headers.push(header_rlp(&block_at(rpc, &hex(height))?)?);
        }
        headers.append(&mut file.witness.headers);
        (file.witness.headers, oldest) = (headers, wanted);
    }
}

/// The witness of a block, from the proofs of all that it touched.
fn from_proofs(rpc: &mut dyn Rpc, block: &Block, parent: &Header, fork: Fork) -> Result<WitnessFile, ImportError> {
    let header = &block.header.inner;
    let mut touched = system_slots(header, fork);
    touched.entry(header.beneficiary).or_default();
    for withdrawal in block.withdrawals.iter().flat_map(|list| list.iter()) {
        touched.entry(withdrawal.address).or_default();
    }
    let tracer = json!([hex(header.number), { "tracer": "prestateTracer" }]);
    let traces: Vec<Trace> = call(rpc, "debug_traceBlockByNumber", tracer)?;
    for (address, account) in traces.into_iter().flat_map(|trace| trace.result) {
        touched.entry(address).or_default().extend(account.storage.into_keys());
    }

    let (mut state, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for (address, slots) in touched {
        let slots: Vec<B256> = slots.into_iter().collect();
        // After the block too: a node that the block makes may hold one that it needs.
        for height in [parent.number, header.number] {
            let params = json!([address, slots, hex(height)]);
            let proof: EIP1186AccountProofResponse = call(rpc, "eth_getProof", params)?;
            state.extend(proof.account_proof);
            state.extend(proof.storage_proof.into_iter().flat_map(|slot| slot.proof));
            if height == parent.number && !proof.code_hash.is_zero() && proof.code_hash != KECCAK_EMPTY {
                codes.insert(call::<Bytes>(rpc, "eth_getCode", json!([address, hex(height)]))?);
            }
        }
    }
    state.remove(&Bytes::new());
    Ok(WitnessFile {
        state: state.into_iter().collect(),
        codes: codes.into_iter().collect(),
        headers: vec![alloy_rlp::encode(parent).into()],
    })
}

/// What the system calls of a block read and write.
fn system_slots(header: &Header, fork: Fork) -> BTreeMap<Address, BTreeSet<B256>> {
    let slot = |index: u64| B256::from(U256::from(index));
    let mut touched = BTreeMap::<Address, BTreeSet<B256>>::new();
    if fork >= Fork::Cancun {
        let place = header.timestamp % BEACON_ROOTS;
        touched.insert(SYSTEM_ADDRESS, BTreeSet::new());
        touched.insert(BEACON_ROOTS_ADDRESS, [slot(place), slot(place + BEACON_ROOTS)].into());
    }
    if fork >= Fork::Prague {
        let place = header.number.saturating_sub(1) % HISTORY_SERVE_WINDOW as u64;
        touched.insert(HISTORY_STORAGE_ADDRESS, [slot(place)].into());
        for queue in [WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS, CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS] {
            touched.insert(queue, (0..QUEUE_SLOTS).map(slot).collect());
        }
    }
    touched
}

/// One transaction of the tracer's answer.
#[derive(Deserialize)]
struct Trace {
    result: BTreeMap<Address, Touched>,
}

/// An account that a transaction read; the rest of the tracer's fields is in the proofs.
#[derive(Deserialize)]
struct Touched {
    #[serde(default)]
    storage: BTreeMap<B256, Value>,
}

/// Whether a tag is a hash: 32 bytes, where a number has 8 at most.
fn is_hash(tag: &str) -> bool {
    tag.len() == 2 + 2 * 32 && tag.starts_with("0x")
}

fn block_at(rpc: &mut dyn Rpc, tag: &str) -> Result<Block, ImportError> {
    let method = if is_hash(tag) { "eth_getBlockByHash" } else { "eth_getBlockByNumber" };
    call(rpc, method, json!([tag, true]))
}

/// The result of a call, decoded; an error names the method.
fn call<T: DeserializeOwned>(rpc: &mut dyn Rpc, method: &'static str, params: Value) -> Result<T, ImportError> {
    let answer = rpc.call(method, params).map_err(|error| ImportError::field(method, error))?;
    if answer.is_null() {
        return Err(ImportError::field(method, "no such block"));
    }
    serde_json::from_value(answer).map_err(|error| ImportError::field(method, error))
}

/// A number as JSON-RPC writes it.
fn hex(number: u64) -> String {
    format!("{number:#x}")
}

//! Execution of a block on the witness, and the checks of its results against the header.

use crate::{
    authority,
    fork::{Fork, deposit_contract},
    header::{self, Ancestor},
    input::{PUBLIC_KEY, Witness},
    reason::Reason,
    requests::{collect_deposits, requests_hash},
    sender::sender,
    state::WitnessState,
    system,
    trie::Preimages,
};
use alloc::vec::Vec;
use alloy_consensus::{
    Eip658Value, EthereumTxEnvelope, Header, Receipt, ReceiptEnvelope, Transaction, TxEip4844, TxReceipt, TxType,
};
use alloy_eips::{
    eip2718::{Decodable2718, Encodable2718},
    eip4895::Withdrawal,
    eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS,
    eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS,
    eip7825::MAX_TX_GAS_LIMIT_OSAKA,
};
use alloy_primitives::{Address, B256, Bloom, U256};
use alloy_trie::root::ordered_trie_root_with_encoder;
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext,
    context::{BlockEnv, CfgEnv, ContextTr},
    context_interface::block::BlobExcessGasAndPrice,
    database::{DatabaseCommitExt, State, states::bundle_state::BundleRetention},
};

/// A transaction without blobs, as blocks hold them.
pub type Tx = EthereumTxEnvelope<TxEip4844>;

/// A block and what its execution needs.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a, 'b> {
    /// Rules.
    pub fork: Fork,
    /// Chain id.
    pub chain_id: u64,
    /// Its header.
    pub header: &'b Header,
    /// Transactions in EIP-2718 form.
    pub transactions: &'b [&'a [u8]],
    /// From Shanghai on.
    pub withdrawals: Option<&'b [Withdrawal]>,
    /// 65 bytes per transaction.
    pub public_keys: &'a [u8],
    /// State.
    pub witness: Witness<'a>,
}

/// What an execution yields, before it is compared with the header.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Gas used by all transactions.
    pub gas_used: u64,
    /// Blob gas of all transactions.
    pub blob_gas_used: u64,
    /// Versioned hashes of all blobs, in order.
    pub versioned_hashes: Vec<B256>,
    /// Root of the receipts.
    pub receipts_root: B256,
    /// Bloom filter of all logs.
    pub logs_bloom: Bloom,
    /// Deposits, withdrawals, consolidations; empty before Prague.
    pub requests: [Vec<u8>; 3],
    /// State root after the block.
    pub state_root: B256,
    /// For each trie node of the witness whether it was needed.
    pub used_nodes: Vec<bool>,
    /// For each bytecode of the witness whether it was needed.
    pub used_codes: Vec<bool>,
}

impl Outcome {
    /// Compares with the header.
    pub fn check(&self, header: &Header, fork: Fork) -> Result<(), Reason> {
        let require = |ok: bool, name: &'static str| if ok { Ok(()) } else { Err(Reason::Result(name)) };
        require(self.gas_used == header.gas_used, "gas used")?;
        require(header.blob_gas_used.is_none_or(|used| used == self.blob_gas_used), "blob gas used")?;
        require(self.receipts_root == header.receipts_root, "receipts root")?;
        require(self.logs_bloom == header.logs_bloom, "logs bloom")?;
        if fork >= Fork::Prague {
            require(header.requests_hash == Some(requests_hash(&self.requests)), "requests hash")?;
        }
        require(self.state_root == header.state_root, "state root")
    }
}

/// Checks the header and its ancestors, then executes the block.
pub fn execute(block: &Block<'_, '_>) -> Result<Outcome, Reason> {
    let Block { fork, header, witness, .. } = *block;
    let ancestors = header::ancestors(witness.headers.iter(), header)?;
    let (first, parent) = ancestors.first().zip(ancestors.last()).ok_or(Reason::NoParent)?;
    header::check(header, parent, fork)?;
    let transactions = decode(block)?;
    let mut state = State::builder()
        .with_database(witness_state(witness, &ancestors, parent, first.number))
        .with_bundle_update()
        .build();
    let executed = run(block, &transactions, &mut state)?;

    state.merge_transitions(BundleRetention::PlainState);
    let changes = state.take_bundle();
    let state_root = state.database.apply(&changes)?;
    let (used_nodes, used_codes) = state.database.used();
    let hashes = transactions.iter().filter_map(|(tx, _)| tx.blob_versioned_hashes());
    Ok(Outcome {
        gas_used: executed.gas_used,
        blob_gas_used: transactions.iter().filter_map(|(tx, _)| tx.blob_gas_used()).fold(0, u64::saturating_add),
        versioned_hashes: hashes.flatten().copied().collect(),
        receipts_root: ordered_trie_root_with_encoder(&executed.receipts, |receipt, out| receipt.encode_2718(out)),
        logs_bloom: executed.receipts.iter().fold(Bloom::ZERO, |bloom, receipt| bloom | receipt.bloom()),
        requests: executed.requests,
        state_root,
        used_nodes: used_nodes.to_vec(),
        used_codes: used_codes.to_vec(),
    })
}

fn witness_state<'a>(
    witness: Witness<'a>,
    ancestors: &[Ancestor<'a>],
    parent: &Ancestor<'a>,
    first: u64,
) -> WitnessState<'a> {
    let hashes = ancestors.iter().map(|ancestor| ancestor.hash).collect();
    let (nodes, codes) = (Preimages::new(witness.state), Preimages::new(witness.codes));
    WitnessState::new(nodes, codes, parent.state_root, hashes, first)
}

/// The transactions with their senders, which must be those of the public keys given.
fn decode(block: &Block<'_, '_>) -> Result<Vec<(Tx, Address)>, Reason> {
    let (keys, _) = block.public_keys.as_chunks::<PUBLIC_KEY>();
    if keys.len() != block.transactions.len() {
        return Err(Reason::PublicKeys { keys: keys.len(), transactions: block.transactions.len() });
    }
    let mut transactions = Vec::with_capacity(keys.len());
    for (i, (bytes, key)) in block.transactions.iter().zip(keys).enumerate() {
        let tx = Tx::decode_2718_exact(bytes).map_err(|_| Reason::Transaction(i))?;
        let address = sender(&tx.signature_hash(), tx.signature(), key).ok_or(Reason::Signature(i))?;
        transactions.push((tx, address));
    }
    Ok(transactions)
}

struct Executed {
    gas_used: u64,
    receipts: Vec<ReceiptEnvelope>,
    requests: [Vec<u8>; 3],
}

fn run(
    block: &Block<'_, '_>,
    transactions: &[(Tx, Address)],
    state: &mut State<WitnessState<'_>>,
) -> Result<Executed, Reason> {
    let Block { fork, chain_id, header, .. } = *block;
    let (cfg, block_env) = environment(block);
    let mut evm = Context::mainnet().with_db(state).with_cfg(cfg).with_block(block_env).build_mainnet();
    #[cfg(feature = "modular-calls")]
    crate::arithmetic::install(&mut evm.instruction);
    system::before(&mut evm, fork, header)?;

    let mut gas_used = 0u64;
    let mut receipts: Vec<ReceiptEnvelope> = Vec::with_capacity(transactions.len());
    for (index, (tx, address)) in transactions.iter().enumerate() {
        if tx.gas_limit() > header.gas_limit.saturating_sub(gas_used) {
            return Err(Reason::BlockGas(index));
        }
        let result = evm
            .transact_commit(authority::environment(tx, *address))
            .map_err(|error| system::reason(error, |error| Reason::Execution { index, error }))?;
        gas_used = gas_used.saturating_add(result.tx_gas_used());
        let status = Eip658Value::Eip658(result.is_success());
        let receipt = Receipt { status, cumulative_gas_used: gas_used, logs: result.into_logs() };
        receipts.push(envelope(tx.tx_type(), receipt));
    }

    let mut requests = [const { Vec::new() }; 3];
    if fork >= Fork::Prague {
        let logs = receipts.iter().flat_map(|receipt| receipt.logs());
        collect_deposits(deposit_contract(chain_id), logs, &mut requests[0])?;
        requests[1] = system::requests(&mut evm, WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS)?;
        requests[2] = system::requests(&mut evm, CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS)?;
    }
    for withdrawal in block.withdrawals.unwrap_or_default() {
        let credit = (withdrawal.address, withdrawal.amount_wei().saturating_to());
        evm.ctx.db_mut().increment_balances([credit]).map_err(system::database_reason)?;
    }
    Ok(Executed { gas_used, receipts, requests })
}

fn environment(block: &Block<'_, '_>) -> (CfgEnv, BlockEnv) {
    let Block { fork, chain_id, header, .. } = *block;
    let mut cfg = CfgEnv::new_with_spec(fork.spec_id()).with_chain_id(chain_id);
    if fork >= Fork::Osaka {
        cfg.tx_gas_limit_cap = Some(MAX_TX_GAS_LIMIT_OSAKA);
    }
    let blob_excess_gas_and_price = fork.blob_params().zip(header.excess_blob_gas).map(|(params, excess_blob_gas)| {
        cfg.set_max_blobs_per_tx(params.max_blobs_per_tx);
        BlobExcessGasAndPrice { excess_blob_gas, blob_gasprice: params.calc_blob_fee(excess_blob_gas) }
    });
    let block_env = BlockEnv {
        number: U256::from(header.number),
        beneficiary: header.beneficiary,
        timestamp: U256::from(header.timestamp),
        difficulty: U256::ZERO,
        prevrandao: Some(header.mix_hash),
        gas_limit: header.gas_limit,
        basefee: header.base_fee_per_gas.unwrap_or_default(),
        blob_excess_gas_and_price,
        slot_num: 0,
    };
    (cfg, block_env)
}

fn envelope(tx_type: TxType, receipt: Receipt) -> ReceiptEnvelope {
    let receipt = receipt.with_bloom();
    match tx_type {
        TxType::Legacy => ReceiptEnvelope::Legacy(receipt),
        TxType::Eip2930 => ReceiptEnvelope::Eip2930(receipt),
        TxType::Eip1559 => ReceiptEnvelope::Eip1559(receipt),
        TxType::Eip4844 => ReceiptEnvelope::Eip4844(receipt),
        TxType::Eip7702 => ReceiptEnvelope::Eip7702(receipt),
    }
}

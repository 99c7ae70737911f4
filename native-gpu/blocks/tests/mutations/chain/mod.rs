//! A block of each fork, made here: every kind of transaction and request that the fork knows, over a small state.

mod state;
pub mod transactions;

use alloy_consensus::{Block, BlockBody, EMPTY_OMMER_ROOT_HASH, Header, proofs};
use alloy_eips::eip4895::{Withdrawal, Withdrawals};
use alloy_primitives::{Address, B256, Bytes, keccak256};
use hearth_blocks::{Fork, Imported, Rules, WitnessFile, import};
use hearth_stateless::{execute, input::Input, requests::requests_hash};
use transactions::Tx;

/// Mainnet, whose deposit contract stands in the state.
pub const CHAIN_ID: u64 = 1;
const NUMBER: u64 = 20_000_000;
const TIME: u64 = 1_700_000_000;
const GAS_LIMIT: u64 = 30_000_000;
pub const BASE_FEE: u64 = 7_000_000_000;
/// How far back the ledger's BLOCKHASH looks, hence the ancestors in the witness.
pub const LOOKS_BACK: u64 = 3;

/// The stateless input of a valid block under the rules of `fork`.
pub fn input(fork: Fork) -> Vec<u8> {
    let genesis = state::genesis(fork);
    let ancestors = ancestors(fork, genesis.root);
    let witness = WitnessFile {
        state: genesis.nodes,
        codes: genesis.codes,
        headers: ancestors.iter().map(|header| Bytes::from(alloy_rlp::encode(header))).collect(),
    };
    let transactions = transactions::of(fork);
    let parent = ancestors.last().expect("there are three");
    let mut header = draft(fork, parent, &transactions);
    let imported = |header: &Header| {
        let body = BlockBody {
            transactions: transactions.clone(),
            ommers: Vec::new(),
            withdrawals: header.withdrawals_root.map(|_| withdrawals()),
        };
        let block = alloy_rlp::encode(Block { header: header.clone(), body });
        import(&block, &witness, CHAIN_ID, &Rules::Fixed(fork), true).expect("imports")
    };
    let drafted = imported(&header);
    complete(&mut header, &drafted);
    let Imported { input, executed, .. } = imported(&header);
    assert_eq!(executed, Ok(()), "{fork:?}");
    input
}

fn withdrawals() -> Withdrawals {
    let withdrawal = |index: u64, address| Withdrawal { index, validator_index: 7 * index, address, amount: 1 + index };
    let addresses = [transactions::sender(2), Address::repeat_byte(0x77), Address::repeat_byte(0x78)];
    Withdrawals::new((5..).zip(addresses).map(|(index, address)| withdrawal(index, address)).collect())
}

/// What header fields of a fork are there, all zero.
fn fields_of(fork: Fork) -> Header {
    let since = |since: Fork| (fork >= since).then_some(B256::ZERO);
    let blob_gas = (fork >= Fork::Cancun).then_some(0);
    Header {
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        gas_limit: GAS_LIMIT,
        base_fee_per_gas: Some(BASE_FEE),
        withdrawals_root: since(Fork::Shanghai),
        blob_gas_used: blob_gas,
        excess_blob_gas: blob_gas,
        parent_beacon_block_root: since(Fork::Cancun),
        requests_hash: since(Fork::Prague),
        ..Header::default()
    }
}

/// The last ancestors, of which the newest has the state before the block. Each used its target of gas, so that the base
/// fee stays.
fn ancestors(fork: Fork, state_root: B256) -> Vec<Header> {
    let mut chain: Vec<Header> = Vec::new();
    for back in (1..=LOOKS_BACK).rev() {
        chain.push(Header {
            parent_hash: chain.last().map_or(B256::repeat_byte(0x99), Header::hash_slow),
            state_root: if back == 1 { state_root } else { keccak256([back as u8]) },
            number: NUMBER - back,
            timestamp: TIME - 12 * back,
            gas_used: GAS_LIMIT / 2,
            extra_data: Bytes::from_static(b"ancestor"),
            ..fields_of(fork)
        });
    }
    chain
}

/// The header before its block has been executed.
fn draft(fork: Fork, parent: &Header, transactions: &[Tx]) -> Header {
    let fields = fields_of(fork);
    Header {
        parent_hash: parent.hash_slow(),
        beneficiary: Address::repeat_byte(0xfe),
        transactions_root: proofs::calculate_transaction_root(transactions),
        number: NUMBER,
        timestamp: TIME,
        mix_hash: B256::repeat_byte(0x3a),
        extra_data: Bytes::from_static(b"made in a test"),
        withdrawals_root: fields.withdrawals_root.map(|_| proofs::calculate_withdrawals_root(&withdrawals())),
        parent_beacon_block_root: fields.parent_beacon_block_root.map(|_| B256::repeat_byte(0xbe)),
        ..fields
    }
}

/// Writes what executing the block yields into its header.
fn complete(header: &mut Header, imported: &Imported) {
    let read = Input::parse(&imported.input).expect("decodes");
    let transactions: Vec<&[u8]> = read.request.payload.transactions.iter().collect();
    let withdrawals = header.withdrawals_root.map(|_| withdrawals());
    let outcome = execute::execute(&execute::Block {
        fork: read.fork,
        chain_id: read.chain_id,
        header,
        transactions: &transactions,
        withdrawals: withdrawals.as_deref().map(Vec::as_slice),
        public_keys: read.public_keys,
        witness: read.witness,
    })
    .expect("executes");
    header.gas_used = outcome.gas_used;
    header.receipts_root = outcome.receipts_root;
    header.logs_bloom = outcome.logs_bloom;
    header.state_root = outcome.state_root;
    header.blob_gas_used = header.blob_gas_used.map(|_| outcome.blob_gas_used);
    header.requests_hash = header.requests_hash.map(|_| requests_hash(&outcome.requests));
}

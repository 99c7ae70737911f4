//! The state before the block: senders, bystanders, a ledger with storage, the contracts of the protocol.

use super::transactions;
use alloy_eips::{
    eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
    eip4788::{BEACON_ROOTS_ADDRESS, BEACON_ROOTS_CODE},
    eip6110::MAINNET_DEPOSIT_CONTRACT_ADDRESS,
    eip7002::{WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS, WITHDRAWAL_REQUEST_PREDEPLOY_CODE},
    eip7251::{CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS, CONSOLIDATION_REQUEST_PREDEPLOY_CODE},
};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, address, hex, keccak256};
use alloy_trie::{EMPTY_ROOT_HASH, HashBuilder, Nibbles, TrieAccount, proof::ProofRetainer};
use hearth_blocks::Fork;
use std::collections::BTreeMap;

/// The contract that reads and writes its storage, and logs.
pub const LEDGER: Address = address!("1ed9e41ed9e41ed9e41ed9e41ed9e41ed9e41ed9");

/// Slot 1 counts calls, slot 2 is cleared, slot 100 gets the block's number, slot 3 the hash of the third block back; the
/// caller is logged under the topics 9 and 7.
const LEDGER_CODE: [u8; 41] = hex!(
    "600154600101600155" // SSTORE(1, SLOAD(1) + 1)
    "6000600255" // SSTORE(2, 0)
    "43606455" // SSTORE(100, NUMBER)
    "6003430340600355" // SSTORE(3, BLOCKHASH(NUMBER - 3))
    "33600052" // MSTORE(0, CALLER)
    "6007600960206000a2" // LOG2(0, 32, 9, 7)
    "5b00" // JUMPDEST STOP
);

/// Logs its calldata under the topic of the deposit event: in the deposit contract's place.
const DEPOSIT_CODE: [u8; 44] = hex!(
    "366000600037" // CALLDATACOPY(0, 0, CALLDATASIZE)
    "7f649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5" // PUSH32 topic
    "366000a100" // LOG1(0, CALLDATASIZE, topic) STOP
);

/// A state as a witness holds it.
pub struct Genesis {
    /// Its root.
    pub root: B256,
    /// All nodes of all its tries.
    pub nodes: Vec<Bytes>,
    /// All its bytecodes.
    pub codes: Vec<Bytes>,
}

/// The state before the block of a fork.
pub fn genesis(fork: Fork) -> Genesis {
    let mut contracts: Vec<(Address, Bytes)> = vec![(LEDGER, Bytes::from_static(&LEDGER_CODE))];
    if fork >= Fork::Cancun {
        contracts.push((BEACON_ROOTS_ADDRESS, BEACON_ROOTS_CODE.clone()));
    }
    if fork >= Fork::Prague {
        contracts.extend([
            (HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE.clone()),
            (WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS, WITHDRAWAL_REQUEST_PREDEPLOY_CODE.clone()),
            (CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS, CONSOLIDATION_REQUEST_PREDEPLOY_CODE.clone()),
            (MAINNET_DEPOSIT_CONTRACT_ADDRESS, Bytes::from_static(&DEPOSIT_CODE)),
        ]);
    }
    // Slots enough for branches below branches; the cleared one among them.
    let slots = (1..40).map(|slot| (U256::from(slot), alloy_rlp::encode(U256::from(1_000_003 * slot)))).collect();
    let (storage_root, mut nodes) = trie(slots, |slot| keccak256(slot.to_be_bytes::<32>()));

    let mut accounts = BTreeMap::new();
    let plain = TrieAccount {
        nonce: 0,
        balance: U256::from(10).pow(U256::from(19)),
        storage_root: EMPTY_ROOT_HASH,
        code_hash: KECCAK256_EMPTY,
    };
    for i in 0..transactions::SENDERS {
        accounts.insert(transactions::sender(i), TrieAccount { nonce: i.into(), ..plain });
    }
    for bystander in 0..40u8 {
        accounts.insert(Address::from_word(keccak256([bystander])), TrieAccount { balance: U256::ONE, ..plain });
    }
    for (address, code) in &contracts {
        let storage_root = if *address == LEDGER { storage_root } else { EMPTY_ROOT_HASH };
        accounts
            .insert(*address, TrieAccount { nonce: 1, balance: U256::ZERO, storage_root, code_hash: keccak256(code) });
    }
    let accounts = accounts.into_iter().map(|(address, account)| (address, alloy_rlp::encode(account))).collect();
    let (root, of_accounts) = trie(accounts, keccak256);
    nodes.extend(of_accounts);
    Genesis { root, nodes, codes: contracts.into_iter().map(|(_, code)| code).collect() }
}

/// Root and nodes of the trie with these values.
fn trie<K: Copy>(values: Vec<(K, Vec<u8>)>, hash: impl Fn(K) -> B256) -> (B256, Vec<Bytes>) {
    let leaves: BTreeMap<Nibbles, Vec<u8>> =
        values.into_iter().map(|(key, value)| (Nibbles::unpack(hash(key)), value)).collect();
    let retainer: ProofRetainer = ProofRetainer::new(leaves.keys().copied().collect());
    let mut builder = HashBuilder::default().with_proof_retainer(retainer);
    for (key, value) in &leaves {
        builder.add_leaf(*key, value);
    }
    let root = builder.root();
    (root, builder.take_proof_nodes().into_nodes_sorted().into_iter().map(|(_, node)| node).collect())
}

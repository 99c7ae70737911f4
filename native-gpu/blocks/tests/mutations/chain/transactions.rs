//! Signed transactions of every type that a fork knows.

use super::{BASE_FEE, CHAIN_ID, state::LEDGER};
use alloy_consensus::{
    EthereumTxEnvelope, SignableTransaction, Signed, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy,
};
use alloy_eips::{
    eip2930::{AccessList, AccessListItem},
    eip6110::MAINNET_DEPOSIT_CONTRACT_ADDRESS,
    eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS,
    eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS,
    eip7702::Authorization,
};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, hex, keccak256};
use hearth_blocks::Fork;
use k256::ecdsa::SigningKey;

/// A transaction as blocks hold it.
pub type Tx = EthereumTxEnvelope<TxEip4844>;

/// How many keys there are.
pub const SENDERS: u8 = 4;
/// More than the base fee; a dollop for whoever makes the block.
const FEE: u128 = BASE_FEE as u128 + 3_000_000_000;
const TIP: u128 = 1_000_000_000;

/// Key `i`.
pub fn key(i: u8) -> SigningKey {
    SigningKey::from_slice(&[0x41 + i; 32]).expect("a scalar")
}

/// The public key of key `i`, uncompressed.
pub fn public_key(i: u8) -> [u8; 65] {
    key(i).verifying_key().to_encoded_point(false).as_bytes().try_into().expect("65 bytes")
}

/// The address of key `i`.
pub fn sender(i: u8) -> Address {
    Address::from_word(keccak256(&public_key(i)[1..]))
}

fn signature(hash: &B256, i: u8) -> Signature {
    key(i).sign_prehash_recoverable(&hash.0).expect("signs").into()
}

/// The transaction with the signature of key `i`.
pub fn sign<T: SignableTransaction<Signature>>(tx: T, i: u8) -> Tx
where
    Tx: From<Signed<T>>,
{
    let signature = signature(&tx.signature_hash(), i);
    tx.into_signed(signature).into()
}

/// The transactions of the block of a fork.
pub fn of(fork: Fork) -> Vec<Tx> {
    // The state gives sender i the nonce i.
    let mut nonces: [u64; SENDERS as usize] = std::array::from_fn(|i| i as u64);
    let mut next = |i: u8| {
        nonces[usize::from(i)] += 1;
        nonces[usize::from(i)] - 1
    };
    let call = |nonce, gas_limit, to: Address, value: u64, input: Bytes| TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit,
        max_fee_per_gas: FEE,
        max_priority_fee_per_gas: TIP,
        to: TxKind::Call(to),
        value: U256::from(value),
        access_list: AccessList::default(),
        input,
    };
    let legacy = |nonce, gas_limit, to, value: u64, input: Bytes| TxLegacy {
        chain_id: Some(CHAIN_ID),
        nonce,
        gas_price: FEE,
        gas_limit,
        to,
        value: U256::from(value),
        input,
    };
    let precompile = |n: u8| Address::left_padding_from(&[n]);
    let mut all = vec![
        sign(legacy(next(0), 21_000, TxKind::Call(sender(1)), 12_345, Bytes::new()), 0),
        sign(call(next(1), 200_000, LEDGER, 0, Bytes::new()), 1),
        sign(legacy(next(2), 120_000, TxKind::Create, 0, Bytes::from_static(&CREATION)), 2),
        sign(legacy(next(0), 60_000, TxKind::Call(precompile(5)), 0, modexp()), 0),
        sign(call(next(3), 60_000, precompile(1), 0, ecrecover()), 3),
        sign(call(next(1), 60_000, precompile(6), 1, bn254_add()), 1),
    ];
    let listed =
        AccessListItem { address: LEDGER, storage_keys: vec![B256::with_last_byte(1), B256::with_last_byte(9)] };
    let listing = TxEip2930 {
        chain_id: CHAIN_ID,
        nonce: next(2),
        gas_price: FEE,
        gas_limit: 150_000,
        to: TxKind::Call(LEDGER),
        value: U256::ZERO,
        access_list: AccessList(vec![listed]),
        input: Bytes::new(),
    };
    all.push(sign(listing, 2));
    if fork >= Fork::Cancun {
        let mut hash = keccak256(b"a blob");
        hash.0[0] = 1;
        let blobs = TxEip4844 {
            chain_id: CHAIN_ID,
            nonce: next(3),
            gas_limit: 21_000,
            max_fee_per_gas: FEE,
            max_priority_fee_per_gas: TIP,
            to: sender(0),
            value: U256::ZERO,
            access_list: AccessList::default(),
            blob_versioned_hashes: vec![hash, hash],
            max_fee_per_blob_gas: 100,
            input: Bytes::new(),
        };
        all.push(sign(blobs, 3));
    }
    if fork >= Fork::Prague {
        let authorization = Authorization { chain_id: U256::from(CHAIN_ID), address: LEDGER, nonce: next(2) };
        let authorized = signature(&authorization.signature_hash(), 2);
        let delegating = TxEip7702 {
            chain_id: CHAIN_ID,
            nonce: next(0),
            gas_limit: 250_000,
            max_fee_per_gas: FEE,
            max_priority_fee_per_gas: TIP,
            to: sender(2),
            value: U256::ZERO,
            access_list: AccessList::default(),
            authorization_list: vec![authorization.into_signed(authorized)],
            input: Bytes::new(),
        };
        let requests = [
            call(next(1), 300_000, WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS, 1, vec![0x5a; 56].into()),
            call(next(1), 300_000, CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS, 1, vec![0x5b; 96].into()),
            call(next(1), 100_000, MAINNET_DEPOSIT_CONTRACT_ADDRESS, 0, deposit()),
        ];
        all.push(sign(delegating, 0));
        all.extend(requests.map(|request| sign(request, 1)));
    }
    all
}

/// Leaves the code `JUMPDEST STOP` behind.
const CREATION: [u8; 11] = hex!("615b006000526002601ef3");

fn word(number: u64) -> [u8; 32] {
    U256::from(number).to_be_bytes()
}

/// 3^5 modulo 7.
fn modexp() -> Bytes {
    [&word(1)[..], &word(1), &word(1), &[3, 5, 7]].concat().into()
}

/// The generator and itself.
fn bn254_add() -> Bytes {
    [1, 2, 1, 2].map(word).concat().into()
}

/// A signature of sender 0.
fn ecrecover() -> Bytes {
    let hash = keccak256(b"a message");
    let signature = signature(&hash, 0);
    let v = word(27 + u64::from(signature.v()));
    [hash.0, v, signature.r().to_be_bytes(), signature.s().to_be_bytes()].concat().into()
}

/// What the deposit contract logs: five offsets, then five byte strings with their lengths.
fn deposit() -> Bytes {
    let mut data = Vec::new();
    data.extend([160, 256, 320, 384, 512].map(word).concat());
    for (len, byte) in [(48u64, 0xd0), (32, 0xd1), (8, 0xd2), (96, 0xd3), (8, 0xd4)] {
        data.extend(word(len));
        data.extend(vec![byte; len as usize]);
        data.resize(data.len().next_multiple_of(32), 0);
    }
    data.into()
}

//! A node's answers against the RLP of the same block.

use alloy_consensus::{Block, BlockBody, Header, SignableTransaction, TxEip1559, TxEnvelope, TxLegacy};
use alloy_eips::eip4895::{Withdrawal, Withdrawals};
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256};
use hearth_blocks::{ImportError, rpc};

fn block() -> Block<TxEnvelope> {
    let signature = Signature::new(U256::from(5), U256::from(6), true);
    let to = TxKind::Call(Address::repeat_byte(7));
    let legacy = TxLegacy { chain_id: Some(1), nonce: 3, gas_limit: 21_000, to, ..Default::default() };
    let typed = TxEip1559 { chain_id: 1, input: Bytes::from(vec![9; 100]), to, ..Default::default() };
    Block {
        header: Header {
            number: 20_000_000,
            base_fee_per_gas: Some(8),
            withdrawals_root: Some(Default::default()),
            blob_gas_used: Some(0),
            excess_blob_gas: Some(0),
            parent_beacon_block_root: Some(Default::default()),
            ..Default::default()
        },
        body: BlockBody {
            transactions: vec![legacy.into_signed(signature).into(), typed.into_signed(signature).into()],
            ommers: vec![],
            withdrawals: Some(Withdrawals::new(vec![Withdrawal { index: 1, amount: 2, ..Default::default() }])),
        },
    }
}

fn answer(block: &Block<TxEnvelope>) -> serde_json::Value {
    let whole = alloy_rpc_types_eth::Block::from_consensus(block.clone(), None).map_transactions(|tx| {
        let inner = alloy_consensus::transaction::Recovered::new_unchecked(tx, Address::ZERO);
        alloy_rpc_types_eth::Transaction {
            inner,
            block_hash: None,
            block_number: None,
            transaction_index: None,
            effective_gas_price: None,
            block_timestamp: None,
        }
    });
    serde_json::to_value(whole).expect("serialises")
}

#[test]
fn a_block_from_json_has_the_rlp_of_the_block() {
    let block = block();
    let json = answer(&block);
    let wrapped = serde_json::json!({"jsonrpc": "2.0", "id": 1, "result": json});
    for value in [json, wrapped] {
        let found = rpc::block_rlp(value.to_string().as_bytes()).expect("reads");
        assert_eq!(found, alloy_rlp::encode(&block));
    }
}

#[test]
fn defects_are_named() {
    let mut json = answer(&block());
    json["hash"] = serde_json::json!("0x00000000000000000000000000000000000000000000000000000000000000aa");
    let error = rpc::block_rlp(json.to_string().as_bytes()).expect_err("another hash");
    assert!(error.to_string().starts_with("hash:"), "{error}");

    let mut json = answer(&block());
    json.as_object_mut().expect("object").remove("stateRoot");
    let error = rpc::block_rlp(json.to_string().as_bytes()).expect_err("no state root");
    assert!(error.to_string().contains("stateRoot"), "{error}");

    let error = rpc::block_rlp(br#"{"error": {"code": -32601, "message": "no such method"}}"#).expect_err("an error");
    assert!(error.to_string().contains("no such method"), "{error}");
    assert!(matches!(rpc::block_rlp(br#"{"result": null}"#), Err(ImportError::Missing("result"))));
    let error = rpc::witness(br#"{"state": [], "codes": []}"#).expect_err("no headers");
    assert!(error.to_string().contains("headers"), "{error}");
}

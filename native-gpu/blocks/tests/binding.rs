//! The binding of an output to a block, and every way in which it must fail.

use alloy_primitives::B256;
use hearth_blocks::{
    Fork, Network, Output,
    binding::{Binding, BindingError},
    validate,
};
use hearth_stateless::{
    request::{Cancun, Payload},
    ssz::{ByteLists, encode::InputParts},
};

const TIMES: [(Fork, u64); 7] = [
    (Fork::Paris, 1_670_000_000),
    (Fork::Shanghai, 1_690_000_000),
    (Fork::Cancun, 1_720_000_000),
    (Fork::Prague, 1_750_000_000),
    (Fork::Osaka, 1_764_900_000),
    (Fork::Bpo1, 1_766_000_000),
    (Fork::Bpo2, 1_770_000_000),
];

/// An input of the given shape and the output that a valid block of this shape has: what the block says does not matter to
/// the binding.
fn claim(fork: Fork, timestamp: u64) -> (Vec<u8>, Output) {
    let payload = Payload {
        parent_hash: &[1; 32],
        fee_recipient: &[2; 20],
        state_root: &[3; 32],
        receipts_root: &[4; 32],
        logs_bloom: &[5; 256],
        prev_randao: &[6; 32],
        block_number: 20_000_000,
        gas_limit: 7,
        gas_used: 8,
        timestamp,
        extra_data: b"extra",
        base_fee_per_gas: &[9; 32],
        block_hash: &[10; 32],
        transactions: ByteLists::default(),
        withdrawals: (fork >= Fork::Shanghai).then_some(&[11; 88]),
        blob_gas: (fork >= Fork::Cancun).then_some((12, 13)),
    };
    let cancun = Cancun { versioned_hashes: &[14; 64], parent_beacon_block_root: &[15; 32] };
    let input = InputParts {
        fork,
        chain_id: 1,
        payload,
        transactions: &[&[1, 2, 3][..], &[4; 100]],
        cancun: (fork >= Fork::Cancun).then_some(cancun),
        execution_requests: (fork >= Fork::Prague).then_some([&[16; 192], &[17; 76], &[]]),
        state: &[],
        codes: &[],
        headers: &[],
        public_keys: &[],
    }
    .encode();
    let output = validate(&input);
    assert!(!output.successful_validation && output != Output::SENTINEL);
    (input, Output { successful_validation: true, ..output })
}

#[test]
fn binds_blocks_of_every_fork() {
    for (fork, timestamp) in TIMES {
        let (input, output) = claim(fork, timestamp);
        let block = Binding::new(&input).expect("decodes").verify(&output, &Network::MAINNET).expect("binds");
        assert_eq!((block.hash, block.parent_hash), (B256::repeat_byte(10), B256::repeat_byte(1)));
        assert_eq!((block.number, block.timestamp), (20_000_000, timestamp));
        assert_eq!((block.fork, block.chain_id), (fork, 1));
    }
}

#[test]
fn refuses_the_sentinel_and_invalid_blocks() {
    let (input, output) = claim(Fork::Prague, 1_750_000_000);
    let binding = Binding::new(&input).expect("decodes");
    let invalid = Output { successful_validation: false, ..output };
    assert_eq!(binding.verify(&invalid, &Network::MAINNET), Err(BindingError::Invalid));
    assert_eq!(binding.verify(&Output::SENTINEL, &Network::MAINNET), Err(BindingError::Sentinel));
}

#[test]
fn refuses_another_chain() {
    let (input, output) = claim(Fork::Prague, 1_750_000_000);
    let binding = Binding::new(&input).expect("decodes");
    let expected = BindingError::ChainId { found: 1, expected: 560_048 };
    assert_eq!(binding.verify(&output, &Network::HOODI), Err(expected));
}

#[test]
fn refuses_the_rules_of_another_fork() {
    for (fork, timestamp) in TIMES {
        let (input, output) = claim(fork, timestamp);
        let binding = Binding::new(&input).expect("decodes");
        for other in Fork::ALL.into_iter().filter(|other| *other != fork) {
            let result = binding.verify(&Output { schema_id: other.schema_id(), ..output }, &Network::MAINNET);
            // a fork of another shape already has other branches
            let refused = matches!(result, Err(BindingError::Fork { .. } | BindingError::Branch(_)));
            assert!(refused, "{fork:?} as {other:?}: {result:?}");
        }
        let unknown = Output { schema_id: 0x1501, ..output };
        assert_eq!(binding.verify(&unknown, &Network::MAINNET), Err(BindingError::UnknownSchema(0x1501)));
    }
    // the same shape a second before the fork
    let (input, output) = claim(Fork::Bpo2, 1_767_747_670);
    let result = Binding::new(&input).expect("decodes").verify(&output, &Network::MAINNET);
    assert_eq!(result, Err(BindingError::Fork { judged: Fork::Bpo2, due: Some(Fork::Bpo1) }));
}

#[test]
fn refuses_changed_values_and_branches() {
    for (fork, timestamp) in TIMES {
        let (input, output) = claim(fork, timestamp);
        let good = Binding::new(&input).expect("decodes");
        let check = |name, change: &dyn Fn(&mut Binding)| {
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(bad.verify(&output, &Network::MAINNET), Err(BindingError::Branch(name)), "{fork:?}");
        };
        check("block_hash", &|b| b.block_hash.value.0[31] ^= 1);
        check("parent_hash", &|b| b.parent_hash.value.0[0] ^= 1);
        check("block_number", &|b| b.block_number.value += 1);
        check("timestamp", &|b| b.timestamp.value -= 1);
        check("block_hash", &|b| b.block_hash = b.parent_hash.clone());
        check("block_hash", &|b| b.block_hash.branch.clear());
        check("timestamp", &|b| b.timestamp.branch.push(B256::ZERO));
        for i in 0..good.block_number.branch.len() {
            check("block_number", &|b| b.block_number.branch[i].0[7] ^= 0x80);
        }
        let other_root = Output { new_payload_request_root: [1; 32], ..output };
        assert_eq!(good.verify(&other_root, &Network::MAINNET), Err(BindingError::Branch("block_hash")));
    }
}

//! Block files and raw answers of a node: JSON, then the block's RLP, then its execution.

use std::sync::LazyLock;

use alloy_consensus::Header;
use alloy_primitives::{B256, Bytes, hex};
use hearth_blocks::{BlockFile, ImportError, import_file, rpc};
use hearth_machine::testing::random::Random;
use serde_json::{Value, json};

use crate::{ACCEPTED, Class, Target, below, mutate, pick};

/// The target.
pub const TARGET: Target = Target {
    name: "block",
    judge,
    seeds,
    mutant,
    classes: &[ACCEPTED, "invalid block", "json", "field", "before the merge", "inexpressible"],
    memory: 64 << 20,
};

fn judge(bytes: &[u8]) -> Class {
    // Both read what a node answered; there is nothing to compare with.
    let (block, witness) = (rpc::block_rlp(bytes), rpc::witness(bytes));
    if let Ok(rlp) = block {
        assert!(!rlp.is_empty());
    }
    drop(witness);
    match BlockFile::parse(bytes).and_then(|file| import_file(&file, true)) {
        Ok(imported) if imported.executed.is_ok() => ACCEPTED,
        Ok(_) => "invalid block",
        Err(ImportError::Io { .. }) => "io",
        Err(ImportError::TooLarge { .. }) => "too large",
        Err(ImportError::Json(_)) => "json",
        Err(ImportError::Missing(_)) => "missing",
        Err(ImportError::Field { .. }) => "field",
        Err(ImportError::BeforeMerge(_)) => "before the merge",
        Err(ImportError::Inexpressible { .. }) => "inexpressible",
        Err(ImportError::InexpressibleRequests { .. }) => "inexpressible requests",
    }
}

/// A parent and its child without transactions, over an empty state, as Paris has them.
static HEADERS: LazyLock<[Header; 2]> = LazyLock::new(|| {
    let parent =
        Header { number: 1, gas_limit: 30_000_000, timestamp: 12, base_fee_per_gas: Some(7), ..Header::default() };
    let child = Header { parent_hash: parent.hash_slow(), number: 2, timestamp: 24, ..parent.clone() };
    [parent, child]
});

/// The file of a block of this header and these lists of ommers.
fn file(header: &Header, config: &str, ommers: usize) -> Value {
    let mut payload = alloy_rlp::encode(header);
    payload.push(alloy_rlp::EMPTY_LIST_CODE);
    payload.push(alloy_rlp::EMPTY_LIST_CODE + ommers as u8);
    payload.resize(payload.len() + ommers, alloy_rlp::EMPTY_LIST_CODE);
    let mut block = Vec::new();
    alloy_rlp::Header { list: true, payload_length: payload.len() }.encode(&mut block);
    block.extend(payload);
    json!({
        "name": "seed",
        "chainId": 1,
        "config": config,
        "block": Bytes::from(block),
        "blockHash": header.hash_slow(),
        "witness": { "state": [], "codes": [], "headers": [Bytes::from(alloy_rlp::encode(&HEADERS[0]))] },
        "valid": true,
    })
}

fn seeds() -> Vec<Vec<u8>> {
    let file = file(&HEADERS[1], "Paris", 0).to_string().into_bytes();
    let compressed = zstd::bulk::compress(&file, 1).expect("it compresses");
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": { "state": ["0x80"], "codes": [], "headers": [] } });
    vec![file, compressed, answer.to_string().into_bytes()]
}

fn mutant(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut header = HEADERS[1].clone();
    let number = random.word() >> random.below(64);
    let some = |random: &mut Random| (random.below(2) == 0).then(|| random.word() >> random.below(64));
    match random.below(14) {
        0 => header.number = number,
        1 => header.gas_limit = number,
        2 => header.gas_used = number,
        3 => header.timestamp = number,
        4 => header.base_fee_per_gas = some(random),
        5 => header.excess_blob_gas = some(random),
        6 => header.state_root = B256::repeat_byte(random.below(256) as u8),
        7 => header.extra_data = vec![1; below(random, 64)].into(),
        8 => header.difficulty = alloy_primitives::U256::from(number & 1),
        9 => header.withdrawals_root = some(random).map(|_| B256::ZERO),
        10 => {
            // A field of the file.
            let mut file = file(&header, "Paris", 0);
            let name = *pick(random, &["name", "chainId", "config", "block", "blockHash", "witness", "valid"]);
            let values = [json!(null), json!(-1), json!("0x"), json!("0xzz"), json!([]), json!(1e300), json!("Osaka")];
            file[name] = pick(random, &values).clone();
            return file.to_string().into_bytes();
        }
        11 => {
            // The bytes of block or parent, changed and still hexadecimal.
            let mut file = file(&header, "Paris", 0);
            let place = if random.below(2) == 0 { &mut file["block"] } else { &mut file["witness"]["headers"][0] };
            let mut bytes = hex::decode(place.as_str().unwrap_or_default()).unwrap_or_default();
            mutate::change(&mut bytes, &[vec![0xc0; 9]], random);
            *place = json!(Bytes::from(bytes));
            return file.to_string().into_bytes();
        }
        12 => return mutate::bytes(&seeds[1..], random),
        _ => {}
    }
    let config = *pick(random, &["Paris", "Paris", "Shanghai", "Osaka", "mainnet", "hoodi"]);
    file(&header, config, below(random, 3)).to_string().into_bytes()
}

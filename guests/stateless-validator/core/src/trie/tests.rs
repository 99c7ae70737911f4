use super::{Child, Preimages, Tries};
use crate::ssz::ByteLists;
use alloy_primitives::{B256, keccak256};
use std::collections::BTreeMap;

fn expected(map: &BTreeMap<B256, Vec<u8>>) -> B256 {
    let mut builder = alloy_trie::HashBuilder::default();
    for (key, value) in map {
        builder.add_leaf(alloy_trie::Nibbles::unpack(key), value);
    }
    builder.root()
}

/// Keys that share long prefixes with one another, so that extensions split and merge.
fn key(n: u32) -> B256 {
    let mut key = if n.is_multiple_of(3) { B256::ZERO } else { keccak256((n / 5).to_le_bytes()) };
    key.0[usize::try_from(n % 32).expect("small")] ^= (n % 7) as u8 * 0x10;
    key.0[31] ^= (n % 11) as u8;
    key
}

#[test]
fn roots_after_insertions_and_removals_agree_with_another_implementation() {
    let mut tries = Tries::new(Preimages::new(ByteLists::default()));
    let (mut root, mut map) = (Child::Empty, BTreeMap::new());
    let mut random = 1u64;
    for step in 0..2_000 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let key = key((random >> 33) as u32 % 200);
        if random >> 60 < 9 {
            let value = vec![(step % 255 + 1) as u8; (random >> 50) as usize % 60 + 1];
            tries.insert(&mut root, &key.0, value.clone().into_boxed_slice()).expect("inserts");
            map.insert(key, value);
        } else {
            tries.remove(&mut root, &key.0).expect("removes");
            map.remove(&key);
        }
        let found = tries.get(&mut root, &key.0).expect("reads").map(|value| value.as_ref().to_vec());
        assert_eq!(found.as_ref(), map.get(&key));
        assert_eq!(tries.root(root), expected(&map), "step {step}");
    }
}

#[test]
fn nothing_in_a_forged_witness_panics() {
    let shapes: [&[u8]; 9] = [
        &[],
        &[0xc0],
        &[0xc2, 0x20, 0x80],
        &[0xc2, 0x00, 0x80],
        &[0xc1, 0x80],
        &[0xf8],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0xd1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
        &[0xc4, 0x11, 0xc2, 0x12, 0x80],
    ];
    for node in shapes {
        let encoded = [&[4, 0, 0, 0], node].concat();
        let hash = keccak256(node);
        let lists = ByteLists::parse(&encoded, 1, 99, "x").expect("one item");
        let mut tries = Tries::new(Preimages::new(lists));
        let mut root = Child::Hash(&hash.0);
        let _ = tries.get(&mut root, &[0x11; 32]);
        let _ = tries.remove(&mut root, &[0x11; 32]);
        let _ = tries.insert(&mut root, &[0x11; 32], Box::new([1]));
        tries.root(root);
    }
}

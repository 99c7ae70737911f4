//! Mutants of what the block's execution needs: nodes, codes, ancestors, public keys.

use super::{Expected, Mutant, Seed, below, disturb, lists, place, transactions};
use alloy_consensus::Header;
use alloy_primitives::{B256, keccak256};
use hearth_machine::testing::random::Random;
use hearth_stateless::input::{MAX_CODE, MAX_NODE};

/// The seeds' witnesses are pruned: every node is needed.
pub fn nodes_harmed(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = lists::harm(&mut parts.state, random)?;
    Some(Mutant::new(&parts, Expected::Refused, what))
}

pub fn nodes_rearranged(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = lists::rearrange(&mut parts.state, MAX_NODE, random)?;
    Some(Mutant::new(&parts, Expected::SameBlock, what))
}

pub fn codes_harmed(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = lists::harm(&mut parts.codes, random)?;
    Some(Mutant::new(&parts, Expected::Refused, what))
}

pub fn codes_rearranged(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = lists::rearrange(&mut parts.codes, MAX_CODE / 64, random)?;
    Some(Mutant::new(&parts, Expected::SameBlock, what))
}

/// Only the chain up to the parent, in its order, is accepted. Seeds hold no more ancestors than BLOCKHASH looks back.
pub fn headers(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let before = parts.headers.clone();
    let what = match random.below(3) {
        0 => lists::rearrange(&mut parts.headers, 600, random)?,
        _ => lists::harm(&mut parts.headers, random)?,
    };
    (parts.headers != before).then(|| Mutant::new(&parts, Expected::Refused, what))
}

/// Another parent, to which the block then links by its hash.
pub fn forged_parent(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let bytes = parts.headers.last_mut()?;
    let mut parent: Header = alloy_rlp::decode_exact(&bytes[..]).ok()?;
    let number = random.word() >> random.below(64);
    let (what, expected) = match random.below(9) {
        0 => {
            disturb(&mut parent.state_root.0, random);
            ("state root", Expected::Refused)
        }
        1 => {
            parent.number = number;
            ("number", Expected::AnotherBlock)
        }
        2 => {
            parent.timestamp = number;
            ("timestamp", Expected::AnotherBlock)
        }
        3 => {
            parent.gas_limit = number;
            ("gas limit", Expected::AnotherBlock)
        }
        4 => {
            parent.gas_used = number;
            ("gas used", Expected::AnotherBlock)
        }
        5 => {
            parent.base_fee_per_gas = Some(number);
            ("base fee", Expected::AnotherBlock)
        }
        6 => {
            parent.excess_blob_gas = parent.excess_blob_gas.map(|_| number);
            parent.blob_gas_used = parent.blob_gas_used.map(|_| random.word() >> random.below(64));
            ("blob gas", Expected::AnotherBlock)
        }
        7 => {
            parent.parent_hash = B256::repeat_byte(number as u8);
            ("its own parent", Expected::AnotherBlock)
        }
        _ => {
            parent.extra_data = vec![number as u8; below(random, 40)].into();
            ("extra data", Expected::AnotherBlock)
        }
    };
    *bytes = alloy_rlp::encode(&parent);
    parts.parent_hash = keccak256(&bytes).0;
    parts.seal();
    (parts.parent_hash != seed.parts.parent_hash).then(|| Mutant::new(&parts, expected, what))
}

/// The prime of secp256k1's coordinates: y taken from it is that of the negated point.
const PRIME: [u8; 32] = {
    let mut prime = [0xff; 32];
    prime[27] = 0xfe;
    (prime[30], prime[31]) = (0xfc, 0x2f);
    prime
};

/// Hints that are not the senders' keys, one for each transaction.
pub fn public_keys(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let keys = &mut parts.public_keys;
    let at = place(random, keys)?;
    let what = match random.below(9) {
        0 => {
            let other = below(random, keys.len());
            keys.swap(at, other);
            "swapped"
        }
        1 => {
            keys[at] = transactions::public_key(below(random, usize::from(transactions::SENDERS)) as u8);
            "of another sender"
        }
        2 => {
            keys.remove(at);
            "dropped"
        }
        3 => {
            keys.insert(at, keys[at]);
            "doubled"
        }
        4 => {
            keys[at][0] = *[0, 2, 3, 5, 6, 7, 0xff].get(below(random, 7))?;
            "another tag"
        }
        5 => {
            keys[at].fill(0);
            "zero"
        }
        6 => {
            let mut borrow = false;
            for (byte, prime) in keys[at][33..].iter_mut().zip(PRIME).rev() {
                let (first, below_zero) = prime.overflowing_sub(*byte);
                let (second, still_below) = first.overflowing_sub(u8::from(borrow));
                (*byte, borrow) = (second, below_zero || still_below);
            }
            "negated"
        }
        7 => {
            keys[at][1..33].copy_from_slice(&PRIME);
            "x is the prime"
        }
        _ => {
            disturb(&mut keys[at][1..], random);
            "changed"
        }
    };
    (parts.public_keys != seed.parts.public_keys).then(|| Mutant::new(&parts, Expected::Refused, what))
}

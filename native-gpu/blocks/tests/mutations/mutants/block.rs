//! Mutants of the block itself: with the hash that it claimed, or sealed again with the hash that it now has.

use super::{Expected, Mutant, Parts, Seed, below, disturb, lists, place, transactions};
use alloy_consensus::EthereumTxEnvelope;
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::U256;
use hearth_blocks::Fork;
use hearth_machine::testing::random::Random;
use hearth_stateless::{request::WITHDRAWAL_SIZE, requests::REQUEST_KINDS};

/// The mutant with the hash that the seed claims, which the changed block does not have.
fn unsealed(parts: &Parts, what: &str) -> Mutant {
    Mutant::new(parts, Expected::Refused, what)
}

/// The mutant as a block of its own.
fn sealed(mut parts: Parts, seed: &Seed, what: &str) -> Option<Mutant> {
    parts.seal();
    let expected = if parts.block_hash == seed.parts.block_hash { Expected::Refused } else { Expected::AnotherBlock };
    Some(Mutant::new(&parts, expected, what))
}

fn change_field(parts: &mut Parts, random: &mut Random) -> Option<&'static str> {
    if random.below(12) == 0 {
        let len = below(random, 33);
        parts.extra_data = vec![0x55; len];
        return Some("extra_data");
    }
    let mut fields = parts.fields();
    let at = place(random, &fields)?;
    let (name, bytes) = &mut fields[at];
    disturb(bytes, random);
    Some(name)
}

pub fn header_field(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = change_field(&mut parts, random)?;
    let mutant = unsealed(&parts, what);
    (mutant.input != seed.input).then_some(mutant)
}

/// Fields that the parent and the execution leave no choice for.
const FIXED: [&str; 9] = [
    "parent_hash",
    "block_number",
    "base_fee_per_gas",
    "excess_blob_gas",
    "state_root",
    "receipts_root",
    "logs_bloom",
    "gas_used",
    "blob_gas_used",
];

pub fn header_field_sealed(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = change_field(&mut parts, random)?;
    let Mutant { input, expected, what } = sealed(parts, seed, what)?;
    let expected = if FIXED.contains(&&what[..]) { Expected::Refused } else { expected };
    (input != seed.input).then_some(Mutant { input, expected, what })
}

/// Changes the transactions; the keys move with them.
fn change_transactions(parts: &mut Parts, random: &mut Random) -> Option<&'static str> {
    let before = parts.transactions.clone();
    let at = place(random, &parts.transactions)?;
    let what = match random.below(6) {
        0 => {
            let other = below(random, parts.transactions.len());
            parts.transactions.swap(at, other);
            parts.public_keys.swap(at, other);
            "swapped"
        }
        1 => {
            parts.transactions.remove(at);
            parts.public_keys.remove(at);
            "dropped with its key"
        }
        2 => {
            parts.transactions.insert(at, parts.transactions[at].clone());
            parts.public_keys.insert(at, parts.public_keys[at]);
            "doubled with its key"
        }
        3 => {
            disturb(&mut parts.transactions[at], random);
            "changed"
        }
        _ => lists::harm(&mut parts.transactions, random)?,
    };
    (parts.transactions != before).then_some(what)
}

pub fn transactions(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = change_transactions(&mut parts, random)?;
    Some(unsealed(&parts, what))
}

pub fn transactions_sealed(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = change_transactions(&mut parts, random)?;
    sealed(parts, seed, what)
}

/// Another transaction of the same sender, rightly signed: only its execution can refuse it.
pub fn transaction_signed_anew(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    macro_rules! change {
        ($signed:expr, $key:expr, $random:expr) => {{
            let mut tx = $signed.tx().clone();
            let number = $random.word() >> $random.below(64);
            let what = match $random.below(6) {
                0 => {
                    tx.nonce = number;
                    "nonce"
                }
                1 => {
                    tx.gas_limit = number;
                    "gas limit"
                }
                2 => {
                    tx.value = U256::from(number);
                    "value"
                }
                3 => {
                    tx.value = U256::MAX;
                    "value of 2^256 - 1"
                }
                4 => {
                    tx.input = vec![number as u8; below($random, 300)].into();
                    "input"
                }
                _ => {
                    tx.chain_id = number.into();
                    "chain id"
                }
            };
            (transactions::sign(tx, $key), what)
        }};
    }
    let mut parts = seed.parts.clone();
    let at = place(random, &parts.transactions)?;
    let tx = transactions::Tx::decode_2718_exact(&parts.transactions[at]).ok()?;
    let key = (0..transactions::SENDERS).find(|i| transactions::public_key(*i) == parts.public_keys[at])?;
    let (changed, what) = match &tx {
        EthereumTxEnvelope::Legacy(signed) => change!(signed, key, random),
        EthereumTxEnvelope::Eip2930(signed) => change!(signed, key, random),
        EthereumTxEnvelope::Eip1559(signed) => change!(signed, key, random),
        EthereumTxEnvelope::Eip4844(signed) => change!(signed, key, random),
        EthereumTxEnvelope::Eip7702(signed) => change!(signed, key, random),
    };
    parts.transactions[at] = changed.encoded_2718();
    if parts.transactions == seed.parts.transactions {
        return None;
    }
    sealed(parts, seed, what)
}

fn change_withdrawals(parts: &mut Parts, random: &mut Random) -> Option<&'static str> {
    let list = parts.withdrawals.as_mut()?;
    let before = list.clone();
    let what = match (random.below(5), place(random, list)) {
        (0, Some(at)) => {
            let other = below(random, list.len());
            list.swap(at, other);
            "swapped"
        }
        (1, Some(at)) => {
            list.remove(at);
            "dropped"
        }
        (2, Some(at)) => {
            list.insert(at, list[at]);
            "doubled"
        }
        (3, Some(at)) => {
            disturb(&mut list[at], random);
            "changed"
        }
        _ => {
            list.push(std::array::from_fn::<u8, WITHDRAWAL_SIZE, _>(|_| random.below(256) as u8));
            "added"
        }
    };
    (*list != before).then_some(what)
}

pub fn withdrawals(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = change_withdrawals(&mut parts, random)?;
    Some(unsealed(&parts, what))
}

pub fn withdrawals_sealed(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = change_withdrawals(&mut parts, random)?;
    sealed(parts, seed, what)
}

/// Changes what stands beside the payload in the request.
fn change_hashes_and_requests(parts: &mut Parts, random: &mut Random) -> Option<&'static str> {
    let hashes = parts.versioned_hashes.as_mut()?;
    match (random.below(4), &mut parts.execution_requests) {
        (0, _) => {
            hashes.push([1; 32]);
            Some("blob hash added")
        }
        (1, _) => {
            let at = place(random, hashes)?;
            hashes.remove(at);
            Some("blob hash dropped")
        }
        (2, Some(requests)) => {
            let kind = below(random, REQUEST_KINDS.len());
            if requests[kind].is_empty() || random.below(3) == 0 {
                requests[kind].extend(vec![7; REQUEST_KINDS[kind].size()]);
                return Some("request added");
            }
            disturb(&mut requests[kind], random);
            Some("request changed")
        }
        (3, Some(requests)) => {
            let kind = below(random, REQUEST_KINDS.len());
            let len = requests[kind].len();
            requests[kind].truncate(len.checked_sub(REQUEST_KINDS[kind].size())?);
            Some("request dropped")
        }
        _ => {
            let at = place(random, hashes)?;
            disturb(&mut hashes[at], random);
            Some("blob hash changed")
        }
    }
}

pub fn hashes_and_requests(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = change_hashes_and_requests(&mut parts, random)?;
    Some(unsealed(&parts, what))
}

pub fn hashes_and_requests_sealed(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut parts = seed.parts.clone();
    let what = change_hashes_and_requests(&mut parts, random)?;
    parts.seal();
    Some(Mutant::new(&parts, Expected::Refused, what))
}

/// The first ten bytes that rules follow from.
pub fn schema_and_chain(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut input = seed.input.clone();
    // Signatures of typed transactions are for one chain; others need not be.
    let bound = seed.parts.transactions.iter().any(|tx| tx.first().is_some_and(|kind| *kind < 0x80));
    let of_chain = if bound { Expected::Refused } else { Expected::NoOtherBlock };
    let (what, expected) = match random.below(4) {
        0 => {
            disturb(&mut input[..2], random);
            ("schema id", Expected::NoOtherBlock)
        }
        1 => {
            // Two forks of one shape may judge a block alike: the output then says which judged.
            let fork = Fork::ALL[below(random, Fork::ALL.len())];
            input[..2].copy_from_slice(&fork.schema_id().to_be_bytes());
            ("schema id of a fork", Expected::NoOtherBlock)
        }
        2 => {
            let chains = [0, 5, 11_155_111, 17_000, 560_048, u64::MAX];
            input[10..18].copy_from_slice(&chains[below(random, chains.len())].to_le_bytes());
            ("another chain id", of_chain)
        }
        _ => {
            disturb(&mut input[10..18], random);
            ("chain id", of_chain)
        }
    };
    (input != seed.input).then(|| Mutant { input, expected, what: what.into() })
}

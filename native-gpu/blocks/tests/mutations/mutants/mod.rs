//! The classes of mutants. Each knows what it changes, and so what the answer may be.

mod block;
mod bytes;
mod lists;
mod witness;

use super::{chain::transactions, parts::Parts};
use hearth_blocks::Output;
use hearth_machine::testing::random::Random;

/// What the answer to a mutant may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Valid: nothing of the block and nothing that it needs has changed.
    SameBlock,
    /// Invalid or undecodable.
    Refused,
    /// If it is valid, then as the block that it was made from.
    NoOtherBlock,
    /// It claims to be another block, with the hash that its changed header has. Validity is a matter of execution.
    AnotherBlock,
}

/// A changed input.
pub struct Mutant {
    /// What the guest reads.
    pub input: Vec<u8>,
    /// What it may say.
    pub expected: Expected,
    /// What was done, for messages.
    pub what: String,
}

impl Mutant {
    fn new(parts: &Parts, expected: Expected, what: impl Into<String>) -> Self {
        Self { input: parts.encode(), expected, what: what.into() }
    }
}

/// A valid block to start from.
pub struct Seed {
    pub name: String,
    pub input: Vec<u8>,
    pub parts: Parts,
    /// What it comes to.
    pub output: Output,
}

/// One class of mutants.
pub struct Class {
    pub name: &'static str,
    /// Mutants of each seed, beside those of other classes.
    pub weight: usize,
    pub mutant: fn(&Seed, &mut Random) -> Option<Mutant>,
}

const fn class(name: &'static str, weight: usize, mutant: fn(&Seed, &mut Random) -> Option<Mutant>) -> Class {
    Class { name, weight, mutant }
}

/// All classes. A class yields nothing for a seed that lacks what it changes.
pub const CLASSES: [Class; 19] = [
    class("header field", 4, block::header_field),
    class("header field, sealed", 6, block::header_field_sealed),
    class("transactions", 2, block::transactions),
    class("transactions, sealed", 4, block::transactions_sealed),
    class("transaction signed anew, sealed", 4, block::transaction_signed_anew),
    class("withdrawals", 2, block::withdrawals),
    class("withdrawals, sealed", 2, block::withdrawals_sealed),
    class("blob hashes and requests", 2, block::hashes_and_requests),
    class("blob hashes and requests, sealed", 2, block::hashes_and_requests_sealed),
    class("trie nodes: needed ones harmed", 6, witness::nodes_harmed),
    class("trie nodes: moved, doubled, superfluous", 2, witness::nodes_rearranged),
    class("codes: needed ones harmed", 2, witness::codes_harmed),
    class("codes: moved, doubled, superfluous", 2, witness::codes_rearranged),
    class("ancestor headers", 3, witness::headers),
    class("forged parent, sealed", 4, witness::forged_parent),
    class("public keys", 4, witness::public_keys),
    class("schema id and chain id", 2, block::schema_and_chain),
    class("SSZ offsets and lengths", 4, bytes::offsets),
    class("bytes", 6, bytes::any),
];

/// A number below `len`, which may be zero only if the result is not used as an index.
fn below(random: &mut Random, len: usize) -> usize {
    random.below(len as u32) as usize
}

/// A place in a list, `None` if it is empty.
fn place<T>(random: &mut Random, list: &[T]) -> Option<usize> {
    (!list.is_empty()).then(|| below(random, list.len()))
}

/// Changes a byte string without changing its length.
fn disturb(bytes: &mut [u8], random: &mut Random) {
    let before = bytes.to_vec();
    while bytes == before && !bytes.is_empty() {
        let at = below(random, bytes.len());
        match random.below(5) {
            0 => bytes[at] = *[0, 1, 0x7f, 0x80, 0xff].get(below(random, 5)).unwrap_or(&0),
            1 => bytes.fill(0),
            2 => bytes.fill(0xff),
            3 => bytes[0] = bytes[0].wrapping_add(1),
            _ => bytes[at] ^= 1 << random.below(8),
        }
    }
}

//! Byte strings found by their Keccak-256 hash. The hashes are computed here, so whatever is found is what was asked for.

use crate::ssz::ByteLists;
use alloc::{vec, vec::Vec};
use alloy_primitives::{B256, keccak256};

/// An open-addressing table over the first bytes of the hashes.
#[derive(Debug)]
pub struct Preimages<'a> {
    lists: ByteLists<'a>,
    hashes: Vec<B256>,
    /// Place in `lists` plus one, zero if free.
    table: Vec<u32>,
    used: Vec<bool>,
}

impl<'a> Preimages<'a> {
    /// Hashes all items.
    pub fn new(lists: ByteLists<'a>) -> Self {
        let size = (2 * lists.len()).next_power_of_two();
        let mut this = Self {
            lists,
            hashes: Vec::with_capacity(lists.len()),
            table: vec![0; size],
            used: vec![false; lists.len()],
        };
        for (i, item) in (1u32..).zip(lists.iter()) {
            let hash = keccak256(item);
            if let Err(free) = this.find(&hash.0) {
                this.table[free] = i;
            }
            this.hashes.push(hash);
        }
        this
    }

    /// The item with this hash.
    pub fn get(&mut self, hash: &[u8; 32]) -> Option<&'a [u8]> {
        let index = self.find(hash).ok()?;
        self.used[index] = true;
        self.lists.get(index)
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// For each item whether it has been asked for.
    pub fn used(&self) -> &[bool] {
        &self.used
    }

    /// The place of an item, or the table entry where the search ended. The table is never full.
    fn find(&self, hash: &[u8; 32]) -> Result<usize, usize> {
        let mask = self.table.len() - 1;
        let mut at = u64::from_le_bytes(core::array::from_fn(|i| hash[i])) as usize & mask;
        loop {
            match self.table[at] {
                0 => return Err(at),
                i if self.hashes[i as usize - 1].0 == *hash => return Ok(i as usize - 1),
                _ => at = (at + 1) & mask,
            }
        }
    }
}

//! Counting look-ups: table multiplicities come from the same `eval` that is proved, and from nowhere else.

#[cfg(test)]
mod tests;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use hearth_machine::hash::{BLOCK, DIGEST, Digest};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use thiserror::Error;

use crate::Felt;
use crate::bus::{ByteAnd, BytePair, Hash, Message, Range16};
use crate::chip::Chip;
use crate::evaluate::{Evaluator, Sink};
use crate::poseidon2;

const RANGE: &str = <Range16<Felt> as Message<Felt>>::BUS;
const PAIR: &str = <BytePair<Felt> as Message<Felt>>::BUS;
const AND: &str = <ByteAnd<Felt> as Message<Felt>>::BUS;
const HASH: &str = <Hash<Felt> as Message<Felt>>::BUS;

/// A call of the memory hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HashCall {
    /// Domain.
    pub tag: Felt,
    /// Level.
    pub level: Felt,
    /// Input.
    pub input: [Felt; BLOCK],
    /// Output that the caller claims.
    pub output: Digest,
}

/// A row looks up what no table holds: the trace is not that of an honest run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{chip}, row {row}: a look-up on the bus {bus} is in no table")]
pub struct NotInTable {
    /// The chip.
    pub chip: &'static str,
    /// The row.
    pub row: usize,
    /// The bus.
    pub bus: &'static str,
}

/// How often the rows counted so far look up each entry of the function tables.
#[derive(Clone, Debug)]
pub struct Lookups {
    range: Vec<u32>,
    pair: Vec<u32>,
    and: Vec<u32>,
    hashes: BTreeMap<HashCall, u32>,
    failed: Option<&'static str>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self::new()
    }
}

impl Lookups {
    /// No look-ups.
    pub fn new() -> Self {
        let zeros = alloc::vec![0; 1 << 16];
        Self { range: zeros.clone(), pair: zeros.clone(), and: zeros, hashes: BTreeMap::new(), failed: None }
    }

    /// Counts the look-ups of every row of `table` that is not all zero (such rows look nothing up).
    ///
    /// # Errors
    /// [`NotInTable`] for the first row with a look-up that cannot succeed. The counts are then of no use. Hash calls
    /// are taken as they are.
    pub fn count<C: Chip>(&mut self, table: &RowMajorMatrix<Felt>) -> Result<(), NotInTable> {
        for (index, row) in table.values.chunks(table.width).enumerate() {
            if row.iter().all(|&cell| cell == Felt::ZERO) {
                continue;
            }
            C::eval(&mut Evaluator::new(table, index, &[], self));
            if let Some(bus) = self.failed {
                return Err(NotInTable { chip: C::NAME, row: index, bus });
            }
        }
        Ok(())
    }

    /// Look-ups on `range16`, by value.
    pub fn range(&self) -> &[u32] {
        &self.range
    }

    /// Look-ups on `bytes`, of `(a, b)` at `a + 256 b`.
    pub fn pair(&self) -> &[u32] {
        &self.pair
    }

    /// Look-ups on `and`, of `(a, b, a & b)` at `a + 256 b`.
    pub fn and(&self) -> &[u32] {
        &self.and
    }

    /// Distinct calls of the hash with their number.
    pub fn hashes(&self) -> &BTreeMap<HashCall, u32> {
        &self.hashes
    }

    /// The same as the rows of the Poseidon2 chip.
    pub fn hash_calls(&self) -> Vec<poseidon2::HashCall> {
        let row = |(call, &uses): (&HashCall, &u32)| {
            let HashCall { tag, level, input, .. } = *call;
            poseidon2::HashCall { tag, level, input, uses }
        };
        self.hashes.iter().map(row).collect()
    }
}

impl Sink for Lookups {
    fn constraint(&mut self, _index: usize, _value: Felt) {}

    #[inline(always)]
    fn message(&mut self, bus: &str, mut fields: impl Iterator<Item = Felt>, count: Felt, weight: u32) {
        // What provides has weight 0; only look-ups are counted.
        if weight == 0 || count == Felt::ZERO {
            return;
        }
        let mut next = || fields.next().unwrap_or_default();
        let (bus, slot) = match bus {
            RANGE => (RANGE, self.range.get_mut(next().as_canonical_u32() as usize)),
            PAIR => (PAIR, pair(next(), next()).and_then(|at| self.pair.get_mut(at))),
            AND => {
                let (a, b, c) = (next(), next(), next().as_canonical_u32());
                let holds = a.as_canonical_u32() & b.as_canonical_u32() == c;
                (AND, pair(a, b).filter(|_| holds).and_then(|at| self.and.get_mut(at)))
            }
            HASH => {
                let (tag, level) = (next(), next());
                let input = core::array::from_fn(|_| next());
                let output: [Felt; DIGEST] = core::array::from_fn(|_| next());
                (HASH, Some(self.hashes.entry(HashCall { tag, level, input, output }).or_default()))
            }
            _ => return,
        };
        match slot {
            Some(slot) if count == Felt::ONE => *slot += 1,
            _ => self.failed = Some(bus),
        }
    }
}

/// `a + 256 b` for bytes.
fn pair(a: Felt, b: Felt) -> Option<usize> {
    let (a, b) = (a.as_canonical_u32(), b.as_canonical_u32());
    (a < 256 && b < 256).then_some((a + 256 * b) as usize)
}

//! Rows of every table of a shard, and what they cost.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use crate::hash::{Digest, Tag};
use crate::isa::{Family, Op};
use crate::keccak::ROUNDS;
use crate::sha256;
use crate::trace::ShardTrace;

/// A table whose height depends on the run. Fixed tables are in [`Costs::fixed_cells`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Instructions of a family.
    Family(Family),
    /// Touched memory leaves.
    Leaf,
    /// Opened memory nodes.
    Node,
    /// Siblings of opened memory nodes.
    Uncle,
    /// Distinct hash calls: tag, level and inputs.
    Poseidon2,
    /// Used code leaves.
    CodeLeaf,
    /// Opened code nodes.
    CodeNode,
    /// Distinct pcs.
    Decode,
    /// Distinct pairs of bytes that bitwise instructions look up.
    And,
    /// Calls of keccak-f.
    KeccakCall,
    /// Their rounds.
    KeccakRound,
    /// Additions of points of secp256k1.
    Secp256k1Add,
    /// Their doublings.
    Secp256k1Double,
    /// Compressions of SHA-256.
    Sha256Call,
    /// Their rounds, four to a row.
    Sha256Round,
    /// Modular calls on 4 words.
    Modular256,
    /// Modular calls on 6 words.
    Modular384,
}

impl Table {
    /// Number of tables.
    pub const COUNT: usize = Family::COUNT + 16;

    /// Whether a shard may be without the table (at index `index`).
    pub(crate) const fn is_optional(index: usize) -> bool {
        index >= Self::KeccakCall.index()
    }

    /// Whether the table at `index` is there in a shard with `rows`. Keccak-f has a key of its own; every other
    /// accelerator comes with the key that has them all.
    fn is_present(index: usize, rows: &Rows) -> bool {
        let used = |from: Self| rows.0[from.index()..].iter().any(|&rows| rows != 0);
        match index {
            index if index >= Self::Secp256k1Add.index() => used(Self::Secp256k1Add),
            index if index >= Self::KeccakCall.index() => used(Self::KeccakCall),
            _ => true,
        }
    }

    /// Place in a [`PerTable`].
    #[inline(always)]
    pub const fn index(self) -> usize {
        match self {
            Self::Family(family) => family as usize,
            Self::Leaf => Family::COUNT,
            Self::Node => Family::COUNT + 1,
            Self::Uncle => Family::COUNT + 2,
            Self::Poseidon2 => Family::COUNT + 3,
            Self::CodeLeaf => Family::COUNT + 4,
            Self::CodeNode => Family::COUNT + 5,
            Self::Decode => Family::COUNT + 6,
            Self::And => Family::COUNT + 7,
            Self::KeccakCall => Family::COUNT + 8,
            Self::KeccakRound => Family::COUNT + 9,
            Self::Secp256k1Add => Family::COUNT + 10,
            Self::Secp256k1Double => Family::COUNT + 11,
            Self::Sha256Call => Family::COUNT + 12,
            Self::Sha256Round => Family::COUNT + 13,
            Self::Modular256 => Family::COUNT + 14,
            Self::Modular384 => Family::COUNT + 15,
        }
    }
}

/// One value for each table, families first, in the order of [`Table::index`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerTable<T>(pub [T; Table::COUNT]);

impl<T> Index<Table> for PerTable<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, table: Table) -> &T {
        &self.0[table.index()]
    }
}

impl<T> IndexMut<Table> for PerTable<T> {
    #[inline(always)]
    fn index_mut(&mut self, table: Table) -> &mut T {
        &mut self.0[table.index()]
    }
}

/// Rows of each table, padding not included.
pub type Rows = PerTable<u32>;

impl Rows {
    /// Calls for points of secp256k1.
    pub fn point_operations(&self) -> u32 {
        self[Table::Secp256k1Add] + self[Table::Secp256k1Double]
    }

    /// Modular calls.
    pub fn modular_calls(&self) -> u32 {
        self[Table::Modular256] + self[Table::Modular384]
    }

    /// Calls of accelerators: their rows are instructions beside those of the families.
    pub fn calls(&self) -> u32 {
        self[Table::KeccakCall] + self.point_operations() + self[Table::Sha256Call] + self.modular_calls()
    }

    /// Rows of a trace, counted from the trace alone.
    pub fn of(trace: &ShardTrace) -> Self {
        let mut rows = Self::default();
        for (count, steps) in rows.0.iter_mut().zip(&trace.steps) {
            *count = steps.len() as u32;
        }
        rows[Table::Leaf] = trace.leaves.len() as u32;
        rows[Table::Node] = trace.nodes.len() as u32;
        rows[Table::Uncle] = trace.uncles.len() as u32;
        rows[Table::CodeLeaf] = trace.code_leaves.len() as u32;
        rows[Table::CodeNode] = trace.code_nodes.len() as u32;
        rows[Table::Decode] = trace.decodes.len() as u32;
        rows[Table::KeccakCall] = trace.keccaks.len() as u32;
        rows[Table::KeccakRound] = (trace.keccaks.len() * ROUNDS) as u32;
        rows[Table::Secp256k1Add] = trace.secp256k1_adds.len() as u32;
        rows[Table::Secp256k1Double] = trace.secp256k1_doubles.len() as u32;
        rows[Table::Sha256Call] = trace.sha256s.len() as u32;
        rows[Table::Sha256Round] = (trace.sha256s.len() * sha256::ROWS) as u32;
        rows[Table::Modular256] = trace.modular_256.len() as u32;
        rows[Table::Modular384] = trace.modular_384.len() as u32;

        let mut hashes: Vec<(Tag, u32, Digest)> = Vec::new();
        for leaf in &trace.leaves {
            hashes.extend([leaf.old, leaf.new].map(|digest| (Tag::MemoryLeaf, 0, digest)));
        }
        for node in &trace.nodes {
            hashes.extend([node.old, node.new].map(|digest| (Tag::MemoryNode, node.level, digest)));
        }
        hashes.extend((trace.code_leaves.iter()).map(|leaf| (Tag::CodeLeaf, 0, leaf.digest)));
        hashes.extend((trace.code_nodes.iter()).map(|node| (Tag::CodeNode, node.level, node.digest)));
        hashes.sort_unstable();
        hashes.dedup();
        rows[Table::Poseidon2] = hashes.len() as u32;

        let mut pairs = BytePairs::default();
        for step in &trace.steps[Family::Bitwise as usize] {
            let instruction = &step.instruction;
            debug_assert!(matches!(instruction.op, Op::And | Op::Or | Op::Xor));
            let b = match instruction.is_imm {
                true => instruction.imm,
                false => step.rs2.prev,
            };
            pairs.insert(step.rs1.prev, b);
        }
        rows[Table::And] = pairs.len();
        rows
    }
}

/// The set of byte pairs that bitwise instructions have looked up.
#[derive(Clone, Debug)]
pub struct BytePairs {
    /// Bit `b` of the 256 at `a`.
    bits: Vec<u64>,
    len: u32,
}

impl Default for BytePairs {
    fn default() -> Self {
        Self { bits: alloc::vec![0; 1 << 10], len: 0 }
    }
}

impl BytePairs {
    /// Number of pairs.
    #[inline(always)]
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Empties the set.
    pub fn clear(&mut self) {
        self.bits.fill(0);
        self.len = 0;
    }

    /// Adds the eight pairs of bytes of two words; says whether any is new.
    #[inline(always)]
    pub fn insert(&mut self, a: u64, b: u64) -> bool {
        let known = (0..8).fold(1, |known, k| {
            let (at, bit) = place(a >> (8 * k), b >> (8 * k));
            known & self.bits[at] >> bit
        });
        if known & 1 != 0 {
            return false;
        }
        self.insert_new(a, b);
        true
    }

    #[cold]
    fn insert_new(&mut self, a: u64, b: u64) {
        for k in 0..8 {
            let (at, bit) = place(a >> (8 * k), b >> (8 * k));
            self.len += (!self.bits[at] >> bit & 1) as u32;
            self.bits[at] |= 1 << bit;
        }
    }
}

/// Word and bit of the pair of low bytes.
#[inline(always)]
fn place(a: u64, b: u64) -> (usize, u64) {
    ((a & 0xff) as usize * 4 + (b >> 6 & 3) as usize, b & 63)
}

/// Cost of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableCost {
    /// Committed cells.
    pub width: u32,
    /// Bus interactions.
    pub interactions: u32,
}

/// What tables cost: data, measured on the chips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// By table.
    pub tables: PerTable<TableCost>,
    /// Cells of tables of fixed height.
    pub fixed_cells: u64,
    /// Interactions of tables of fixed height.
    pub fixed_interactions: u64,
    /// Heights of tables.
    pub heights: Heights,
}

/// How high a table is that holds some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heights {
    /// Powers of two from `2^min_log` on, for an empty table as well.
    PowersOfTwo {
        /// Logarithm of the least height.
        min_log: u32,
    },
    /// Multiples of `2^log`; an empty table has no rows.
    Multiples {
        /// Logarithm of the step.
        log: u32,
    },
}

impl Default for Heights {
    fn default() -> Self {
        Self::PowersOfTwo { min_log: 0 }
    }
}

impl Costs {
    /// Height of a table with `rows` rows.
    pub const fn height(&self, rows: u32) -> u64 {
        let rows = rows as u64;
        match self.heights {
            Heights::PowersOfTwo { min_log } => {
                let (rows, min) = (rows.next_power_of_two(), 1 << min_log);
                if rows < min { min } else { rows }
            }
            Heights::Multiples { log } => rows.next_multiple_of(1 << log),
        }
    }

    /// Committed cells, padding included.
    pub fn cells(&self, rows: &Rows) -> u64 {
        self.fixed_cells + self.sum(rows, |cost| cost.width)
    }

    /// Interactions, those of padding included.
    pub fn interactions(&self, rows: &Rows) -> u64 {
        self.fixed_interactions + self.sum(rows, |cost| cost.interactions)
    }

    /// Rows of each table, padding included; none where a shard does without the table.
    pub fn heights(&self, rows: &Rows) -> PerTable<u64> {
        PerTable(core::array::from_fn(|table| match Table::is_present(table, rows) {
            true => self.height(rows.0[table]),
            false => 0,
        }))
    }

    /// Committed cells of each table, padding included; those of fixed height are not here.
    pub fn cells_by_table(&self, rows: &Rows) -> PerTable<u64> {
        let heights = self.heights(rows);
        PerTable(core::array::from_fn(|table| heights.0[table] * u64::from(self.tables.0[table].width)))
    }

    fn sum(&self, rows: &Rows, part: impl Fn(&TableCost) -> u32) -> u64 {
        let heights = self.heights(rows);
        heights.0.iter().zip(&self.tables.0).map(|(&height, cost)| height * u64::from(part(cost))).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_pairs_are_counted_once() {
        let mut pairs = BytePairs::default();
        assert!(pairs.insert(0, 0));
        assert_eq!(pairs.len(), 1);
        assert!(pairs.insert(0x0100_00ff_0000_0000, 0xff01_0000_0000_0000));
        // (1, 255), (0, 1), (255, 0) are new.
        assert_eq!(pairs.len(), 4);
        assert!(!pairs.insert(0xff00_0000_0000_0100, 0x0000_0100_0000_ff00));
        pairs.clear();
        assert!(pairs.is_empty());
    }

    #[test]
    fn heights_are_multiples() {
        let costs = Costs { heights: Heights::Multiples { log: 7 }, ..Costs::default() };
        for (rows, height) in [(0, 0), (1, 128), (128, 128), (129, 256), (300, 384)] {
            assert_eq!(costs.height(rows), height);
        }
    }

    #[test]
    fn heights_are_powers_of_two_from_the_least() {
        let costs = Costs { heights: Heights::PowersOfTwo { min_log: 7 }, ..Costs::default() };
        for (rows, height) in [(0, 128), (128, 128), (129, 256), (256, 256)] {
            assert_eq!(costs.height(rows), height);
        }
    }
}

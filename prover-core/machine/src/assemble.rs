//! From a section of a run to its shard: roots, sibling digests and the exact rows.
//!
//! All hashing is here, so that a node with threads can let the run go on beside it.

use alloc::vec::Vec;

use p3_field::PrimeField32;

use crate::frontier::{Frontier, Kind};
use crate::hash::{Digest, Hasher};
use crate::layout::{KECCAK_TICKS, MODULAR_TICKS, SECP256K1_TICKS, SHA256_TICKS, START_TS, STEP_TICKS};
use crate::package::Package;
use crate::program::{InputTooLong, Program};
use crate::rows::{Rows, Table};
use crate::section::Section;
use crate::trace::Statement;
use crate::tree::Tree;

/// One shard of a run.
#[derive(Clone, Debug)]
pub struct Shard {
    /// What a worker needs.
    pub package: Package,
    /// Rows that its replay will generate.
    pub rows: Rows,
}

/// The memory tree of a run, brought up to date section by section.
pub struct Assembler<'a> {
    hasher: &'a Hasher,
    program: &'a Program,
    tree: Tree,
}

impl<'a> Assembler<'a> {
    /// The initial tree.
    pub fn new(hasher: &'a Hasher, program: &'a Program, input: &[u8]) -> Result<Self, InputTooLong> {
        Ok(Self { hasher, program, tree: program.initial_tree(hasher, input)? })
    }

    /// The memory tree after the last section.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The shard of the section that follows the last one.
    pub fn assemble(&mut self, section: Section) -> Shard {
        let leaves = &section.leaves;
        let frontier = Frontier::new(Kind::Memory, leaves.iter().map(|leaf| leaf.index).collect());
        let uncles = self.tree.uncles(&frontier);
        let root_in = self.tree.root();
        let changed: Vec<_> =
            (leaves.iter()).filter(|leaf| leaf.initial != leaf.last).map(|leaf| (leaf.index, leaf.last)).collect();
        let mut hashes = Hashes::new(&frontier, &self.tree);
        self.tree.update_memory(self.hasher, &changed);
        hashes.extend(&frontier, &self.tree);

        let code = self.program.code();
        let code_leaves = section.code_leaves.iter().map(|&index| (index, code.leaf(index))).collect();
        let code_frontier = Frontier::new(Kind::Code, section.code_leaves);
        let code_tree = self.program.code_tree();
        let code_hashes = Hashes::new(&code_frontier, code_tree);

        let mut rows = section.bounds;
        let extra_ticks = (KECCAK_TICKS - STEP_TICKS) * rows[Table::KeccakCall]
            + (SECP256K1_TICKS - STEP_TICKS) * rows.point_operations()
            + (SHA256_TICKS - STEP_TICKS) * rows[Table::Sha256Call]
            + (MODULAR_TICKS - STEP_TICKS) * rows.modular_calls();
        rows[Table::Leaf] = leaves.len() as u32;
        rows[Table::Node] = frontier.nodes() as u32;
        rows[Table::Uncle] = uncles.len() as u32;
        rows[Table::CodeNode] = code_frontier.nodes() as u32;
        rows[Table::Poseidon2] = hashes.distinct() + code_hashes.distinct();
        let package = Package {
            statement: Statement {
                program_root: self.program.key().code_root,
                root_in,
                pc_in: section.pc_in,
                root_out: self.tree.root(),
                pc_out: section.pc_out,
                ts_end: START_TS + STEP_TICKS * section.steps + extra_ticks,
            },
            steps: section.steps,
            leaves: leaves.iter().map(|leaf| (leaf.index, leaf.initial)).collect(),
            uncles,
            code_leaves,
            code_uncles: code_tree.uncles(&code_frontier),
        };
        Shard { package, rows }
    }
}

/// Digests of the opened nodes of a tree, by level: each distinct one is a hash call of its own.
struct Hashes(Vec<Vec<Digest>>);

impl Hashes {
    fn new(frontier: &Frontier, tree: &Tree) -> Self {
        let mut hashes = Self(alloc::vec![Vec::new(); frontier.levels().len()]);
        hashes.extend(frontier, tree);
        hashes
    }

    fn extend(&mut self, frontier: &Frontier, tree: &Tree) {
        for (level, (digests, shape)) in self.0.iter_mut().zip(frontier.levels()).enumerate() {
            digests.extend(shape.opened.iter().map(|&index| tree.get(level, index)));
        }
    }

    fn distinct(self) -> u32 {
        let distinct = |mut digests: Vec<Digest>| {
            digests.sort_unstable_by_key(|digest| digest.map(|felt| felt.to_unique_u32()));
            digests.dedup();
            digests.len() as u32
        };
        self.0.into_iter().map(distinct).sum()
    }
}

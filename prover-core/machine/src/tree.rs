//! Sparse Merkle trees over memory and code: only what differs from zero is stored.

use alloc::vec::Vec;

use crate::frontier::{Frontier, Kind};
use crate::hash::{BLOCK, Digest, Felt, Hasher, children, code_block, memory_block};
use crate::paged::Paged;

/// Digests that share an allocation.
const PAGE_DIGESTS: usize = 1 << 8;

/// The digests of all-zero subtrees, by level.
pub fn zero_digests(hasher: &Hasher, kind: Kind) -> Vec<Digest> {
    let leaf = match kind {
        Kind::Memory => hasher.memory_leaf(&[0; 8]),
        Kind::Code => hasher.code_leaf(&[0; 16]),
    };
    let mut digests = alloc::vec![leaf];
    for level in 1..=kind.depth() {
        let below = &digests[level as usize - 1];
        digests.push(hasher.node(kind.node_tag(), level, below, below));
    }
    digests
}

/// A tree of all digests, updated leaf by leaf.
#[derive(Clone, Debug)]
pub struct Tree {
    kind: Kind,
    /// By level, leaves first.
    levels: Vec<Paged<Digest, PAGE_DIGESTS>>,
}

impl Tree {
    /// The tree over zeros.
    pub fn new(hasher: &Hasher, kind: Kind) -> Self {
        let levels = zero_digests(hasher, kind)
            .into_iter()
            .enumerate()
            .map(|(level, zero)| Paged::new(1 << (kind.depth() as usize - level), zero))
            .collect();
        Self { kind, levels }
    }

    /// The digest of a node.
    pub fn get(&self, level: usize, index: u32) -> Digest {
        self.levels[level].get(index as usize)
    }

    /// The root.
    pub fn root(&self) -> Digest {
        self.get(self.kind.depth() as usize, 0)
    }

    /// Replaces leaves by digest; `indexes` must ascend strictly.
    pub fn update(&mut self, hasher: &Hasher, indexes: Vec<u32>, digests: &[Digest]) {
        debug_assert!(indexes.is_sorted_by(|a, b| a < b) && indexes.len() == digests.len());
        self.store(0, &indexes, digests);
        let mut opened = indexes;
        for level in 1..=self.kind.depth() {
            opened.iter_mut().for_each(|index| *index /= 2);
            opened.dedup();
            let blocks: Vec<[Felt; BLOCK]> = opened
                .iter()
                .map(|&index| {
                    let below = level as usize - 1;
                    children(&self.get(below, 2 * index), &self.get(below, 2 * index + 1))
                })
                .collect();
            let digests = hasher.compress_all(self.kind.node_tag(), level, &blocks);
            self.store(level as usize, &opened, &digests);
        }
    }

    fn store(&mut self, level: usize, indexes: &[u32], digests: &[Digest]) {
        for (&index, digest) in indexes.iter().zip(digests) {
            *self.levels[level].get_mut(index as usize) = *digest;
        }
    }

    /// Replaces memory leaves; indexes must ascend strictly.
    pub fn update_memory(&mut self, hasher: &Hasher, leaves: &[(u32, [u64; 8])]) {
        self.update_blocks(hasher, leaves, memory_block);
    }

    /// Replaces code leaves; indexes must ascend strictly.
    pub fn update_code(&mut self, hasher: &Hasher, leaves: &[(u32, [u32; 16])]) {
        self.update_blocks(hasher, leaves, code_block);
    }

    fn update_blocks<L>(&mut self, hasher: &Hasher, leaves: &[(u32, L)], block: impl Fn(&L) -> [Felt; BLOCK]) {
        let blocks: Vec<_> = leaves.iter().map(|(_, leaf)| block(leaf)).collect();
        let digests = hasher.compress_all(self.kind.leaf_tag(), 0, &blocks);
        let indexes = leaves.iter().map(|&(index, _)| index).collect();
        self.update(hasher, indexes, &digests);
    }

    /// The digests of a frontier's uncles, by level, then index.
    pub fn uncles(&self, frontier: &Frontier) -> Vec<Digest> {
        let mut digests = Vec::with_capacity(frontier.uncles());
        for (level, shape) in frontier.levels().iter().enumerate() {
            digests.extend(shape.uncles.iter().map(|&index| self.get(level, index)));
        }
        digests
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::vec;

    use super::*;
    use crate::frontier::root;

    /// The root by the definition: recursion over every leaf that is not zero.
    fn naive(hasher: &Hasher, zero: &[Digest], leaves: &BTreeMap<u32, [u64; 8]>, level: u32, index: u32) -> Digest {
        let first = index << level;
        let last = first + ((1u32 << level) - 1);
        if leaves.range(first..=last).next().is_none() {
            return zero[level as usize];
        }
        if level == 0 {
            return hasher.memory_leaf(&leaves[&index]);
        }
        let left = naive(hasher, zero, leaves, level - 1, 2 * index);
        let right = naive(hasher, zero, leaves, level - 1, 2 * index + 1);
        hasher.node(crate::hash::Tag::MemoryNode, level, &left, &right)
    }

    #[test]
    fn updates_and_openings_agree_with_the_definition() {
        let hasher = Hasher::new();
        let zero = zero_digests(&hasher, Kind::Memory);
        let mut tree = Tree::new(&hasher, Kind::Memory);
        let mut leaves = BTreeMap::new();
        let mut seed = 1u64;
        for round in 0..4 {
            let mut batch = BTreeMap::new();
            for _ in 0..50 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                // Near ones, far ones and the last one.
                let index = [seed >> 58, seed >> 37, (1 << 27) - 1 - (seed >> 60)][(seed >> 30) as usize % 3];
                batch.insert(index as u32, [seed, round, 0, 0, 0, 0, 0, seed.rotate_left(9)]);
            }
            leaves.extend(batch.clone());
            let batch: Vec<_> = batch.into_iter().collect();
            let frontier = Frontier::new(Kind::Memory, batch.iter().map(|&(index, _)| index).collect());
            let uncles = tree.uncles(&frontier);
            let before = frontier.levels()[0].opened.iter().map(|&index| tree.get(0, index)).collect();
            let before = frontier.fold(&hasher, before, &uncles).unwrap();
            assert_eq!(root(&before), Some(tree.root()));
            tree.update_memory(&hasher, &batch);
            let expected = naive(&hasher, &zero, &leaves, 27, 0);
            assert_eq!(tree.root(), expected);
            // The frontier's fold under unchanged uncles gives the new root.
            let digests: Vec<_> = batch.iter().map(|(_, leaf)| hasher.memory_leaf(leaf)).collect();
            let folded = frontier.fold(&hasher, digests.clone(), &uncles).unwrap();
            assert_eq!(frontier.refold(&hasher, &before, digests, &uncles).as_ref(), Some(&folded));
            assert_eq!(root(&folded), Some(expected));
        }
    }

    #[test]
    fn empty_update_changes_nothing() {
        let hasher = Hasher::new();
        let mut tree = Tree::new(&hasher, Kind::Code);
        let before = tree.root();
        tree.update(&hasher, vec![], &[]);
        assert_eq!(tree.root(), before);
        assert_eq!(before, zero_digests(&hasher, Kind::Code)[24]);
    }
}

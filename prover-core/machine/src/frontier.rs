//! The part of a Merkle tree that a set of leaves opens: the union of their paths and the siblings beside it.
//!
//! One shape serves the old tree, the new tree, the code tree and the opening of a run's output: the indexes follow
//! from the leaves alone, so a package carries sibling digests and no positions.

use alloc::vec::Vec;

use crate::hash::{BLOCK, Digest, Felt, Hasher, Tag, children};

/// Which of the trees, and with it the tag and the depth of its hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The memory tree.
    Memory,
    /// The read-only code tree.
    Code,
}

impl Kind {
    /// Levels above the leaves.
    pub const fn depth(self) -> u32 {
        match self {
            Self::Memory => crate::layout::MEMORY_DEPTH,
            Self::Code => crate::layout::CODE_DEPTH,
        }
    }

    /// Tag of inner nodes.
    pub const fn node_tag(self) -> Tag {
        match self {
            Self::Memory => Tag::MemoryNode,
            Self::Code => Tag::CodeNode,
        }
    }

    /// Tag of leaves.
    pub const fn leaf_tag(self) -> Tag {
        match self {
            Self::Memory => Tag::MemoryLeaf,
            Self::Code => Tag::CodeLeaf,
        }
    }
}

/// One level of a [`Frontier`], indexes ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Nodes on the path of a leaf; at level 0 the leaves.
    pub opened: Vec<u32>,
    /// Siblings of opened nodes that are not opened.
    pub uncles: Vec<u32>,
}

/// The levels of an opening from the leaves (0) to the root. Empty where no leaf is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    kind: Kind,
    levels: Vec<Level>,
}

/// The digests of all opened nodes, by level and in the order of [`Level::opened`].
pub type Digests = Vec<Vec<Digest>>;

impl Frontier {
    /// The opening of `leaves`, which must ascend strictly and lie below `2^depth`.
    pub fn new(kind: Kind, leaves: Vec<u32>) -> Self {
        debug_assert!(leaves.is_sorted_by(|a, b| a < b));
        let mut levels = Vec::with_capacity(kind.depth() as usize + 1);
        let mut opened = leaves;
        for _ in 0..kind.depth() {
            let mut uncles = Vec::new();
            let mut parents: Vec<u32> = Vec::with_capacity(opened.len());
            for (at, &index) in opened.iter().enumerate() {
                if parents.last() == Some(&(index / 2)) {
                    continue;
                }
                parents.push(index / 2);
                if opened.get(at + 1) != Some(&(index ^ 1)) {
                    uncles.push(index ^ 1);
                }
            }
            levels.push(Level { opened, uncles });
            opened = parents;
        }
        levels.push(Level { opened, uncles: Vec::new() });
        Self { kind, levels }
    }

    /// The levels, leaves first, root last.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Number of uncles.
    pub fn uncles(&self) -> usize {
        self.levels.iter().map(|level| level.uncles.len()).sum()
    }

    /// Number of opened inner nodes.
    pub fn nodes(&self) -> usize {
        self.levels[1..].iter().map(|level| level.opened.len()).sum()
    }

    /// Pairs of children of the nodes opened at `level + 1`, from the opened nodes and the uncles of `level`.
    pub fn pairs<'a>(
        &'a self,
        level: usize,
        opened: &'a [Digest],
        uncles: &'a [Digest],
    ) -> impl Iterator<Item = [Digest; 2]> + 'a {
        let shape = &self.levels[level];
        let mut nodes = shape.opened.iter().zip(opened).peekable();
        let mut siblings = uncles.iter();
        core::iter::from_fn(move || {
            let (&index, &digest) = nodes.next()?;
            if let Some((_, &right)) = nodes.next_if(|&(&next, _)| next == index ^ 1) {
                return Some([digest, right]);
            }
            let sibling = *siblings.next()?;
            Some(if index % 2 == 0 { [digest, sibling] } else { [sibling, digest] })
        })
    }

    /// Folds leaf digests and uncles (by level, then index) to the root. `None` if the number of either is wrong or
    /// if nothing is opened.
    pub fn fold(&self, hasher: &Hasher, leaves: Vec<Digest>, mut uncles: &[Digest]) -> Option<Digests> {
        if leaves.is_empty() || leaves.len() != self.levels[0].opened.len() {
            return None;
        }
        let mut digests = Vec::with_capacity(self.levels.len());
        digests.push(leaves);
        for level in 0..self.kind.depth() as usize {
            let here;
            (here, uncles) = uncles.split_at_checked(self.levels[level].uncles.len())?;
            let pairs = self.pairs(level, &digests[level], here);
            let above = self.hash_pairs(hasher, level, pairs);
            digests.push(above);
        }
        uncles.is_empty().then_some(digests)
    }

    /// Folds again after leaves have changed; only what differs from `old`, a fold under the same uncles, is hashed.
    /// `None` as in [`Frontier::fold`].
    pub fn refold(
        &self,
        hasher: &Hasher,
        old: &Digests,
        leaves: Vec<Digest>,
        mut uncles: &[Digest],
    ) -> Option<Digests> {
        if leaves.is_empty() || leaves.len() != self.levels[0].opened.len() {
            return None;
        }
        let mut digests = Vec::with_capacity(self.levels.len());
        digests.push(leaves);
        for level in 0..self.kind.depth() as usize {
            let here;
            (here, uncles) = uncles.split_at_checked(self.levels[level].uncles.len())?;
            let pairs = || self.pairs(level, &digests[level], here).zip(self.pairs(level, &old[level], here));
            let changed = pairs().filter(|(new, old)| new != old).map(|(new, _)| new);
            let mut hashed = self.hash_pairs(hasher, level, changed).into_iter();
            let above = pairs().zip(&old[level + 1]).map(|((new, old), &digest)| match new == old {
                true => Some(digest),
                false => hashed.next(),
            });
            let above = above.collect::<Option<_>>()?;
            digests.push(above);
        }
        uncles.is_empty().then_some(digests)
    }

    fn hash_pairs(&self, hasher: &Hasher, level: usize, pairs: impl Iterator<Item = [Digest; 2]>) -> Vec<Digest> {
        let blocks: Vec<[Felt; BLOCK]> = pairs.map(|[left, right]| children(&left, &right)).collect();
        hasher.compress_all(self.kind.node_tag(), level as u32 + 1, &blocks)
    }
}

/// The root of folded digests.
pub fn root(digests: &Digests) -> Option<Digest> {
    digests.last()?.first().copied()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn nodes_uncles_and_leaves_add_up() {
        for leaves in [vec![0], vec![0, 1], vec![5, 6, 7, 1 << 20], vec![1, 2, 3, (1 << 27) - 1]] {
            let count = leaves.len();
            let frontier = Frontier::new(Kind::Memory, leaves);
            // Each node has two children: nodes below the root, leaves and uncles are all of them.
            assert_eq!(2 * frontier.nodes(), frontier.nodes() - 1 + count + frontier.uncles());
        }
    }

    #[test]
    fn fold_wants_exactly_its_digests() {
        let hasher = Hasher::new();
        let frontier = Frontier::new(Kind::Code, vec![3, 4]);
        let digest = hasher.code_leaf(&[0; 16]);
        let uncles = vec![digest; frontier.uncles()];
        let leaves = || vec![digest; 2];
        assert!(frontier.fold(&hasher, leaves(), &uncles).is_some());
        assert!(frontier.fold(&hasher, leaves(), &uncles[1..]).is_none());
        assert!(frontier.fold(&hasher, vec![digest], &uncles).is_none());
        let more = [uncles.clone(), vec![digest]].concat();
        assert!(frontier.fold(&hasher, leaves(), &more).is_none());
        let nothing = Frontier::new(Kind::Code, vec![]);
        assert!(nothing.fold(&hasher, vec![], &[]).is_none());
    }
}

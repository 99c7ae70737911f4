//! Merkle roots. Every tree here is taken over a flat run of bytes, 32 to a leaf, the last leaf padded with zeros: lists of
//! roots are flattened into such a run first.
//!
//! Progressive trees (EIP-7916) chain subtrees of 1, 4, 16, ... leaves: `root = hash(subtree, root of what follows)`.
//! Progressive containers (EIP-7495) mix in the bit set of their fields.

use super::sha256::{node, sha256_64};
use alloc::vec::Vec;

/// A Merkle root or leaf.
pub type Root = [u8; 32];

/// Deepest subtree: 2^26 leaves are 2 GiB, more than an input can hold.
const DEPTHS: usize = 28;

/// Roots of all-zero subtrees by depth.
const ZERO: [Root; DEPTHS] = {
    let mut roots = [[0; 32]; DEPTHS];
    let mut depth = 1;
    while depth < DEPTHS {
        roots[depth] = sha256_64(&both(&roots[depth - 1], &roots[depth - 1]));
        depth += 1;
    }
    roots
};

/// One inner node.
pub fn hash(left: &Root, right: &Root) -> Root {
    node(&both(left, right))
}

const fn both(left: &Root, right: &Root) -> [u8; 64] {
    let mut both = [0; 64];
    let mut i = 0;
    while i < 32 {
        both[i] = left[i];
        both[32 + i] = right[i];
        i += 1;
    }
    both
}

/// One leaf from at most 32 bytes.
pub fn leaf(bytes: &[u8]) -> Root {
    let mut leaf = [0; 32];
    let len = bytes.len().min(32);
    leaf[..len].copy_from_slice(&bytes[..len]);
    leaf
}

/// Root of the subtree of `2^depth` leaves (`depth < 28`) whose leaves start with `bytes`.
pub fn subtree(bytes: &[u8], depth: usize) -> Root {
    if bytes.is_empty() {
        return ZERO[depth.min(DEPTHS - 1)];
    }
    if depth == 0 {
        return leaf(bytes);
    }
    if depth == 1
        && let Some(both) = bytes.first_chunk::<64>()
    {
        return node(both);
    }
    let (left, right) = bytes.split_at(bytes.len().min(16 << depth));
    hash(&subtree(left, depth - 1), &subtree(right, depth - 1))
}

/// Root of a vector or container of at most `2^depth` leaves; the smallest fitting depth is chosen.
pub fn fixed(bytes: &[u8]) -> Root {
    let leaves = bytes.len().div_ceil(32).max(1);
    subtree(bytes, leaves.next_power_of_two().trailing_zeros() as usize)
}

/// The subtrees of a progressive tree over `bytes`, first to last.
fn levels(bytes: &[u8]) -> Vec<Root> {
    let (mut rest, mut depth, mut roots) = (bytes, 0, Vec::new());
    while !rest.is_empty() {
        let (here, after) = rest.split_at(rest.len().min(32 << depth));
        roots.push(subtree(here, depth));
        (rest, depth) = (after, depth + 2);
    }
    roots
}

/// Root of the progressive tree over `bytes`, zero if there are none.
pub fn progressive(bytes: &[u8]) -> Root {
    levels(bytes).iter().rev().fold([0; 32], |after, here| hash(here, &after))
}

/// Mixes in the length of a list.
pub fn with_length(root: &Root, length: usize) -> Root {
    hash(root, &leaf(&(length as u64).to_le_bytes()))
}

/// Root of a `ProgressiveByteList`.
pub fn progressive_bytes(bytes: &[u8]) -> Root {
    with_length(&progressive(bytes), bytes.len())
}

/// Root of a `ProgressiveList` from the roots of its items.
pub fn progressive_list(roots: &[Root]) -> Root {
    with_length(&progressive(roots.as_flattened()), roots.len())
}

/// Root of a `ProgressiveContainer` with all of its (at most 64) fields active.
pub fn progressive_container(fields: &[Root]) -> Root {
    hash(&progressive(fields.as_flattened()), &active_fields(fields.len()))
}

/// The bit set that is mixed into the root of a container of `count <= 64` fields.
pub fn active_fields(count: usize) -> Root {
    leaf(&(u64::MAX >> (64 - count.clamp(1, 64))).to_le_bytes())
}

/// Siblings from leaf `index` of a fixed tree of `2^depth` leaves up to its root.
pub fn fixed_branch(bytes: &[u8], depth: usize, index: usize) -> Vec<Root> {
    let mut roots: Vec<Root> = (0..1 << depth).map(|i| leaf(bytes.get(32 * i..).unwrap_or_default())).collect();
    let (mut branch, mut index) = (Vec::new(), index);
    while roots.len() > 1 {
        branch.extend(roots.get(index ^ 1));
        roots = roots.as_chunks::<2>().0.iter().map(|[l, r]| hash(l, r)).collect();
        index /= 2;
    }
    branch
}

/// The position of leaf `index` in a progressive tree: its level and its place in that level's subtree.
pub const fn progressive_position(index: usize) -> (usize, usize) {
    let (mut level, mut first) = (0, 0);
    while index - first >= 1 << (2 * level) {
        first += 1 << (2 * level);
        level += 1;
    }
    (level, index - first)
}

/// Siblings from field `index` of a progressive container up to the container's root.
pub fn progressive_branch(fields: &[Root], index: usize) -> Vec<Root> {
    let (level, place) = progressive_position(index);
    let first = index - place;
    let end = fields.len().min(first + (1 << (2 * level)));
    let here = fields.get(first..end).unwrap_or_default();
    let mut branch = fixed_branch(here.as_flattened(), 2 * level, place);
    let roots = levels(fields.as_flattened());
    branch.push(roots.iter().skip(level + 1).rev().fold([0; 32], |after, here| hash(here, &after)));
    branch.extend(roots.iter().take(level).rev());
    branch.push(active_fields(fields.len()));
    branch
}

/// The generalised index of field `index` in a progressive container: the path from the root read as bits.
pub const fn progressive_gindex(index: usize) -> u64 {
    let (level, place) = progressive_position(index);
    // container root -> left (fields) -> right `level` times -> left into the subtree -> down to the leaf
    let mut gindex = 2;
    let mut i = 0;
    while i < level {
        gindex = 2 * gindex + 1;
        i += 1;
    }
    ((2 * gindex) << (2 * level)) + place as u64
}

/// Root that `leaf` at `gindex` implies with the given siblings (deepest first), `None` if their number is wrong.
pub fn root_of_branch(leaf: Root, branch: &[Root], gindex: u64) -> Option<Root> {
    if gindex == 0 || branch.len() != gindex.ilog2() as usize {
        return None;
    }
    let mut node = leaf;
    for (i, sibling) in branch.iter().enumerate() {
        node = if gindex >> i & 1 == 1 { hash(sibling, &node) } else { hash(&node, sibling) };
    }
    Some(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_lead_to_the_root() {
        for count in 1..30u8 {
            let fields: Vec<Root> = (1..=count).map(|i| [i; 32]).collect();
            let root = progressive_container(&fields);
            for (i, field) in fields.iter().enumerate() {
                let branch = progressive_branch(&fields, i);
                assert_eq!(root_of_branch(*field, &branch, progressive_gindex(i)), Some(root), "{i} of {count}");
            }
        }
    }
}

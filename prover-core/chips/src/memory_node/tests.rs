use alloc::vec::Vec;

use hearth_machine::hash::{Digest, Hasher, Tag};
use hearth_machine::trace::{NodeRecord, UncleRecord};
use p3_field::PrimeCharacteristicRing;

use super::{MemoryNode, MemoryNodeChip};
use crate::Felt;
use crate::check::{Messages, report, survivors, zero_row_is_neutral};
use crate::chip::RecordChip;
use crate::uncle::UncleChip;

fn digest(seed: u32) -> Digest {
    core::array::from_fn(|i| Felt::from_u32(seed * 1000 + i as u32))
}

fn node(level: u32, index: u32, old_children: [Digest; 2], new_children: [Digest; 2]) -> NodeRecord {
    let hasher = Hasher::new();
    let hash = |children: &[Digest; 2]| hasher.node(Tag::MemoryNode, level, &children[0], &children[1]);
    NodeRecord { level, index, old_children, new_children, old: hash(&old_children), new: hash(&new_children) }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<MemoryNodeChip>());
}

/// Bug classes 4, 10 and 12.
#[test]
fn every_cell_is_pinned() {
    let table = MemoryNodeChip::table(&[node(3, 5, [digest(1), digest(2)], [digest(3), digest(4)])], 2);
    let padding: Vec<_> = (1..MemoryNode::WIDTH).map(|column| (1, column)).collect();
    // On the zero row only `real` matters.
    assert_eq!(survivors::<MemoryNodeChip>(&table, &[]), padding);
    let report = report::<MemoryNodeChip>(&table, &[]);
    assert_eq!((MemoryNode::WIDTH, report.interactions), (57, 8));
}

/// A frontier of two nodes, two uncles and a changed subtree folds from the old root to the new one.
#[test]
fn opened_paths_and_uncles_balance() {
    let inner = node(2, 2, [digest(1), digest(2)], [digest(1), digest(3)]);
    let root = node(3, 1, [inner.old, digest(4)], [inner.new, digest(4)]);
    let uncles =
        [UncleRecord { level: 2, index: 3, digest: digest(4) }, UncleRecord { level: 1, index: 4, digest: digest(1) }];
    let nodes = report::<MemoryNodeChip>(&MemoryNodeChip::table(&[root.clone(), inner], 4), &[]);
    let uncles = report::<UncleChip>(&UncleChip::table(&uncles, 2), &[]);
    assert!(nodes.is_honest() && uncles.is_honest());

    let mut net: Messages = nodes.messages;
    for (message, count) in uncles.messages {
        *net.entry(message).or_insert(Felt::ZERO) += count;
    }
    net.retain(|_, count| *count != Felt::ZERO);
    let left: Vec<_> = net.into_iter().map(|((_, fields), count)| (fields[0], fields[1], fields[2], count)).collect();
    // What the root's and the changed leaf's owner have to provide and take, and nothing else.
    let minus_one = -Felt::ONE;
    assert_eq!(left, [(0, 1, 5, Felt::ONE), (0, 3, 1, minus_one), (1, 1, 5, minus_one), (1, 3, 1, Felt::ONE)]);
}

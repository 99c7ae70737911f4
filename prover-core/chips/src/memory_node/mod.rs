#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::hash::{BLOCK, DIGEST, Tag};
use hearth_machine::trace::NodeRecord;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, Hash, Node};
use crate::chip::{Chip, RecordChip};
use crate::columns;

columns! {
    /// A node at one time.
    pub struct NodeColumns {
        /// Its digest.
        pub digest: [T; DIGEST],
        /// Its left and right child.
        pub children: [[T; DIGEST]; 2],
    }
}

columns! {
    /// A row of the memory node chip.
    pub struct MemoryNode {
        /// 1 on rows in use.
        pub real: T,
        /// Level, 27 for the root.
        pub level: T,
        /// Index within the level.
        pub index: T,
        /// Before the shard.
        pub old: NodeColumns<T>,
        /// After the shard.
        pub new: NodeColumns<T>,
    }
}

/// The memory node chip.
pub struct MemoryNodeChip;

impl Chip for MemoryNodeChip {
    const NAME: &'static str = "memory_node";
    const WIDTH: usize = MemoryNode::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &MemoryNode<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        let level: B::Expr = row.level.into();
        let index: B::Expr = row.index.into();
        builder.assert_bool(row.real);

        let child_level = level.clone() - B::Expr::ONE;
        let child_index = |side: usize| index.double() + B::Expr::from_usize(side);
        let child = |node: &NodeColumns<B::Var>, tree: B::Expr, side: usize| Node {
            tree,
            level: child_level.clone(),
            index: child_index(side),
            digest: node.children[side].map(Into::into),
        };
        let parent = |node: &NodeColumns<B::Var>, tree: B::Expr| Node {
            tree,
            level: level.clone(),
            index: index.clone(),
            digest: node.digest.map(Into::into),
        };
        // Before: the node becomes its children. After: the children become the node.
        builder.receive(parent(&row.old, B::Expr::ZERO), real.clone());
        builder.send(parent(&row.new, B::Expr::ONE), real.clone());
        for side in 0..2 {
            builder.send(child(&row.old, B::Expr::ZERO, side), real.clone());
            builder.receive(child(&row.new, B::Expr::ONE, side), real.clone());
        }
        for node in [&row.old, &row.new] {
            let call = Hash {
                tag: B::Expr::from_u8(Tag::MemoryNode as u8),
                level: level.clone(),
                input: concat(&node.children),
                output: node.digest.map(Into::into),
            };
            builder.look_up(call, real.clone());
        }
    }
}

/// Two children as the block of a hash call.
pub(crate) fn concat<V: Copy + Into<E>, E>(children: &[[V; DIGEST]; 2]) -> [E; BLOCK] {
    core::array::from_fn(|i| children[i / DIGEST][i % DIGEST].into())
}

impl RecordChip for MemoryNodeChip {
    type Record = NodeRecord;

    fn fill(node: &NodeRecord, row: &mut [Felt]) {
        *BorrowMut::<MemoryNode<Felt>>::borrow_mut(row) = MemoryNode {
            real: Felt::ONE,
            level: Felt::from_u32(node.level),
            index: Felt::from_u32(node.index),
            old: NodeColumns { digest: node.old, children: node.old_children },
            new: NodeColumns { digest: node.new, children: node.new_children },
        };
    }
}

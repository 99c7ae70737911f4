#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::hash::{DIGEST, Tag};
use hearth_machine::trace::CodeNodeRecord;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, Hash};
use crate::chip::{Chip, RecordChip};
use crate::columns;
use crate::memory_node::concat;

columns! {
    /// A row of the code node chip.
    pub struct CodeNode {
        /// 1 on rows in use.
        pub real: T,
        /// Level, 24 for the root.
        pub level: T,
        /// Index within the level.
        pub index: T,
        /// Its left and right child.
        pub children: [[T; DIGEST]; 2],
        /// 1 for each child that is opened.
        pub opened: [T; 2],
        /// Its digest.
        pub digest: [T; DIGEST],
    }
}

/// The code node chip.
pub struct CodeNodeChip;

impl Chip for CodeNodeChip {
    const NAME: &'static str = "code_node";
    const WIDTH: usize = CodeNode::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &CodeNode<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        let level: B::Expr = row.level.into();
        let index: B::Expr = row.index.into();
        let digest: [B::Expr; DIGEST] = row.digest.map(Into::into);
        builder.assert_bool(row.real);

        let node = crate::bus::CodeNode { level: level.clone(), index: index.clone(), digest: digest.clone() };
        builder.receive(node, real.clone());
        for side in 0..2 {
            let opened = row.opened[side];
            builder.assert_bool(opened);
            builder.assert_zero(opened * (B::Expr::ONE - real.clone()));
            let child = crate::bus::CodeNode {
                level: level.clone() - B::Expr::ONE,
                index: index.double() + B::Expr::from_usize(side),
                digest: row.children[side].map(Into::into),
            };
            builder.send(child, opened.into());
        }
        let tag = B::Expr::from_u8(Tag::CodeNode as u8);
        builder.look_up(Hash { tag, level, input: concat(&row.children), output: digest }, real);
    }
}

impl RecordChip for CodeNodeChip {
    type Record = CodeNodeRecord;

    fn fill(node: &CodeNodeRecord, row: &mut [Felt]) {
        *BorrowMut::<CodeNode<Felt>>::borrow_mut(row) = CodeNode {
            real: Felt::ONE,
            level: Felt::from_u32(node.level),
            index: Felt::from_u32(node.index),
            children: node.children,
            opened: node.opened.map(Felt::from_bool),
            digest: node.digest,
        };
    }
}

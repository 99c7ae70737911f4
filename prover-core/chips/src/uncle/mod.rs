#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::hash::DIGEST;
use hearth_machine::trace::UncleRecord;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, Node};
use crate::chip::{Chip, RecordChip};
use crate::columns;

columns! {
    /// A row of the uncle chip.
    pub struct Uncle {
        /// 1 on rows in use.
        pub real: T,
        /// Level.
        pub level: T,
        /// Index within the level.
        pub index: T,
        /// Digest of the subtree.
        pub digest: [T; DIGEST],
    }
}

/// The uncle chip.
pub struct UncleChip;

impl Chip for UncleChip {
    const NAME: &'static str = "uncle";
    const WIDTH: usize = Uncle::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &Uncle<B::Var> = main.current_slice().borrow();
        builder.assert_bool(row.real);
        let node = |tree: B::Expr| Node {
            tree,
            level: row.level.into(),
            index: row.index.into(),
            digest: row.digest.map(Into::into),
        };
        builder.receive(node(B::Expr::ZERO), row.real.into());
        builder.send(node(B::Expr::ONE), row.real.into());
    }
}

impl RecordChip for UncleChip {
    type Record = UncleRecord;

    fn fill(uncle: &UncleRecord, row: &mut [Felt]) {
        *BorrowMut::<Uncle<Felt>>::borrow_mut(row) = Uncle {
            real: Felt::ONE,
            level: Felt::from_u32(uncle.level),
            index: Felt::from_u32(uncle.index),
            digest: uncle.digest,
        };
    }
}

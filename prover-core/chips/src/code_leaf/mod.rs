#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::hash::{DIGEST, Tag};
use hearth_machine::layout::{LEAF_BYTES, LEAF_INSTRUCTIONS};
use hearth_machine::trace::CodeLeafRecord;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, CodeNode, Hash, Word};
use crate::chip::{Chip, RecordChip};
use crate::columns;
use crate::packing::{LIMBS, SPLIT, highs, pack};

columns! {
    /// A row of the code leaf chip.
    pub struct CodeLeaf {
        /// 1 on rows in use.
        pub real: T,
        /// Leaf index.
        pub index: T,
        /// Low and high half of each instruction word.
        pub limbs: [T; LIMBS],
        /// The 3 high bits of the limbs that packing splits.
        pub highs: [T; SPLIT],
        /// 1 for each instruction that is decoded.
        pub used: [T; LEAF_INSTRUCTIONS],
        /// Its digest.
        pub digest: [T; DIGEST],
    }
}

/// The code leaf chip.
pub struct CodeLeafChip;

impl Chip for CodeLeafChip {
    const NAME: &'static str = "code_leaf";
    const WIDTH: usize = CodeLeaf::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &CodeLeaf<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        builder.assert_bool(row.real);

        let digest: [B::Expr; DIGEST] = row.digest.map(Into::into);
        let node = CodeNode { level: B::Expr::ZERO, index: row.index.into(), digest: digest.clone() };
        builder.receive(node, real.clone());
        let input = pack(builder, &row.limbs.map(Into::into), &row.highs, &real);
        let tag = B::Expr::from_u8(Tag::CodeLeaf as u8);
        builder.look_up(Hash { tag, level: B::Expr::ZERO, input, output: digest }, real.clone());

        for (k, &used) in row.used.iter().enumerate() {
            builder.assert_bool(used);
            builder.assert_zero(used * (B::Expr::ONE - real.clone()));
            let pc = row.index * Felt::from_u64(LEAF_BYTES) + B::Expr::from_usize(4 * k);
            let halves = [row.limbs[2 * k].into(), row.limbs[2 * k + 1].into()];
            builder.send(Word { pc, halves }, used.into());
        }
    }
}

impl RecordChip for CodeLeafChip {
    type Record = CodeLeafRecord;

    fn fill(leaf: &CodeLeafRecord, row: &mut [Felt]) {
        let limbs = core::array::from_fn(|i| (leaf.words[i / 2] >> (16 * (i % 2))) as u16);
        *BorrowMut::<CodeLeaf<Felt>>::borrow_mut(row) = CodeLeaf {
            real: Felt::ONE,
            index: Felt::from_u32(leaf.index),
            limbs: limbs.map(Felt::from_u16),
            highs: highs(&limbs),
            used: leaf.used.map(Felt::from_bool),
            digest: leaf.digest,
        };
    }
}

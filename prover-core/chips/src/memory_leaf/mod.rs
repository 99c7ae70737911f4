#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::hash::{DIGEST, Tag};
use hearth_machine::layout::LEAF_WORDS;
use hearth_machine::trace::LeafRecord;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, Hash, Memory, Node};
use crate::chip::{Chip, RecordChip};
use crate::columns;
use crate::packing::{LIMBS, SPLIT, highs, pack};

columns! {
    /// A leaf at one time.
    pub struct LeafColumns {
        /// The 16-bit limbs of its 8 words.
        pub limbs: [T; LIMBS],
        /// The 3 high bits of the limbs that packing splits.
        pub highs: [T; SPLIT],
        /// Its digest.
        pub digest: [T; DIGEST],
    }
}

columns! {
    /// A row of the memory leaf chip.
    pub struct MemoryLeaf {
        /// 1 on rows in use.
        pub real: T,
        /// Leaf index.
        pub index: T,
        /// Before the shard.
        pub initial: LeafColumns<T>,
        /// After the shard.
        pub last: LeafColumns<T>,
        /// Time of the last access to each word, 0 where there was none.
        pub last_ts: [T; LEAF_WORDS],
    }
}

/// The memory leaf chip.
pub struct MemoryLeafChip;

impl Chip for MemoryLeafChip {
    const NAME: &'static str = "memory_leaf";
    const WIDTH: usize = MemoryLeaf::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &MemoryLeaf<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        let index: B::Expr = row.index.into();
        builder.assert_bool(row.real);

        let [old, new] = [(B::Expr::ZERO, &row.initial), (B::Expr::ONE, &row.last)].map(|(tree, leaf)| {
            let input = pack(builder, &leaf.limbs.map(Into::into), &leaf.highs, &real);
            let digest: [B::Expr; DIGEST] = leaf.digest.map(Into::into);
            let tag = B::Expr::from_u8(Tag::MemoryLeaf as u8);
            builder.look_up(Hash { tag, level: B::Expr::ZERO, input, output: digest.clone() }, real.clone());
            Node { tree, level: B::Expr::ZERO, index: index.clone(), digest }
        });
        builder.receive(old, real.clone());
        builder.send(new, real.clone());
        for k in 0..LEAF_WORDS {
            let word = index.clone() * Felt::from_u8(8) + B::Expr::from_usize(k);
            let value = |leaf: &LeafColumns<B::Var>| core::array::from_fn(|i| leaf.limbs[4 * k + i].into());
            builder.send(Memory { word: word.clone(), ts: B::Expr::ZERO, value: value(&row.initial) }, real.clone());
            builder.receive(Memory { word, ts: row.last_ts[k].into(), value: value(&row.last) }, real.clone());
        }
    }
}

impl RecordChip for MemoryLeafChip {
    type Record = LeafRecord;

    fn fill(leaf: &LeafRecord, row: &mut [Felt]) {
        let row: &mut MemoryLeaf<Felt> = row.borrow_mut();
        row.real = Felt::ONE;
        row.index = Felt::from_u32(leaf.index);
        row.initial.fill(&leaf.initial, leaf.old);
        row.last.fill(&leaf.last, leaf.new);
        row.last_ts = leaf.last_ts.map(Felt::from_u32);
    }
}

impl LeafColumns<Felt> {
    fn fill(&mut self, words: &[u64; LEAF_WORDS], digest: [Felt; DIGEST]) {
        let limbs = core::array::from_fn(|i| (words[i / 4] >> (16 * (i % 4))) as u16);
        self.limbs = limbs.map(Felt::from_u16);
        self.highs = highs(&limbs);
        self.digest = digest;
    }
}

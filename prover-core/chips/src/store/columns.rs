use crate::address::Address;
use crate::columns;
use crate::step::{Read, StateColumns, Write};

columns! {
    /// A row of the store chip. Exactly one of `half` and `word` is 1 on a row in use: it says which part of the memory
    /// word is replaced, and so the size class and the offset at once.
    pub struct Store {
        /// 1 at `i` for a byte or halfword in limb `i`.
        pub half: [T; 4],
        /// 1 at `i` for a 4-byte word in limbs `2 i` and `2 i + 1`.
        pub word: [T; 2],
        /// 1 for `sb`.
        pub is_byte: T,
        /// 1 for the upper byte of the limb.
        pub is_odd: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// Register of the base.
        pub rs1: T,
        /// The base.
        pub base: Read<T>,
        /// Limbs 0, 1 and 2 of the immediate.
        pub imm: [T; 3],
        /// `base + imm`.
        pub address: Address<T>,
        /// Register stored.
        pub rs2: T,
        /// Its value.
        pub data: Read<T>,
        /// The memory word before.
        pub memory: Write<T>,
        /// `sb`, `sh`: the limb after.
        pub merged: T,
        /// `sb`: the byte stored.
        pub byte: T,
        /// `sb`: the byte that it replaces.
        pub dropped: T,
        /// `sb`: the other byte of that limb.
        pub kept: T,
    }
}

use crate::address::Address;
use crate::columns;
use crate::step::{Read, StateColumns, Write};

columns! {
    /// A row of the load chip. Exactly one of `half` and `word` is 1 on a row in use: it says which part of the memory
    /// word the access lies in, and so its size class and offset at once.
    pub struct Load {
        /// 1 at `i` for a byte or halfword in limb `i`.
        pub half: [T; 4],
        /// 1 at `i` for a 4-byte word in limbs `2 i` and `2 i + 1`.
        pub word: [T; 2],
        /// 1 for `lb` and `lbu`.
        pub is_byte: T,
        /// 1 for the upper byte of the limb.
        pub is_odd: T,
        /// 1 for `lb`, `lh` and `lw`.
        pub is_signed: T,
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
        /// The memory word.
        pub memory: Read<T>,
        /// Register written.
        pub rd: T,
        /// Its value before.
        pub write: Write<T>,
        /// Limb 0 of the result: the byte loaded, or the first limb of the access.
        pub low: T,
        /// The other byte of a loaded byte's limb.
        pub other: T,
        /// Signed forms: the top bit of what is loaded, copied to all higher bits.
        pub sign: T,
    }
}

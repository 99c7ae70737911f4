use crate::address::Address;
use crate::columns;
use crate::step::{Read, StateColumns, Write};

columns! {
    /// A row of the `sd` chip.
    pub struct StoreDouble {
        /// 1 on rows in use.
        pub is_real: T,
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
        /// Its value: the word after the store.
        pub data: Read<T>,
        /// The word before the store.
        pub memory: Write<T>,
    }
}

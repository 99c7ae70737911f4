use crate::address::Address;
use crate::columns;
use crate::step::{Read, StateColumns, Write};

columns! {
    /// A row of the `ld` chip.
    pub struct LoadDouble {
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
        /// The word loaded.
        pub memory: Read<T>,
        /// Register written.
        pub rd: T,
        /// Its value before.
        pub write: Write<T>,
    }
}

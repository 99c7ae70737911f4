use crate::columns;
use crate::step::{Read, StateColumns, Write};

columns! {
    /// A row of the jump chip.
    pub struct Jump {
        /// 1 for `jal`.
        pub is_jal: T,
        /// 1 for `jalr`.
        pub is_jalr: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// `jalr`: register of the base.
        pub rs1: T,
        /// `jalr`: the base.
        pub base: Read<T>,
        /// `jalr`: limbs 0, 1 and 2 of the offset. `jal`: those of the link value.
        pub imm: [T; 3],
        /// Register written.
        pub rd: T,
        /// Its value before.
        pub write: Write<T>,
        /// Limbs 0 and 1 of the link value `pc + 4`.
        pub link: [T; 2],
        /// pc of the next instruction.
        pub target: T,
        /// `jalr`: bit 0 of the sum, which is cleared.
        pub bit: T,
        /// `jalr`: bits 1 to 15 of the sum.
        pub low: T,
        /// `jalr`: bits 16 to 29 of the sum.
        pub high: T,
    }
}

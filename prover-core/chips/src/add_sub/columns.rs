use crate::columns;
use crate::step::{Previous, Read, StateColumns, Write};

columns! {
    /// A row of the add/sub chip. `x op y = result` over 64 bits, or over 32 bits with the result sign-extended.
    pub struct AddSub {
        /// 1 for `add`.
        pub is_add: T,
        /// 1 for `sub`.
        pub is_sub: T,
        /// 1 for `addw`.
        pub is_addw: T,
        /// 1 for `subw`.
        pub is_subw: T,
        /// 1 when the second operand is the immediate.
        pub is_imm: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// Register of `x`.
        pub rs1: T,
        /// `x`.
        pub x: Read<T>,
        /// Register of `y`, 0 for an immediate.
        pub rs2: T,
        /// `y`: the register's value or the immediate, 16-bit limbs.
        pub y: [T; 4],
        /// The access before to rs2.
        pub y_previous: Previous<T>,
        /// Register written.
        pub rd: T,
        /// Its value before.
        pub write: Write<T>,
        /// The result, 16-bit limbs.
        pub result: [T; 4],
        /// Word forms: bit 31 of the result, copied to all higher bits.
        pub sign: T,
    }
}

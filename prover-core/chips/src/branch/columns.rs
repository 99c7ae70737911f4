use crate::columns;
use crate::less_than::LessThan;
use crate::step::{Read, StateColumns};

columns! {
    /// A row of the branch chip.
    pub struct Branch {
        /// 1 for `beq`.
        pub is_beq: T,
        /// 1 for `bne`.
        pub is_bne: T,
        /// 1 for `blt`.
        pub is_blt: T,
        /// 1 for `bge`.
        pub is_bge: T,
        /// 1 for `bltu`.
        pub is_bltu: T,
        /// 1 for `bgeu`.
        pub is_bgeu: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// Register of `x`.
        pub rs1: T,
        /// `x`.
        pub x: Read<T>,
        /// Register of `y`.
        pub rs2: T,
        /// `y`.
        pub y: Read<T>,
        /// The comparison of `x` and `y`.
        pub less_than: LessThan<T>,
        /// Where the branch goes when it is taken.
        pub target: T,
        /// pc of the next instruction.
        pub next_pc: T,
    }
}

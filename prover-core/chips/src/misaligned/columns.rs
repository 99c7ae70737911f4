use crate::address::Address;
use crate::columns;
use crate::step::{Previous, Read, StateColumns, Write};

columns! {
    /// A row of the misaligned chip: an access to a window of two memory words, 16 bytes or 8 limbs.
    pub struct Misaligned {
        /// One of `lh`, `lhu`, `lw`, `lwu`, `ld`.
        pub load: [T; 5],
        /// One of `sh`, `sw`, `sd`.
        pub store: [T; 3],
        /// 1 at `k - 1` where the access starts at byte `k` of the window.
        pub offset: [T; 7],
        /// 1 where the access reaches into the second word.
        pub crosses: T,
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
        /// Stores: register stored.
        pub rs2: T,
        /// Value of rs2 or result of the load, 16-bit limbs.
        pub data: [T; 4],
        /// Low bytes of `data`.
        pub data_low: [T; 4],
        /// Stores: the access before to rs2.
        pub data_previous: Previous<T>,
        /// Loads: register written.
        pub rd: T,
        /// Loads: its value before.
        pub write: Write<T>,
        /// The two words before.
        pub memory: [Write<T>; 2],
        /// Low bytes of their limbs.
        pub old_low: [[T; 4]; 2],
        /// The two words after.
        pub new: [[T; 4]; 2],
        /// Signed loads: the top bit of what is loaded, copied to all higher bits.
        pub sign: T,
        /// Where the access crosses: the inverse of `second word - 2^29`, which is not 0.
        pub inverse: T,
    }
}

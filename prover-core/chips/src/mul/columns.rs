use crate::columns;
use crate::step::{Previous, StateColumns, Write};

columns! {
    /// A row of the mul chip.
    pub struct Mul {
        /// 1 for `mul`.
        pub is_mul: T,
        /// 1 for `mulh`.
        pub is_mulh: T,
        /// 1 for `mulhsu`.
        pub is_mulhsu: T,
        /// 1 for `mulhu`.
        pub is_mulhu: T,
        /// 1 for `mulw`.
        pub is_mulw: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// Register of `x`.
        pub rs1: T,
        /// `x` in bytes.
        pub x: [T; 8],
        /// The access before to rs1.
        pub x_previous: Previous<T>,
        /// Register of `y`.
        pub rs2: T,
        /// `y` in bytes.
        pub y: [T; 8],
        /// The access before to rs2.
        pub y_previous: Previous<T>,
        /// Register written.
        pub rd: T,
        /// Its value before.
        pub write: Write<T>,
        /// `mulh`, `mulhsu`: the sign of `x`; `mulw`: the sign of the 32-bit product; 0 otherwise.
        pub x_sign: T,
        /// `mulh`: the sign of `y`; 0 otherwise.
        pub y_sign: T,
        /// The product modulo 2^128, 16-bit limbs.
        pub product: [T; 8],
        /// Carries out of the limbs; those of the four high limbs plus 2.
        pub carry: [T; 8],
    }
}

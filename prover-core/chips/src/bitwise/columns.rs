use crate::binary::Binary;
use crate::columns;

columns! {
    /// A row of the bitwise chip.
    pub struct Bitwise {
        /// 1 for `and`.
        pub is_and: T,
        /// 1 for `or`.
        pub is_or: T,
        /// 1 for `xor`.
        pub is_xor: T,
        /// Operands and destination.
        pub binary: Binary<T>,
        /// High byte of each limb of `x`.
        pub x_high: [T; 4],
        /// High byte of each limb of `y`.
        pub y_high: [T; 4],
        /// `x & y` of the low bytes.
        pub and_low: [T; 4],
        /// `x & y` of the high bytes.
        pub and_high: [T; 4],
    }
}

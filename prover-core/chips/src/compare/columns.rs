use crate::binary::Binary;
use crate::columns;
use crate::less_than::LessThan;

columns! {
    /// A row of the set-less-than chip.
    pub struct Compare {
        /// 1 for `slt`.
        pub is_slt: T,
        /// 1 for `sltu`.
        pub is_sltu: T,
        /// Operands and destination.
        pub binary: Binary<T>,
        /// The comparison; its outcome is the result.
        pub less_than: LessThan<T>,
    }
}

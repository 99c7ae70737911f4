use crate::columns;
use crate::step::{Read, StateColumns};

columns! {
    /// A row of the system call chip.
    pub struct Ecall {
        /// 1 for `exit`.
        pub is_exit: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// a7: which call.
        pub code: Read<T>,
    }
}

use crate::columns;
use crate::step::{Read, StateColumns, Write};

columns! {
    /// A row of the divrem chip.
    pub struct DivRem {
        /// 1 on rows that are in use.
        pub real: T,
        /// 1 for `divu`, `remu` and their word forms.
        pub is_unsigned: T,
        /// 1 for remainders.
        pub is_rem: T,
        /// 1 for word forms.
        pub is_word: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// Register of the dividend.
        pub rs1: T,
        /// The dividend.
        pub n: Read<T>,
        /// Register of the divisor.
        pub rs2: T,
        /// The divisor.
        pub d: Read<T>,
        /// Register written.
        pub rd: T,
        /// Its value before.
        pub write: Write<T>,
        /// Limbs 2 and 3 of the dividend as it is divided: extended from 32 bits in word forms.
        pub n_high: [T; 2],
        /// The same of the divisor.
        pub d_high: [T; 2],
        /// 1 for a negative dividend of a signed operation.
        pub n_sign: T,
        /// 1 for a negative divisor of a signed operation.
        pub d_sign: T,
        /// 1 if the divisor is 0.
        pub is_zero: T,
        /// Magnitude of the divisor, bytes.
        pub divisor: [T; 8],
        /// Magnitude of the quotient, bytes.
        pub quotient: [T; 8],
        /// Magnitude of the remainder, 16-bit limbs.
        pub remainder: [T; 4],
        /// `divisor - remainder - 1` modulo 2^64, 16-bit limbs.
        pub slack: [T; 4],
        /// Carries out of limbs 0, 1 and 2 of `quotient * divisor + remainder - |n|`, plus 1.
        pub carry: [T; 3],
        /// 1 if the result is the quotient negated.
        pub negate_quotient: T,
        /// 1 if the result is the remainder negated.
        pub negate_remainder: T,
        /// The result before word forms extend it, 16-bit limbs.
        pub result: [T; 4],
        /// Word forms: bit 31 of the result; 0 otherwise.
        pub result_sign: T,
    }
}

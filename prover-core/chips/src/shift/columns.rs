use crate::binary::Binary;
use crate::columns;

columns! {
    /// A row of the shift chip. The README explains the plan: multiply by 2^m, m <= 16, then move whole limbs.
    pub struct Shift {
        /// 1 at the number of whole limbs of a left shift.
        pub left: [T; 4],
        /// 1 at the number of whole limbs of a right shift.
        pub right: [T; 4],
        /// 1 for `sra` and `sraw`.
        pub is_arithmetic: T,
        /// 1 for the 32-bit forms.
        pub is_word: T,
        /// Operands and destination. `x` is shifted, `y` holds the amount in its low bits.
        pub binary: Binary<T>,
        /// Bits of `s mod 16` for a left shift by `s`, of `15 - s mod 16` for a right shift. Bit 3 moves by a byte.
        pub bits: [T; 4],
        /// `2^(bits 0 and 1)`.
        pub quarter: T,
        /// What limbs are multiplied by: `2^(bits 0 to 2)`, twice that for a right shift.
        pub factor: T,
        /// Limb 0 of `y` above the amount.
        pub rest: T,
        /// What bits above bit 63 of the shifted word are: the sign in an arithmetic shift, 0 otherwise.
        pub fill: T,
        /// Limbs 2 and 3 of the shifted word: those of `x`, or 16 times `fill` each in the 32-bit forms.
        pub upper: [T; 2],
        /// Carry out of each limb of the product by `factor`, a byte.
        pub carry: [T; 4],
        /// High byte of each limb of the product.
        pub high: [T; 4],
        /// The five limbs of the shifted word times 2^m.
        pub product: [T; 5],
        /// 32-bit forms: bit 31 of the result.
        pub sign: T,
        /// Limbs 2 and 3 of the result.
        pub result_upper: [T; 2],
    }
}

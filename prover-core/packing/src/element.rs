//! What an element must be so that four of them can be packed.

use p3_field::{PermutationMonomial, PrimeField32};
use p3_koala_bear::KoalaBear;

/// A type of the field KoalaBear.
///
/// # Safety
///
/// The type is a transparent `u32` that holds the element `x` as `x * 2^32 mod P`, below `P`; every `u32` below `P`
/// is a valid value of it.
pub unsafe trait Element: PrimeField32 + PermutationMonomial<3> {
    /// The same element.
    fn from_koala_bear(element: KoalaBear) -> Self;

    /// `x * 2^32 mod P`.
    fn montgomery(self) -> u32;
}

// SAFETY: `KoalaBear` is `repr(transparent)` over the Montgomery form, which p3 keeps below the modulus.
unsafe impl Element for KoalaBear {
    #[inline(always)]
    fn from_koala_bear(element: KoalaBear) -> Self {
        element
    }

    #[inline(always)]
    fn montgomery(self) -> u32 {
        self.to_unique_u32()
    }
}

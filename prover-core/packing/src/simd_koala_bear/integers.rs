//! Elements from integers.

use p3_field::integers::QuotientMap;
use p3_koala_bear::KoalaBear;

use super::SimdKoalaBear;

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl QuotientMap<$integer> for SimdKoalaBear {
            #[inline(always)]
            fn from_int(integer: $integer) -> Self {
                Self(KoalaBear::from_int(integer))
            }

            #[inline(always)]
            fn from_canonical_checked(integer: $integer) -> Option<Self> {
                KoalaBear::from_canonical_checked(integer).map(Self)
            }

            // SAFETY: the caller keeps the contract of `QuotientMap`.
            #[inline(always)]
            unsafe fn from_canonical_unchecked(integer: $integer) -> Self {
                // SAFETY: the caller keeps the conditions, which are those of `KoalaBear`.
                Self(unsafe { KoalaBear::from_canonical_unchecked(integer) })
            }
        }
    )*};
}

from_integers!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);

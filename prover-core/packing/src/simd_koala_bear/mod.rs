//! KoalaBear with four lanes: p3's field in a type of its own.
//!
//! p3 chooses the packing of a field with the field's type, and has none for WebAssembly. This type is p3's
//! [`KoalaBear`] in everything but its packing: each function is p3's, each element has p3's bytes. All code that is
//! generic in the field so becomes vector code.

mod extension;
mod integers;
mod ops;

use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter};
use core::{array, iter};

use num_bigint::BigUint;
use p3_field::{
    Field, InjectiveMonomial, Packable, PermutationMonomial, PrimeCharacteristicRing, PrimeField, PrimeField32,
    PrimeField64, RawDataSerializable, TwoAdicField, UniformSamplingField, impl_raw_serializable_primefield32,
};
use p3_koala_bear::KoalaBear;
use p3_util::reconstitute_from_base;
use serde::{Deserialize, Serialize};

use crate::element::Element;
use crate::packed::Packed;

/// An element of KoalaBear, whose packing is four lanes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(transparent)]
#[serde(transparent)]
#[must_use]
pub struct SimdKoalaBear(pub KoalaBear);

// SAFETY: transparent over `KoalaBear`, which has the properties.
unsafe impl Element for SimdKoalaBear {
    #[inline(always)]
    fn from_koala_bear(element: KoalaBear) -> Self {
        Self(element)
    }

    #[inline(always)]
    fn montgomery(self) -> u32 {
        self.0.montgomery()
    }
}

impl SimdKoalaBear {
    /// The elements as p3's.
    #[inline(always)]
    fn inner<const N: usize>(elements: &[Self; N]) -> &[KoalaBear; N] {
        // SAFETY: `Self` is transparent over `KoalaBear`.
        unsafe { &*elements.as_ptr().cast() }
    }

    /// The elements of p3's.
    pub(crate) const fn outer<const N: usize>(elements: [KoalaBear; N]) -> [Self; N] {
        let mut outer = [Self(elements[0]); N];
        let mut i = 1;
        while i < N {
            outer[i] = Self(elements[i]);
            i += 1;
        }
        outer
    }

    /// The elements of p3's, in two dimensions.
    pub(crate) const fn outer_2d<const N: usize, const M: usize>(elements: [[KoalaBear; N]; M]) -> [[Self; N]; M] {
        let mut outer = [Self::outer(elements[0]); M];
        let mut i = 1;
        while i < M {
            outer[i] = Self::outer(elements[i]);
            i += 1;
        }
        outer
    }
}

impl Debug for SimdKoalaBear {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.0, f)
    }
}

impl Display for SimdKoalaBear {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl PrimeCharacteristicRing for SimdKoalaBear {
    type PrimeSubfield = Self;

    const ZERO: Self = Self(KoalaBear::ZERO);
    const ONE: Self = Self(KoalaBear::ONE);
    const TWO: Self = Self(KoalaBear::TWO);
    const NEG_ONE: Self = Self(KoalaBear::NEG_ONE);

    #[inline(always)]
    fn from_prime_subfield(element: Self) -> Self {
        element
    }

    #[inline]
    fn halve(&self) -> Self {
        Self(self.0.halve())
    }

    #[inline]
    fn mul_2exp_u64(&self, exp: u64) -> Self {
        Self(self.0.mul_2exp_u64(exp))
    }

    #[inline]
    fn div_2exp_u64(&self, exp: u64) -> Self {
        Self(self.0.div_2exp_u64(exp))
    }

    #[inline]
    fn sum_array<const N: usize>(input: &[Self]) -> Self {
        let input: &[Self; N] = input.try_into().expect("as many elements as the caller says");
        Self(KoalaBear::sum_array::<N>(Self::inner(input)))
    }

    #[inline]
    fn dot_product<const N: usize>(a: &[Self; N], b: &[Self; N]) -> Self {
        Self(KoalaBear::dot_product(Self::inner(a), Self::inner(b)))
    }

    #[inline]
    fn zero_vec(len: usize) -> Vec<Self> {
        // SAFETY: `Self` is transparent over `KoalaBear`.
        unsafe { reconstitute_from_base(KoalaBear::zero_vec(len)) }
    }
}

impl InjectiveMonomial<3> for SimdKoalaBear {}

impl PermutationMonomial<3> for SimdKoalaBear {
    fn injective_exp_root_n(&self) -> Self {
        Self(self.0.injective_exp_root_n())
    }
}

impl Packable for SimdKoalaBear {}

impl UniformSamplingField for SimdKoalaBear {
    const MAX_SINGLE_SAMPLE_BITS: usize = KoalaBear::MAX_SINGLE_SAMPLE_BITS;
    const SAMPLING_BITS_M: [u64; 64] = KoalaBear::SAMPLING_BITS_M;
}

impl RawDataSerializable for SimdKoalaBear {
    impl_raw_serializable_primefield32!();
}

impl Field for SimdKoalaBear {
    type Packing = Packed<Self>;

    const GENERATOR: Self = Self(KoalaBear::GENERATOR);
    const BENEFITS_FROM_LOCKSTEP_EVALUATION: bool = KoalaBear::BENEFITS_FROM_LOCKSTEP_EVALUATION;

    #[inline]
    fn try_inverse(&self) -> Option<Self> {
        self.0.try_inverse().map(Self)
    }

    fn try_sqrt(&self) -> Option<Self> {
        self.0.try_sqrt().map(Self)
    }

    #[inline]
    fn order() -> BigUint {
        KoalaBear::order()
    }
}

impl PrimeField for SimdKoalaBear {
    fn as_canonical_biguint(&self) -> BigUint {
        self.0.as_canonical_biguint()
    }
}

impl PrimeField64 for SimdKoalaBear {
    const ORDER_U64: u64 = KoalaBear::ORDER_U64;

    #[inline]
    fn as_canonical_u64(&self) -> u64 {
        self.0.as_canonical_u64()
    }

    #[inline]
    fn to_unique_u64(&self) -> u64 {
        self.0.to_unique_u64()
    }
}

impl PrimeField32 for SimdKoalaBear {
    const ORDER_U32: u32 = KoalaBear::ORDER_U32;

    #[inline]
    fn as_canonical_u32(&self) -> u32 {
        self.0.as_canonical_u32()
    }

    #[inline]
    fn to_unique_u32(&self) -> u32 {
        self.0.to_unique_u32()
    }
}

impl TwoAdicField for SimdKoalaBear {
    const TWO_ADICITY: usize = KoalaBear::TWO_ADICITY;

    fn two_adic_generator(bits: usize) -> Self {
        Self(KoalaBear::two_adic_generator(bits))
    }
}

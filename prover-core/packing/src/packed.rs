//! Four field elements, worked on at once: p3's traits of a packed field.

use alloc::vec::Vec;
use core::array::from_fn;
use core::iter::{Product, Sum};
use core::mem::transmute_copy;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use p3_field::op_assign_macros::{impl_add_assign, impl_mul_methods, impl_packed_field_div, impl_sub_assign, ring_sum};
use p3_field::{
    Algebra, InjectiveMonomial, PackedField, PackedFieldPow2, PackedValue, PermutationMonomial, PrimeCharacteristicRing,
};
use p3_util::reconstitute_from_base;

use crate::element::Element;
use crate::lanes::Lanes;
use crate::montgomery;

/// Elements to a packed value.
pub const WIDTH: usize = 4;

/// Four elements of the field KoalaBear in the type `F`.
///
/// Aligned like one element, as p3 wants it: slices of elements are read as slices of packed values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
#[must_use]
pub struct Packed<F>(pub [F; WIDTH]);

impl<F: Element> Packed<F> {
    /// The Montgomery forms.
    #[inline(always)]
    pub(crate) fn lanes(self) -> Lanes {
        // SAFETY: `F` is a transparent `u32` by `Element`, so both arrays have one layout.
        Lanes::new(unsafe { transmute_copy::<[F; WIDTH], [u32; WIDTH]>(&self.0) })
    }

    /// From Montgomery forms, which must be canonical.
    #[inline(always)]
    pub(crate) fn from_lanes(lanes: Lanes) -> Self {
        let lanes = lanes.to_array();
        debug_assert!(lanes.iter().all(|&lane| lane < montgomery::P));
        // SAFETY: `F` is a transparent `u32` below `P` by `Element`, so both arrays have one layout, and all functions
        // of `montgomery` whose results come here give canonical lanes.
        Self(unsafe { transmute_copy::<[u32; WIDTH], [F; WIDTH]>(&lanes) })
    }
}

/// The Montgomery form of one element in all lanes.
#[inline(always)]
fn splat<F: Element>(element: F) -> Lanes {
    Lanes::splat(element.montgomery())
}

impl<F: Element> From<F> for Packed<F> {
    #[inline(always)]
    fn from(element: F) -> Self {
        Self([element; WIDTH])
    }
}

impl<F: Element> Add for Packed<F> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self::from_lanes(montgomery::add(self.lanes(), other.lanes()))
    }
}

impl<F: Element> Sub for Packed<F> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self::from_lanes(montgomery::sub(self.lanes(), other.lanes()))
    }
}

impl<F: Element> Neg for Packed<F> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl<F: Element> Mul for Packed<F> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::from_lanes(montgomery::mul(self.lanes(), other.lanes()))
    }
}

impl<F: Element> Add<F> for Packed<F> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: F) -> Self {
        self + Self::from(other)
    }
}

impl<F: Element> Sub<F> for Packed<F> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: F) -> Self {
        self - Self::from(other)
    }
}

impl<F: Element> Mul<F> for Packed<F> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: F) -> Self {
        self * Self::from(other)
    }
}

impl<F: Element> Div<F> for Packed<F> {
    type Output = Self;

    #[inline]
    #[allow(clippy::suspicious_arithmetic_impl)] // one inversion for all lanes
    fn div(self, other: F) -> Self {
        self * other.inverse()
    }
}

impl<F: Element> DivAssign<F> for Packed<F> {
    #[inline]
    fn div_assign(&mut self, other: F) {
        *self = *self / other;
    }
}

impl_add_assign!(Packed, (Element, F));
impl_sub_assign!(Packed, (Element, F));
impl_mul_methods!(Packed, (Element, F));
impl_packed_field_div!(Packed, (Element, F));
ring_sum!(Packed, (Element, F));

impl<F: Element> Sum<F> for Packed<F> {
    #[inline]
    fn sum<I: Iterator<Item = F>>(elements: I) -> Self {
        elements.sum::<F>().into()
    }
}

impl<F: Element> Product<F> for Packed<F> {
    #[inline]
    fn product<I: Iterator<Item = F>>(elements: I) -> Self {
        elements.product::<F>().into()
    }
}

impl<F: Element> PrimeCharacteristicRing for Packed<F> {
    type PrimeSubfield = F;

    const ZERO: Self = Self([F::ZERO; WIDTH]);
    const ONE: Self = Self([F::ONE; WIDTH]);
    const TWO: Self = Self([F::TWO; WIDTH]);
    const NEG_ONE: Self = Self([F::NEG_ONE; WIDTH]);

    #[inline(always)]
    fn from_prime_subfield(element: F) -> Self {
        element.into()
    }

    #[inline(always)]
    fn cube(&self) -> Self {
        Self::from_lanes(montgomery::cube(self.lanes()))
    }

    #[inline(always)]
    fn halve(&self) -> Self {
        Self::from_lanes(montgomery::halve(self.lanes()))
    }

    #[inline(always)]
    fn mul_2exp_u64(&self, exp: u64) -> Self {
        match exp {
            0 => *self,
            1 => self.double(),
            _ => *self * F::ONE.mul_2exp_u64(exp),
        }
    }

    #[inline(always)]
    fn div_2exp_u64(&self, exp: u64) -> Self {
        match exp {
            0 => *self,
            1..=24 => Self::from_lanes(montgomery::div_2exp(self.lanes(), exp as u32)),
            _ => *self * F::ONE.div_2exp_u64(exp),
        }
    }

    #[inline(always)]
    fn dot_product<const N: usize>(a: &[Self; N], b: &[Self; N]) -> Self {
        Self::from_lanes(montgomery::dot(N, |i| a[i].lanes(), |i| b[i].lanes()))
    }

    #[inline]
    fn zero_vec(len: usize) -> Vec<Self> {
        // SAFETY: `Self` is a transparent array of `WIDTH` elements.
        unsafe { reconstitute_from_base(F::zero_vec(len * WIDTH)) }
    }
}

impl<F: Element> Algebra<F> for Packed<F> {
    #[inline(always)]
    fn mixed_dot_product<const N: usize>(a: &[Self; N], f: &[F; N]) -> Self {
        Self::from_lanes(montgomery::dot(N, |i| a[i].lanes(), |i| splat(f[i])))
    }
}

impl<F: Element> InjectiveMonomial<3> for Packed<F> {}

impl<F: Element> PermutationMonomial<3> for Packed<F> {
    fn injective_exp_root_n(&self) -> Self {
        Self(self.0.map(|element| element.injective_exp_root_n()))
    }
}

// SAFETY: `Self` is a transparent array of `WIDTH` values.
unsafe impl<F: Element> PackedValue for Packed<F> {
    type Value = F;

    const WIDTH: usize = WIDTH;

    #[inline(always)]
    fn from_fn<Fn: FnMut(usize) -> F>(f: Fn) -> Self {
        Self(from_fn(f))
    }

    #[inline(always)]
    fn from_slice(slice: &[F]) -> &Self {
        assert_eq!(slice.len(), WIDTH);
        // SAFETY: the slice has the length of the array that `Self` transparently is.
        unsafe { &*slice.as_ptr().cast() }
    }

    #[inline(always)]
    fn from_slice_mut(slice: &mut [F]) -> &mut Self {
        assert_eq!(slice.len(), WIDTH);
        // SAFETY: as in `from_slice`, and the reference is unique.
        unsafe { &mut *slice.as_mut_ptr().cast() }
    }

    #[inline(always)]
    fn as_slice(&self) -> &[F] {
        &self.0
    }

    #[inline(always)]
    fn as_slice_mut(&mut self) -> &mut [F] {
        &mut self.0
    }
}

// SAFETY: `Self` can be cast to and from `[F; WIDTH]`, which it transparently is.
unsafe impl<F: Element> PackedField for Packed<F> {
    type Scalar = F;
}

// SAFETY: `WIDTH` is a power of two.
unsafe impl<F: Element> PackedFieldPow2 for Packed<F> {
    #[inline(always)]
    fn interleave(&self, other: Self, block_len: usize) -> (Self, Self) {
        let (a, b) = match block_len {
            1 => self.lanes().interleave_1(other.lanes()),
            2 => self.lanes().interleave_2(other.lanes()),
            WIDTH => return (*self, other),
            _ => panic!("blocks of {block_len} elements; there are {WIDTH} lanes"),
        };
        (Self::from_lanes(a), Self::from_lanes(b))
    }
}

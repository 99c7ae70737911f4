//! Arrays, one lane after the other, for every other processor: what the tests run on.

use core::array::from_fn;

/// Four integers of 32 bits. Arithmetic wraps around.
#[derive(Clone, Copy)]
pub(crate) struct Lanes([u32; 4]);

impl Lanes {
    #[inline(always)]
    pub(crate) fn new(lanes: [u32; 4]) -> Self {
        Self(lanes)
    }

    #[inline(always)]
    pub(crate) fn to_array(self) -> [u32; 4] {
        self.0
    }

    /// Four times the same constant.
    pub(crate) const fn constant(value: u32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    pub(crate) fn splat(value: u32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    #[inline(always)]
    pub(crate) fn sub(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i].wrapping_sub(other.0[i])))
    }

    /// The low 32 bits of the products.
    #[inline(always)]
    pub(crate) fn mul_low(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i].wrapping_mul(other.0[i])))
    }

    /// The smaller ones, as unsigned integers.
    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i].min(other.0[i])))
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i] & other.0[i]))
    }

    /// Shifts left by fewer than 32 bits.
    #[inline(always)]
    pub(crate) fn shl(self, bits: u32) -> Self {
        Self(self.0.map(|lane| lane << bits))
    }

    /// Shifts right by fewer than 32 bits; zeros come in.
    #[inline(always)]
    pub(crate) fn shr(self, bits: u32) -> Self {
        Self(self.0.map(|lane| lane >> bits))
    }

    /// `([a0, b0, a2, b2], [a1, b1, a3, b3])`.
    #[inline(always)]
    pub(crate) fn interleave_1(self, other: Self) -> (Self, Self) {
        let (a, b) = (self.0, other.0);
        (Self([a[0], b[0], a[2], b[2]]), Self([a[1], b[1], a[3], b[3]]))
    }

    /// `([a0, a1, b0, b1], [a2, a3, b2, b3])`.
    #[inline(always)]
    pub(crate) fn interleave_2(self, other: Self) -> (Self, Self) {
        let (a, b) = (self.0, other.0);
        (Self([a[0], a[1], b[0], b[1]]), Self([a[2], a[3], b[2], b[3]]))
    }
}

/// Four integers of 64 bits. Arithmetic wraps around.
#[derive(Clone, Copy)]
pub(crate) struct Wide([u64; 4]);

impl Wide {
    /// Products of unsigned integers.
    #[inline(always)]
    pub(crate) fn product(a: Lanes, b: &Lanes) -> Self {
        Self(from_fn(|i| u64::from(a.0[i]) * u64::from(b.0[i])))
    }

    /// Products of signed integers.
    #[inline(always)]
    pub(crate) fn signed_product(a: Lanes, b: &Lanes) -> Self {
        Self(from_fn(|i| (i64::from(a.0[i].cast_signed()) * i64::from(b.0[i].cast_signed())).cast_unsigned()))
    }

    /// Squares of signed integers.
    #[inline(always)]
    pub(crate) fn signed_square(a: Lanes) -> Self {
        Self::signed_product(a, &a)
    }

    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    #[inline(always)]
    pub(crate) fn sub(self, other: Self) -> Self {
        Self(from_fn(|i| self.0[i].wrapping_sub(other.0[i])))
    }

    /// Subtracts `bound * 2^32` where the value is not below it.
    #[inline(always)]
    pub(crate) fn reduce_high(self, bound: u32) -> Self {
        Self(self.0.map(|value| value.min(value.wrapping_sub(u64::from(bound) << 32))))
    }

    /// The values modulo 2^32.
    #[inline(always)]
    pub(crate) fn low_words(self) -> Lanes {
        Lanes(self.0.map(|value| value as u32))
    }

    /// The values divided by 2^32, rounded down.
    #[inline(always)]
    pub(crate) fn high_words(self) -> Lanes {
        Lanes(self.0.map(|value| (value >> 32) as u32))
    }
}

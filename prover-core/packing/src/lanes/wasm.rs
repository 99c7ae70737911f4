//! One `v128`, by WebAssembly's own instructions.

use core::arch::wasm32::{
    i32x4_add, i32x4_mul, i32x4_shl, i32x4_shuffle, i32x4_sub, i64x2_add, i64x2_extmul_high_i32x4,
    i64x2_extmul_low_i32x4, i64x2_sub, u32x4, u32x4_min, u32x4_shr, u32x4_splat, u64x2_extmul_high_u32x4,
    u64x2_extmul_low_u32x4, u64x2_splat, v128, v128_and,
};
use core::mem::transmute;

/// Four integers of 32 bits. Arithmetic wraps around.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Lanes(v128);

impl Lanes {
    #[inline(always)]
    pub(crate) fn new(lanes: [u32; 4]) -> Self {
        // SAFETY: both types are 16 bytes of which every pattern is valid; lane 0 comes first in both.
        Self(unsafe { transmute::<[u32; 4], v128>(lanes) })
    }

    #[inline(always)]
    pub(crate) fn to_array(self) -> [u32; 4] {
        // SAFETY: as in `new`.
        unsafe { transmute::<v128, [u32; 4]>(self.0) }
    }

    /// Four times the same constant.
    pub(crate) const fn constant(value: u32) -> Self {
        Self(u32x4(value, value, value, value))
    }

    #[inline(always)]
    pub(crate) fn splat(value: u32) -> Self {
        Self(u32x4_splat(value))
    }

    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self(i32x4_add(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn sub(self, other: Self) -> Self {
        Self(i32x4_sub(self.0, other.0))
    }

    /// The low 32 bits of the products.
    #[inline(always)]
    pub(crate) fn mul_low(self, other: Self) -> Self {
        Self(i32x4_mul(self.0, other.0))
    }

    /// The smaller ones, as unsigned integers.
    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        Self(u32x4_min(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(v128_and(self.0, other.0))
    }

    /// Shifts left by fewer than 32 bits.
    #[inline(always)]
    pub(crate) fn shl(self, bits: u32) -> Self {
        Self(i32x4_shl(self.0, bits))
    }

    /// Shifts right by fewer than 32 bits; zeros come in.
    #[inline(always)]
    pub(crate) fn shr(self, bits: u32) -> Self {
        Self(u32x4_shr(self.0, bits))
    }

    /// `([a0, b0, a2, b2], [a1, b1, a3, b3])`.
    #[inline(always)]
    pub(crate) fn interleave_1(self, other: Self) -> (Self, Self) {
        let (a, b) = (self.0, other.0);
        (Self(i32x4_shuffle::<0, 4, 2, 6>(a, b)), Self(i32x4_shuffle::<1, 5, 3, 7>(a, b)))
    }

    /// `([a0, a1, b0, b1], [a2, a3, b2, b3])`.
    #[inline(always)]
    pub(crate) fn interleave_2(self, other: Self) -> (Self, Self) {
        let (a, b) = (self.0, other.0);
        (Self(i32x4_shuffle::<0, 1, 4, 5>(a, b)), Self(i32x4_shuffle::<2, 3, 6, 7>(a, b)))
    }
}

/// Lanes of which the compiler knows nothing, not even that they are those that it has seen before.
///
/// `extmul` is a product of two extensions to the compiler, and it fuses them only where it finds them side by side.
/// Of a constant, or of a value from outside a loop, it would extend in advance and multiply 64-bit lanes, which
/// x86-64 has no instruction for: eight instead of three.
#[inline(always)]
fn opaque(lanes: &Lanes) -> v128 {
    // SAFETY: the reference is valid; `v128` has the size and alignment of `Lanes`, which it transparently is.
    unsafe { core::ptr::from_ref(lanes).cast::<v128>().read_volatile() }
}

/// Four integers of 64 bits: lanes 0 and 1, lanes 2 and 3. Arithmetic wraps around.
#[derive(Clone, Copy)]
pub(crate) struct Wide(v128, v128);

impl Wide {
    /// Products of unsigned integers. `b` is the factor that may be constant or the same all through a loop.
    #[inline(always)]
    pub(crate) fn product(a: Lanes, b: &Lanes) -> Self {
        let b = opaque(b);
        Self(u64x2_extmul_low_u32x4(a.0, b), u64x2_extmul_high_u32x4(a.0, b))
    }

    /// Products of signed integers, as [`Wide::product`].
    #[inline(always)]
    pub(crate) fn signed_product(a: Lanes, b: &Lanes) -> Self {
        let b = opaque(b);
        Self(i64x2_extmul_low_i32x4(a.0, b), i64x2_extmul_high_i32x4(a.0, b))
    }

    /// Squares of signed integers.
    #[inline(always)]
    pub(crate) fn signed_square(a: Lanes) -> Self {
        Self(i64x2_extmul_low_i32x4(a.0, a.0), i64x2_extmul_high_i32x4(a.0, a.0))
    }

    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self(i64x2_add(self.0, other.0), i64x2_add(self.1, other.1))
    }

    #[inline(always)]
    pub(crate) fn sub(self, other: Self) -> Self {
        Self(i64x2_sub(self.0, other.0), i64x2_sub(self.1, other.1))
    }

    /// Subtracts `bound * 2^32` where the value is not below it.
    #[inline(always)]
    pub(crate) fn reduce_high(self, bound: u32) -> Self {
        // On 32-bit lanes: nothing is subtracted from the low words, so nothing is borrowed from the high ones.
        let bound = u64x2_splat((bound as u64) << 32);
        let reduce = |words| u32x4_min(words, i32x4_sub(words, bound));
        Self(reduce(self.0), reduce(self.1))
    }

    /// The values modulo 2^32.
    #[inline(always)]
    pub(crate) fn low_words(self) -> Lanes {
        Lanes(i32x4_shuffle::<0, 2, 4, 6>(self.0, self.1))
    }

    /// The values divided by 2^32, rounded down.
    #[inline(always)]
    pub(crate) fn high_words(self) -> Lanes {
        Lanes(i32x4_shuffle::<1, 3, 5, 7>(self.0, self.1))
    }
}

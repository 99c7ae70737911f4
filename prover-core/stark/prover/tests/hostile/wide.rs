//! Vectors of any width on any processor, element by element.

use std::iter::{Product, Sum};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use hearth_machine::hash::{Hasher, WIDTH};
use hearth_stark_prover::lanes::Lanes;
use hearth_stark_verifier::field::F;
use p3_field::{Algebra, Field, PackedField, PackedValue, PrimeCharacteristicRing};

/// `N` elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Wide<const N: usize>([F; N]);

// SAFETY: `Wide` is transparent over an array of `N = WIDTH` values.
unsafe impl<const N: usize> PackedValue for Wide<N> {
    type Value = F;
    const WIDTH: usize = N;

    fn from_fn<G: FnMut(usize) -> F>(f: G) -> Self {
        Self(core::array::from_fn(f))
    }

    fn from_slice(slice: &[F]) -> &Self {
        let array: &[F; N] = slice.try_into().expect("as many as lanes");
        // SAFETY: `Wide` is transparent over the array; the reference lives as long as the slice.
        unsafe { &*core::ptr::from_ref(array).cast() }
    }

    fn from_slice_mut(slice: &mut [F]) -> &mut Self {
        let array: &mut [F; N] = slice.try_into().expect("as many as lanes");
        // SAFETY: `Wide` is transparent over the array; the reference lives as long as the slice and is the only one.
        unsafe { &mut *core::ptr::from_mut(array).cast() }
    }

    fn as_slice(&self) -> &[F] {
        &self.0
    }

    fn as_slice_mut(&mut self) -> &mut [F] {
        &mut self.0
    }
}

// SAFETY: the operations below are those of the field, lane by lane.
unsafe impl<const N: usize> PackedField for Wide<N> {
    type Scalar = F;
}

impl<const N: usize> Lanes for Wide<N> {
    type Permutation = Hasher;

    fn permutation() -> Hasher {
        Hasher::new()
    }

    fn permute(hasher: &Hasher, state: &mut [Self; WIDTH]) {
        for lane in 0..N {
            let mut scalar = state.map(|element| element.0[lane]);
            hasher.permute(&mut scalar);
            for (element, value) in state.iter_mut().zip(scalar) {
                element.0[lane] = value;
            }
        }
    }
}

impl<const N: usize> PrimeCharacteristicRing for Wide<N> {
    type PrimeSubfield = F;
    const ZERO: Self = Self([F::ZERO; N]);
    const ONE: Self = Self([F::ONE; N]);
    const TWO: Self = Self([F::TWO; N]);
    const NEG_ONE: Self = Self([F::NEG_ONE; N]);

    fn from_prime_subfield(f: F) -> Self {
        f.into()
    }
}

impl<const N: usize> Algebra<F> for Wide<N> {}

impl<const N: usize> Default for Wide<N> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<const N: usize> From<F> for Wide<N> {
    fn from(f: F) -> Self {
        Self([f; N])
    }
}

impl<const N: usize> Neg for Wide<N> {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.map(Neg::neg))
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $assign:ident $assign_method:ident $of:expr;)*) => {$(
        impl<const N: usize> $trait for Wide<N> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                let of: fn(F, F) -> F = $of;
                Self(core::array::from_fn(|lane| of(self.0[lane], other.0[lane])))
            }
        }
        impl<const N: usize> $trait<F> for Wide<N> {
            type Output = Self;
            fn $method(self, other: F) -> Self {
                self.$method(Self::from(other))
            }
        }
        impl<const N: usize> $assign for Wide<N> {
            fn $assign_method(&mut self, other: Self) {
                *self = self.$method(other);
            }
        }
        impl<const N: usize> $assign<F> for Wide<N> {
            fn $assign_method(&mut self, other: F) {
                *self = self.$method(other);
            }
        }
    )*};
}
operators! {
    Add add AddAssign add_assign |a, b| a + b;
    Sub sub SubAssign sub_assign |a, b| a - b;
    Mul mul MulAssign mul_assign |a, b| a * b;
    Div div DivAssign div_assign |a, b| a * b.inverse();
}

macro_rules! reductions {
    ($($item:ty)*) => {$(
        impl<const N: usize> Sum<$item> for Wide<N> {
            fn sum<I: Iterator<Item = $item>>(iter: I) -> Self {
                iter.fold(Self::ZERO, |sum, item| sum + item)
            }
        }
        impl<const N: usize> Product<$item> for Wide<N> {
            fn product<I: Iterator<Item = $item>>(iter: I) -> Self {
                iter.fold(Self::ONE, |product, item| product * item)
            }
        }
    )*};
}
reductions! { Self F }

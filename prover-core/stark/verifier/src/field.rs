//! The challenge field: `F[X] / (X^5 + X^2 - 1)` over KoalaBear, 154.9 bits.
//!
//! [`Quintic`] is generic over its coordinates, so that one multiplication serves scalars, every SIMD packing of the
//! base field, and both provers and verifiers.

use core::fmt::Debug;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use p3_field::extension::QuinticTrinomialExtensionField;
use p3_field::{Algebra, BasedVectorSpace, Field, PackedField, PrimeCharacteristicRing};

/// The base field, p = 2^31 - 2^24 + 1.
pub type F = hearth_packing::Felt;
/// Base field elements of an extension element.
pub const DEGREE: usize = 5;
/// An element of the challenge field.
pub type E = Quintic<F>;

/// Coordinates to the basis `1, X, .., X^4`, of as many elements as `P` has lanes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quintic<P>(pub [P; DEGREE]);

/// A ring element that takes values `V` of a subring: what folds rows of `V`.
pub trait Extends<V>: PrimeCharacteristicRing + Copy {
    /// `v` as an element of the larger ring.
    fn lift(v: V) -> Self;
    /// `self * v`.
    fn times(self, v: V) -> Self;
    /// `self + sum_j weights_j values_j`.
    fn plus_products(self, weights: &[Self], values: &[V]) -> Self;
}

impl<P: PackedField<Scalar = F>> Extends<P> for Quintic<P> {
    #[inline(always)]
    fn lift(v: P) -> Self {
        Self([v, P::ZERO, P::ZERO, P::ZERO, P::ZERO])
    }
    #[inline(always)]
    fn times(self, v: P) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        Self([a0 * v, a1 * v, a2 * v, a3 * v, a4 * v])
    }
    #[inline]
    fn plus_products(self, weights: &[Self], values: &[P]) -> Self {
        let mut sum = self;
        let (weights, last_weights) = weights[..values.len()].as_chunks::<4>();
        let (values, last_values) = values.as_chunks::<4>();
        for ([a, b, c, d], values) in weights.iter().zip(values) {
            for (i, sum) in sum.0.iter_mut().enumerate() {
                *sum += P::dot_product(&[a.0[i], b.0[i], c.0[i], d.0[i]], values);
            }
        }
        for (weight, &value) in last_weights.iter().zip(last_values) {
            sum += weight.times(value);
        }
        sum
    }
}

impl<P: PackedField<Scalar = F>> Extends<Self> for Quintic<P> {
    #[inline(always)]
    fn lift(v: Self) -> Self {
        v
    }
    #[inline(always)]
    fn times(self, v: Self) -> Self {
        self * v
    }
    #[inline]
    fn plus_products(self, weights: &[Self], values: &[Self]) -> Self {
        weights.iter().zip(values).fold(self, |sum, (&weight, &value)| sum + weight * value)
    }
}

impl<P: PackedField<Scalar = F>> Quintic<P> {
    /// The same element in every lane.
    #[inline]
    pub fn broadcast(element: E) -> Self {
        let [a0, a1, a2, a3, a4] = element.0;
        Self([a0.into(), a1.into(), a2.into(), a3.into(), a4.into()])
    }

    /// The element in lane `lane`.
    #[inline]
    pub fn lane(&self, lane: usize) -> E {
        Quintic(self.0.map(|x| x.as_slice()[lane]))
    }

    /// Elements from their lanes.
    #[inline]
    pub fn from_lanes(mut element: impl FnMut(usize) -> E) -> Self {
        let mut lanes = [P::ZERO; DEGREE];
        for lane in 0..P::WIDTH {
            for (coordinate, value) in lanes.iter_mut().zip(element(lane).0) {
                coordinate.as_slice_mut()[lane] = value;
            }
        }
        Self(lanes)
    }
}

impl E {
    /// The inverse; of 0 there is none.
    pub fn try_inverse(&self) -> Option<Self> {
        let coefficients = QuinticTrinomialExtensionField::<F>::from_basis_coefficients_fn(|i| self.0[i]);
        let inverse = coefficients.try_inverse()?;
        let slice: &[F] = inverse.as_basis_coefficients_slice();
        Some(Quintic(core::array::from_fn(|i| slice[i])))
    }
}

impl<P: PackedField<Scalar = F>> PrimeCharacteristicRing for Quintic<P> {
    type PrimeSubfield = F;
    const ZERO: Self = Self([P::ZERO; DEGREE]);
    const ONE: Self = Self([P::ONE, P::ZERO, P::ZERO, P::ZERO, P::ZERO]);
    const TWO: Self = Self([P::TWO, P::ZERO, P::ZERO, P::ZERO, P::ZERO]);
    const NEG_ONE: Self = Self([P::NEG_ONE, P::ZERO, P::ZERO, P::ZERO, P::ZERO]);

    #[inline]
    fn from_prime_subfield(f: F) -> Self {
        Self::from(f)
    }
}

impl<P: PackedField<Scalar = F>> From<F> for Quintic<P> {
    #[inline]
    fn from(f: F) -> Self {
        Self([P::from(f), P::ZERO, P::ZERO, P::ZERO, P::ZERO])
    }
}

impl<P: PackedField<Scalar = F>> Algebra<F> for Quintic<P> {}

impl<P: PackedField<Scalar = F>> Add for Quintic<P> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        Self([a0 + b0, a1 + b1, a2 + b2, a3 + b3, a4 + b4])
    }
}

impl<P: PackedField<Scalar = F>> Sub for Quintic<P> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let ([a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]) = (self.0, other.0);
        Self([a0 - b0, a1 - b1, a2 - b2, a3 - b3, a4 - b4])
    }
}

impl<P: PackedField<Scalar = F>> Neg for Quintic<P> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        Self([-a0, -a1, -a2, -a3, -a4])
    }
}

impl<P: PackedField<Scalar = F>> Mul for Quintic<P> {
    type Output = Self;
    /// Not inlined: it is 25 multiplications, and chips have thousands of products.
    #[inline(never)]
    fn mul(self, other: Self) -> Self {
        self.product(&other)
    }
}

impl<P: PackedField<Scalar = F>> Quintic<P> {
    /// The product, inlined: for tight loops. Five inner products of length five: the reduction `X^5 = 1 - X^2` is
    /// moved into one factor.
    #[inline(always)]
    pub fn product(&self, other: &Self) -> Self {
        let a = &self.0;
        let [b0, b1, b2, b3, b4] = other.0;
        let (b14, b03, b42) = (b1 - b4, b0 - b3, b4 - b2);
        Self([
            P::dot_product(a, &[b0, b4, b3, b2, b14]),
            P::dot_product(a, &[b1, b0, b4, b3, b2]),
            P::dot_product(a, &[b2, b14, b03, b42, b3 - b14]),
            P::dot_product(a, &[b3, b2, b14, b03, b42]),
            P::dot_product(a, &[b4, b3, b2, b14, b03]),
        ])
    }
}

impl<P: PackedField<Scalar = F>> Add<F> for Quintic<P> {
    type Output = Self;
    #[inline(always)]
    fn add(mut self, other: F) -> Self {
        self.0[0] += other;
        self
    }
}

impl<P: PackedField<Scalar = F>> Sub<F> for Quintic<P> {
    type Output = Self;
    #[inline(always)]
    fn sub(mut self, other: F) -> Self {
        self.0[0] -= other;
        self
    }
}

impl<P: PackedField<Scalar = F>> Mul<F> for Quintic<P> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: F) -> Self {
        let [a0, a1, a2, a3, a4] = self.0;
        Self([a0 * other, a1 * other, a2 * other, a3 * other, a4 * other])
    }
}

macro_rules! assign {
    ($($trait:ident $method:ident $op:ident $other:ty;)*) => {$(
        impl<P: PackedField<Scalar = F>> $trait<$other> for Quintic<P> {
            #[inline(always)]
            fn $method(&mut self, other: $other) {
                *self = self.$op(other);
            }
        }
    )*};
}
assign! {
    AddAssign add_assign add Self;
    SubAssign sub_assign sub Self;
    MulAssign mul_assign mul Self;
    AddAssign add_assign add F;
    SubAssign sub_assign sub F;
    MulAssign mul_assign mul F;
}

impl<P: PackedField<Scalar = F>> Sum for Quintic<P> {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl<P: PackedField<Scalar = F>> Product for Quintic<P> {
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ONE, Mul::mul)
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PackedValue;

    use super::*;

    type Packed = <F as Field>::Packing;
    type Oracle = QuinticTrinomialExtensionField<F>;

    fn oracle(element: E) -> Oracle {
        Oracle::from_basis_coefficients_fn(|i| element.0[i])
    }

    /// Against the library's field of the same name, lane by lane, at scattered and at edge values.
    #[test]
    fn equals_the_library() {
        let mut state = 1u32;
        let edge = [F::ZERO, F::ONE, F::NEG_ONE, F::TWO];
        for round in 0..200 {
            let mut element = || {
                Quintic::<Packed>::from_lanes(|_| {
                    Quintic(core::array::from_fn(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        if round % 2 == 0 { edge[state as usize >> 30] } else { F::from_u32(state) }
                    }))
                })
            };
            let (a, b) = (element(), element());
            for lane in 0..Packed::WIDTH {
                let (x, y) = (a.lane(lane), b.lane(lane));
                assert_eq!(oracle((a * b).lane(lane)), oracle(x) * oracle(y));
                assert_eq!(oracle(x * y), oracle(x) * oracle(y));
                assert_eq!(oracle((a - b).lane(lane)), oracle(x) - oracle(y));
                assert_eq!(x.try_inverse().map(|inverse| inverse * x), (x != E::ZERO).then_some(E::ONE));
            }
        }
    }
}

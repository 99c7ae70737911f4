//! The operators, with elements and with packed elements.

use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use p3_field::op_assign_macros::{impl_add_assign, impl_div_methods, impl_mul_methods, impl_sub_assign};
use p3_field::{Field, PrimeCharacteristicRing};

use super::SimdKoalaBear;
use crate::packed::Packed;

/// An operator between elements, and of an element with packed ones.
macro_rules! operator {
    ($trait:ident, $function:ident) => {
        impl $trait for SimdKoalaBear {
            type Output = Self;

            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                Self(self.0.$function(other.0))
            }
        }

        impl $trait<Packed<Self>> for SimdKoalaBear {
            type Output = Packed<Self>;

            #[inline(always)]
            fn $function(self, other: Packed<Self>) -> Packed<Self> {
                Packed::from(self).$function(other)
            }
        }
    };
}

operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);

impl Neg for SimdKoalaBear {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl_add_assign!(SimdKoalaBear);
impl_sub_assign!(SimdKoalaBear);
impl_mul_methods!(SimdKoalaBear);
impl_div_methods!(SimdKoalaBear, SimdKoalaBear);

impl Sum for SimdKoalaBear {
    #[inline]
    fn sum<I: Iterator<Item = Self>>(elements: I) -> Self {
        Self(elements.map(|element| element.0).sum())
    }
}

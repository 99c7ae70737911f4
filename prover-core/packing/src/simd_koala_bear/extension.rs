//! The extension of degree 5 by `X^5 + X^2 - 1`.

use p3_field::extension::{
    ExtensionAlgebra, HasTwoAdicQuinticExtension, QuinticTrinomial, QuinticTrinomialExtendable, quintic_square,
};
use p3_koala_bear::KoalaBear;

use super::SimdKoalaBear;

impl ExtensionAlgebra<Self, 5, QuinticTrinomial> for SimdKoalaBear {
    #[inline(always)]
    fn ext_mul(a: &[Self; 5], b: &[Self; 5], product: &mut [Self; 5]) {
        let mut inner = [KoalaBear::default(); 5];
        <KoalaBear as ExtensionAlgebra<_, 5, QuinticTrinomial>>::ext_mul(Self::inner(a), Self::inner(b), &mut inner);
        *product = inner.map(Self);
    }

    #[inline(always)]
    fn ext_square(a: &[Self; 5], square: &mut [Self; 5]) {
        quintic_square(a, square);
    }
}

impl QuinticTrinomialExtendable for SimdKoalaBear {
    const FROBENIUS_COEFFS: [[Self; 5]; 4] =
        Self::outer_2d(<KoalaBear as QuinticTrinomialExtendable>::FROBENIUS_COEFFS);

    const EXT_GENERATOR: [Self; 5] = Self::outer(<KoalaBear as QuinticTrinomialExtendable>::EXT_GENERATOR);
}

impl HasTwoAdicQuinticExtension for SimdKoalaBear {
    const EXT_TWO_ADICITY: usize = <KoalaBear as HasTwoAdicQuinticExtension>::EXT_TWO_ADICITY;

    fn ext_two_adic_generator(bits: usize) -> [Self; 5] {
        Self::outer(<KoalaBear as HasTwoAdicQuinticExtension>::ext_two_adic_generator(bits))
    }
}

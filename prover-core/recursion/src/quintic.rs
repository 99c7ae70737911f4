//! Products in the challenge field, of expressions.

use hearth_stark_verifier::field::DEGREE;
use p3_field::PrimeCharacteristicRing;

/// The product of two elements of `R[X] / (X^5 + X^2 - 1)`.
pub fn multiply<R: PrimeCharacteristicRing>(a: &[R; DEGREE], b: &[R; DEGREE]) -> [R; DEGREE] {
    let mut c: [R; 2 * DEGREE - 1] = core::array::from_fn(|_| R::ZERO);
    for (i, a) in a.iter().enumerate() {
        for (j, b) in b.iter().enumerate() {
            c[i + j] += a.clone() * b.clone();
        }
    }
    // X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^2 + X^3 - 1.
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8] = c;
    [c0 + c5.clone() - c8.clone(), c1 + c6.clone(), c2 - c5 + c7.clone() + c8.clone(), c3 - c6 + c8, c4 - c7]
}

#[cfg(test)]
mod tests {
    use hearth_stark_verifier::field::{F, Quintic};

    use super::*;

    #[test]
    fn it_is_the_field_s() {
        let element = |seed: u32| core::array::from_fn(|i| F::from_u32(seed * 7919 + i as u32 * 104_729 + 11));
        for seed in 0..20 {
            let (a, b) = (element(seed), element(seed + 100));
            assert_eq!(Quintic(multiply(&a, &b)), Quintic(a) * Quintic(b));
        }
    }
}

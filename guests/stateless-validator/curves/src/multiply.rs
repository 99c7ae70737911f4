//! Multiples of points.

use alloc::vec::Vec;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ff::{AdditiveGroup, Fp, MontConfig, Zero};

use crate::field::{Accelerated, minus_small, multiply_add, small};

/// A curve with its way to double points.
pub trait Curve: SWCurveConfig {
    /// Doubles a point.
    fn double(p: &mut Projective<Self>) {
        p.double_in_place();
    }
}

/// Doubles a point of a curve `y^2 = x^3 + b`, in as few calls as products with a summand allow:
/// `x' = e^2 - 8 t`, `y' = e (4 t - x') - 8 y^4`, `z' = 2 y z` with `t = x y^2` and `e = 3 x^2`.
pub fn double_without_a<T, const N: usize, C>(p: &mut Projective<C>)
where
    T: MontConfig<N>,
    C: SWCurveConfig<BaseField = Fp<Accelerated<T>, N>>,
{
    let zero = const { &small::<T, N>(0) };
    let minus_eight = const { &minus_small::<T, N>(8) };
    let y_squared = multiply_add(&p.y, &p.y, zero);
    let t = multiply_add(&p.x, &y_squared, zero);
    let x_squared = multiply_add(&p.x, &p.x, zero);
    let e = multiply_add(&x_squared, const { &small(3) }, zero);
    let yz = multiply_add(&p.y, &p.z, zero);
    p.z = multiply_add(&yz, const { &small(2) }, zero);
    p.x = multiply_add(&e, &e, &multiply_add(&t, minus_eight, zero));
    let rest = multiply_add(&p.x, const { &minus_small(1) }, &multiply_add(&t, const { &small(4) }, zero));
    let y_fourth = multiply_add(&y_squared, &y_squared, zero);
    p.y = multiply_add(&e, &rest, &multiply_add(&y_fourth, minus_eight, zero));
}

/// `k p`, for `k` with its most significant byte first.
pub fn multiply<C: Curve>(p: &Affine<C>, k: &[u8]) -> Projective<C> {
    sum_of_multiples(&[(*p, k)])
}

/// The sum of `k p` over terms `(p, k)`, all `k` of one length, most significant byte first: four bits at a time.
pub fn sum_of_multiples<C: Curve>(terms: &[(Affine<C>, &[u8])]) -> Projective<C> {
    let tables: Vec<_> = terms.iter().map(|(p, k)| (multiples(p), *k)).collect();
    let length = terms.iter().map(|(_, k)| k.len()).max().unwrap_or(0);
    let mut sum = Projective::<C>::zero();
    for at in 0..length {
        for shift in [4, 0] {
            if !sum.is_zero() {
                (0..4).for_each(|_| C::double(&mut sum));
            }
            for (multiples, k) in &tables {
                let digit = k[at] >> shift & 15;
                if digit != 0 {
                    sum += &multiples[usize::from(digit)];
                }
            }
        }
    }
    sum
}

/// 0 to 15 times a point.
fn multiples<C: SWCurveConfig>(p: &Affine<C>) -> [Projective<C>; 16] {
    let mut multiples = [Projective::<C>::zero(); 16];
    for i in 1..16 {
        multiples[i] = if i % 2 == 0 { multiples[i / 2].double() } else { multiples[i - 1] + p };
    }
    multiples
}

//! Multilinear and univariate helpers. Points are lowest variable first: bit `i` of an index belongs to `point[i]`.

use alloc::vec::Vec;

use p3_field::{Algebra, Field, PrimeCharacteristicRing};

use crate::field::F;

/// `eq(a, b) = prod_i (a_i b_i + (1 - a_i)(1 - b_i))`.
pub fn eq<X: PrimeCharacteristicRing + Copy>(a: &[X], b: &[X]) -> X {
    a.iter().zip(b).map(|(&a, &b)| eq1(a, b)).product()
}

/// `eq` of one variable.
pub fn eq1<X: PrimeCharacteristicRing + Copy>(a: X, b: X) -> X {
    let ab = a * b;
    X::ONE - a - b + ab + ab
}

/// `eq(point, x)` for all x, scaled.
pub fn eq_table<X: PrimeCharacteristicRing + Copy>(point: &[X], scale: X) -> Vec<X> {
    let mut table = Vec::with_capacity(1 << point.len());
    table.push(scale);
    for &z in point {
        for i in 0..table.len() {
            let high = table[i] * z;
            table[i] -= high;
            table.push(high);
        }
    }
    table
}

/// `1, base, base^2, ..`: `count` powers.
pub fn powers<X: PrimeCharacteristicRing + Copy>(base: X, count: usize) -> Vec<X> {
    core::iter::successors(Some(X::ONE), |&power| Some(power * base)).take(count).collect()
}

/// `sum_i coefficients[i] x^i`.
pub fn horner<X: PrimeCharacteristicRing + Copy>(coefficients: &[X], x: X) -> X {
    coefficients.iter().rev().fold(X::ZERO, |sum, &coefficient| sum * x + coefficient)
}

/// The Lagrange polynomials of the nodes `0, 1, .., count - 1` at `x`.
pub fn lagrange<X: Algebra<F> + Copy>(count: usize, x: X) -> Vec<X> {
    let node = |i: usize| x - F::from_usize(i);
    let mut below = Vec::with_capacity(count);
    let mut product = X::ONE;
    for i in 0..count {
        below.push(product);
        product *= node(i);
    }
    let mut above = X::ONE;
    let mut values = below;
    for i in (0..count).rev() {
        values[i] = values[i] * above * node_weight(count, i);
        above *= node(i);
    }
    values
}

/// `1 / prod_(j != i) (i - j)`.
fn node_weight(count: usize, i: usize) -> F {
    let product: F = (0..count).filter(|&j| j != i).map(|j| F::from_usize(i) - F::from_usize(j)).product();
    product.inverse()
}

/// The value at `point` of the multilinear polynomial with these values, which are consumed.
pub fn evaluate<X: PrimeCharacteristicRing + Copy>(mut values: Vec<X>, point: &[X]) -> X {
    for &z in point {
        let half = values.len() / 2;
        for i in 0..half {
            let (low, high) = (values[2 * i], values[2 * i + 1]);
            values[i] = low + z * (high - low);
        }
        values.truncate(half);
    }
    values[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::E;

    fn element(seed: u32) -> E {
        crate::field::Quintic(core::array::from_fn(|i| F::from_u32(seed * 77 + i as u32 * 1001 + 5)))
    }

    #[test]
    fn table_and_evaluation_agree() {
        let (a, b): (Vec<E>, Vec<E>) = (0..4).map(|i| (element(i), element(i + 10))).unzip();
        assert_eq!(evaluate(eq_table(&a, E::ONE), &b), eq(&a, &b));
        let x: Vec<E> = [1, 0, 1, 1].iter().map(|&bit| E::from(F::from_u8(bit))).collect();
        assert_eq!(eq_table(&a, E::ONE)[0b1101], eq(&a, &x));
    }

    #[test]
    fn lagrange_interpolates() {
        let polynomial: Vec<E> = (0..7).map(element).collect();
        let x = element(99);
        let weights = lagrange(7, x);
        let sum: E = (0..7).map(|i| weights[i] * horner(&polynomial, E::from(F::from_usize(i)))).sum();
        assert_eq!(sum, horner(&polynomial, x));
    }
}

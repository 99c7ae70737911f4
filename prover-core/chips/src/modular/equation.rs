//! `a b + c = q m + r`, as an equation between integers.
//!
//! Both sides are sums at byte positions; their difference is taken in `D` digits of two bytes, with carries. Where the
//! modulus is 0, `q` counts at the digits of the upper half instead.
//!
//! **Why the equation holds between integers.** [`Bounds::new`] computes, when the crate is compiled, how far the sum of
//! each digit reaches, from there the range of honest carries, and asserts that with every carry that the look-ups allow
//! all terms of a digit's equation stay within `(-p, p)`. Columns hold carries plus the least honest one. For that a
//! carry must be below about `p / 2^16`, less than what a look-up of 16 bits says: so neighbouring carries are also added
//! up in groups, and each sum is looked up to be at most [`MOST`]: the summands, integers below 2^16, are then too. A
//! group is as large as the honest ranges allow. Both sides are below `2^(16 D)`, so that the last carry is 0.

use alloc::vec::Vec;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::secp256k1::relation::{Integer, Number};
use crate::step::Step;

/// Most that the carries of a group add up to.
const MOST: i64 = 32_000;

const BASE: i64 = 1 << 16;

/// The numbers of an equation.
pub struct Terms<'a, E> {
    /// The factors, in bytes.
    pub factors: [&'a [E]; 2],
    /// The summand, in limbs of two bytes.
    pub summand: &'a [E],
    /// The modulus, in bytes.
    pub modulus: &'a [E],
    /// The quotient, in bytes.
    pub quotient: &'a [E],
    /// The remainder, in limbs of two bytes.
    pub remainder: &'a [E],
    /// 1 where the modulus is 0.
    pub zero_modulus: E,
}

/// Sum of `x[i] y[j]` at the byte position `i + j = at`.
fn convolution<E: Number>(x: &[E], y: &[E], at: usize) -> E {
    let from = (at + 1).saturating_sub(y.len());
    let terms = x.iter().enumerate().take(at + 1).skip(from).map(|(i, x)| x.clone() * y[at - i].clone());
    terms.reduce(|sum, term| sum + term).unwrap_or_else(|| E::constant(0))
}

impl<E: Number> Terms<'_, E> {
    /// Digit `k` of left side less right side.
    fn digit(&self, k: usize) -> E {
        let [a, b] = self.factors;
        let at = |at: usize| convolution(a, b, at) - convolution(self.quotient, self.modulus, at);
        let digit = at(2 * k) + at(2 * k + 1) * E::constant(256);
        match k.checked_sub(self.summand.len()) {
            None => digit + self.summand[k].clone() - self.remainder[k].clone(),
            Some(k) => {
                let quotient = self.quotient[2 * k].clone() + self.quotient[2 * k + 1].clone() * E::constant(256);
                digit - self.zero_modulus.clone() * quotient
            }
        }
    }
}

/// What is known of the carries of numbers of `D` bytes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<const D: usize> {
    /// Minus the least honest carry out of each digit.
    offset: [i64; D],
    /// Whether a group of carries ends here.
    ends_group: [bool; D],
}

impl<const D: usize> Bounds<D> {
    /// The bounds of all equations.
    ///
    /// # Panics
    /// Where the argument does not go through: an error of compilation.
    pub const fn new() -> Self {
        let prime = Felt::ORDER_U32 as i64;
        let mut bounds = Self { offset: [0; D], ends_group: [false; D] };
        let (mut least_in, mut greatest_in) = (0i64, 0i64);
        let mut offset_in = 0;
        let mut group = 0;
        let mut k = 0;
        while k < D {
            // Either side has these products, and a digit of another number at most.
            let most = 255 * 255 * (pairs(D, 2 * k) + 256 * pairs(D, 2 * k + 1)) + BASE - 1;
            let least_out = (least_in - most).div_euclid(BASE);
            let greatest_out = (greatest_in + most).div_euclid(BASE);
            let offset = -least_out;
            let honest = greatest_out - least_out;
            assert!(0 <= offset && honest <= MOST);
            assert!(most + MOST + BASE * offset < prime);
            assert!(most + offset_in + BASE * (MOST - offset) < prime);
            bounds.offset[k] = offset;
            if group + honest > MOST {
                bounds.ends_group[k - 1] = true;
                group = 0;
            }
            group += honest;
            (least_in, greatest_in, offset_in) = (least_out, greatest_out, offset);
            k += 1;
        }
        // The last carry has no column.
        bounds.ends_group[D - 2] = true;
        bounds
    }

    /// Constrains the terms by these carries.
    pub fn constrain<B: InteractionBuilder<F = Felt>>(
        &self,
        step: &mut Step<'_, B>,
        terms: &Terms<'_, B::Expr>,
        carry: &[B::Var],
    ) {
        let real = step.real();
        let mut carry_in = B::Expr::ZERO;
        for k in 0..D {
            let carry_out = match carry.get(k) {
                Some(&carry) => carry - real.clone() * Felt::from_i64(self.offset[k]),
                None => B::Expr::ZERO,
            };
            let difference = terms.digit(k) + carry_in - carry_out.clone() * Felt::from_i64(BASE);
            step.builder().assert_zero(difference);
            carry_in = carry_out;
        }
        let mut group = B::Expr::ZERO;
        for (&carry, ends_group) in carry.iter().zip(self.ends_group) {
            step.range16(carry.into());
            group += carry.into();
            if ends_group {
                let sum = core::mem::replace(&mut group, B::Expr::ZERO);
                step.range16(sum.double() + B::Expr::from_i64(BASE - 1 - 2 * MOST));
            }
        }
    }

    /// Fills the carries for the words of both factors, summand, modulus, quotient and remainder.
    pub fn fill<const W: usize>(&self, numbers: [&[u64; W]; 6], carry: &mut [Felt]) {
        const { assert!(D == 8 * W) };
        let bytes = |words: &[u64; W]| -> Vec<Integer> {
            words.iter().flat_map(|word| word.to_le_bytes()).map(|byte| Integer(byte.into())).collect()
        };
        let limbs = |words: &[u64; W]| -> Vec<Integer> {
            bytes(words).as_chunks::<2>().0.iter().map(|[low, high]| Integer(low.0 + 256 * high.0)).collect()
        };
        let [a, b, c, m, q, r] = numbers;
        let terms = Terms {
            factors: [&bytes(a)[..], &bytes(b)[..]],
            summand: &limbs(c)[..],
            modulus: &bytes(m)[..],
            quotient: &bytes(q)[..],
            remainder: &limbs(r)[..],
            zero_modulus: Integer((*m == [0; W]).into()),
        };
        let mut carry_in = 0;
        for (k, carry) in carry.iter_mut().enumerate() {
            carry_in = (terms.digit(k).0 + carry_in) >> 16;
            *carry = Felt::from_i64(carry_in + self.offset[k]);
        }
    }
}

/// Pairs of positions of `n` bytes that add up to `at`.
const fn pairs(n: usize, at: usize) -> i64 {
    let pairs = if at < n { at + 1 } else { 2 * n - 1 - at };
    pairs as i64
}

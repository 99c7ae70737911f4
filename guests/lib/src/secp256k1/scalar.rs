//! Integers modulo the order of the group, and their halves.

use super::{U256, is_less, multiply_word, multiply_words, subtract_words};

/// The order of the group, a prime.
pub const ORDER: U256 = [0xbfd2_5e8c_d036_4141, 0xbaae_dce6_af48_a03b, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff];

/// `2^256 - ORDER`.
const FOLD: [u64; 3] = [0x402d_a173_2fc9_bebf, 0x4551_2319_50b7_5fc4, 1];

/// Whether `x` is below the order.
pub fn is_canonical(x: &U256) -> bool {
    is_less(x, &ORDER)
}

/// `x` modulo the order.
pub fn reduce(x: &U256) -> U256 {
    if is_canonical(x) { *x } else { subtract_words(x, &ORDER).0 }
}

/// `-x`, for `x` below the order.
pub fn negate(x: &U256) -> U256 {
    if *x == [0; 4] { *x } else { subtract_words(&ORDER, x).0 }
}

/// Adds `x` times [`FOLD`] to the four words of `low`, and returns what is above 2^256.
#[inline(always)]
fn fold<const N: usize, const M: usize>(low: &mut U256, x: &[u64; N]) -> [u64; M] {
    let mut sum = [0; 8];
    sum[..4].copy_from_slice(low);
    for (i, &a) in x.iter().enumerate() {
        let mut carry = 0;
        for (j, &b) in FOLD.iter().enumerate() {
            (sum[i + j], carry) = multiply_word(a, b, sum[i + j], carry);
        }
        for word in &mut sum[i + 3..] {
            let (part, over) = word.overflowing_add(carry);
            (*word, carry) = (part, over.into());
        }
    }
    low.copy_from_slice(&sum[..4]);
    core::array::from_fn(|i| sum[4 + i])
}

/// `x y`.
#[inline(never)]
pub fn multiply(x: &U256, y: &U256) -> U256 {
    let product = multiply_words(x, y);
    let [mut low, high] =
        [[product[0], product[1], product[2], product[3]], [product[4], product[5], product[6], product[7]]];
    // Above 2^256 remain 130 bits after the first time, 4 after the second, and 1 after the third.
    let high: [u64; 3] = fold(&mut low, &high);
    let high: [u64; 1] = fold(&mut low, &high);
    let high: [u64; 1] = fold(&mut low, &high);
    if high != [0] {
        let _: [u64; 1] = fold(&mut low, &high);
    }
    reduce(&low)
}

/// A number of less than 129 bits, with its sign.
#[derive(Clone, Copy, Debug)]
pub struct Half {
    /// Absolute value.
    pub magnitude: u128,
    /// Whether it is negative.
    pub is_negative: bool,
}

/// Short vectors `(a, b)` with `a + b LAMBDA = 0` modulo the order, where `LAMBDA` is a cube root of 1: the first is
/// `(SHORT, -LONG)`, the second `(SHORT + LONG, SHORT)`.
const SHORT: [u64; 2] = [0xe86c_90e4_9284_eb15, 0x3086_d221_a7d4_6bcd];
const LONG: [u64; 2] = [0x6f54_7fa9_0abf_e4c3, 0xe443_7ed6_010e_8828];
/// `2^384 SHORT / ORDER` and `2^384 LONG / ORDER`, rounded.
const SHORT_RATIO: U256 = [0xe893_209a_45db_b031, 0x3daa_8a14_71e8_ca7f, 0xe86c_90e4_9284_eb15, 0x3086_d221_a7d4_6bcd];
const LONG_RATIO: U256 = [0x1571_b4ae_8ac4_7f71, 0x2212_08ac_9df5_06c6, 0x6f54_7fa9_0abf_e4c4, 0xe443_7ed6_010e_8828];

/// The halves `(a, b)` of `x = a + b LAMBDA`: `(x, 0)` less the nearest sum of the short vectors.
pub fn halves(x: &U256) -> [Half; 2] {
    let nearest = |ratio: &U256| {
        let product = multiply_words(x, ratio);
        let quotient = u128::from(product[6]) | u128::from(product[7]) << 64;
        // Both quotients are below 2^128 - 1, as the ratios are.
        quotient + u128::from(product[5] >> 63)
    };
    let (first, second) = (nearest(&SHORT_RATIO), nearest(&LONG_RATIO));
    let short = |factor: u128| multiply_pair(factor, &SHORT);
    let long = |factor: u128| multiply_pair(factor, &LONG);
    // a = x - first SHORT - second (SHORT + LONG), b = first LONG - second SHORT.
    let second_short = short(second);
    let mut a = subtract_words(x, &short(first)).0;
    a = subtract_words(&a, &second_short).0;
    a = subtract_words(&a, &long(second)).0;
    let b = subtract_words(&long(first), &second_short).0;
    [a, b].map(|half| {
        let is_negative = half[3] >> 63 != 0;
        let low = u128::from(half[0]) | u128::from(half[1]) << 64;
        Half { magnitude: if is_negative { low.wrapping_neg() } else { low }, is_negative }
    })
}

fn multiply_pair(x: u128, y: &[u64; 2]) -> U256 {
    let x = [x as u64, (x >> 64) as u64];
    let (w0, carry) = multiply_word(x[0], y[0], 0, 0);
    let (w1, w2) = multiply_word(x[0], y[1], carry, 0);
    let (w1, carry) = multiply_word(x[1], y[0], w1, 0);
    let (w2, w3) = multiply_word(x[1], y[1], w2, carry);
    [w0, w1, w2, w3]
}

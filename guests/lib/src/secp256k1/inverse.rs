//! Inverses modulo the order, by Lehmer's form of Euclid's algorithm: quotients come from the leading 64 bits, as long
//! as Collins' condition says that they are those of the whole numbers (Jebelean, "A double-digit Lehmer-Euclid
//! algorithm for finding the GCD of long integers", 1995, section 2), and are applied together.

use super::scalar::ORDER;
use super::{U256, add_words, is_less, multiply_word, subtract_words};

/// Two neighbours in Euclid's sequence.
struct Pair {
    /// The remainders; `a > b`.
    a: U256,
    b: U256,
    /// `|s|` and `|t|` where `s x = a` and `t x = b` modulo the order.
    s: U256,
    t: U256,
    /// Whether t is negative; s then is not, and the other way round.
    t_is_negative: bool,
}

/// `1 / x`, for `x` below the order and not 0.
#[inline(never)]
pub fn invert(x: &U256) -> U256 {
    let mut pair = Pair { a: ORDER, b: *x, s: [0; 4], t: [1, 0, 0, 0], t_is_negative: false };
    while pair.b != [0; 4] {
        let [a, b] = pair.leading();
        let (matrix, odd) = steps(a, b);
        if matrix[1] == 0 {
            pair.step();
        } else {
            pair.apply(matrix, odd);
        }
    }
    // The last remainder is 1, the order being a prime.
    if pair.t_is_negative { pair.s } else { subtract_words(&ORDER, &pair.s).0 }
}

/// Quotients that two numbers with these leading words, `a` not below `b`, have for certain: absolute values `(u, v, w,
/// z)` of the matrix that makes `(u a - v b, z b - w a)` of `(a, b)`, or the opposite of both if the number of
/// quotients is odd. v is 0 if there is none.
#[inline(always)]
fn steps(mut a: u64, mut b: u64) -> ([u64; 4], bool) {
    let (mut u, mut v, mut w, mut z) = (1u64, 0u64, 0u64, 1u64);
    if b == 0 || a == b {
        return ([0; 4], false);
    }
    // The condition is on the remainder after a quotient, so the last one divided is taken back.
    loop {
        let quotient = a / b;
        a -= quotient * b;
        u += quotient * w;
        v += quotient * z;
        if a < v || b - a < v + z {
            return ([u - quotient * w, v - quotient * z, w, z], false);
        }
        let quotient = b / a;
        b -= quotient * a;
        w += quotient * u;
        z += quotient * v;
        if b < z || a - b < v + z {
            return ([w - quotient * u, z - quotient * v, u, v], true);
        }
    }
}

impl Pair {
    /// The leading 64 bits of a, and those of b at the same place.
    fn leading(&self) -> [u64; 2] {
        let top = (1..4).rev().find(|&i| self.a[i] != 0).unwrap_or(0);
        let shift = self.a[top].leading_zeros();
        [&self.a, &self.b].map(|x| match shift {
            0 => x[top],
            _ if top == 0 => x[top] << shift,
            _ => x[top] << shift | x[top - 1] >> (64 - shift),
        })
    }

    /// Applies what [`steps`] found.
    #[inline(always)]
    fn apply(&mut self, [u, v, w, z]: [u64; 4], odd: bool) {
        let (a, b) = (self.a, self.b);
        if odd {
            self.a = difference(&b, v, &a, u);
            self.b = difference(&a, w, &b, z);
            self.t_is_negative = !self.t_is_negative;
        } else {
            self.a = difference(&a, u, &b, v);
            self.b = difference(&b, z, &a, w);
        }
        // Of opposite signs, so that the differences are sums.
        let (s, t) = (self.s, self.t);
        self.s = sum(&s, u, &t, v);
        self.t = sum(&s, w, &t, z);
    }

    /// One whole division, for what the leading words do not show: a last, small one, or by shifts a rare one.
    #[cold]
    fn step(&mut self) {
        if self.a[1..] == [0; 3] {
            let quotient = self.a[0] / self.b[0];
            self.a[0] -= quotient * self.b[0];
            self.s = sum(&self.s, 1, &self.t, quotient);
        }
        while !is_less(&self.a, &self.b) {
            let mut shift = bits(&self.a) - bits(&self.b);
            if is_less(&self.a, &shift_left(&self.b, shift)) {
                shift -= 1;
            }
            self.a = subtract_words(&self.a, &shift_left(&self.b, shift)).0;
            self.s = add_words(&self.s, &shift_left(&self.t, shift)).0;
        }
        (self.a, self.b, self.s, self.t) = (self.b, self.a, self.t, self.s);
        self.t_is_negative = !self.t_is_negative;
    }
}

/// Place of the highest bit, from 1; 0 for 0.
fn bits(x: &U256) -> usize {
    let top = x.iter().rposition(|&word| word != 0);
    top.map_or(0, |top| 64 * (top + 1) - x[top].leading_zeros() as usize)
}

/// `2^n x` modulo 2^256.
fn shift_left(x: &U256, n: usize) -> U256 {
    let (words, bits) = (n / 64, n % 64);
    let word = |i: usize| i.checked_sub(words).map_or(0, |i| x[i]);
    core::array::from_fn(|i| match bits {
        0 => word(i),
        _ => word(i) << bits | i.checked_sub(1).map_or(0, word) >> (64 - bits),
    })
}

/// `f x - g y` modulo 2^256.
#[inline(always)]
fn difference(x: &U256, f: u64, y: &U256, g: u64) -> U256 {
    let (mut first, mut second, mut borrow) = (0, 0, false);
    core::array::from_fn(|i| {
        let (a, b);
        (a, first) = multiply_word(x[i], f, first, 0);
        (b, second) = multiply_word(y[i], g, second, 0);
        let (part, under) = a.overflowing_sub(b);
        let (part, under_again) = part.overflowing_sub(borrow.into());
        borrow = under | under_again;
        part
    })
}

/// `f x + g y`, which is below 2^256.
#[inline(always)]
fn sum(x: &U256, f: u64, y: &U256, g: u64) -> U256 {
    let (mut first, mut second) = (0, 0);
    core::array::from_fn(|i| {
        let a;
        (a, first) = multiply_word(x[i], f, first, 0);
        let b;
        (b, second) = multiply_word(y[i], g, second, a);
        b
    })
}

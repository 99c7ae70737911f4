//! Inverses modulo the prime: the division steps of Bernstein and Yang, "Fast constant-time gcd computation and modular
//! inversion" (2019), section 11, in batches of 62 on numbers of 62-bit limbs, here without constant time.

use super::field::{PRIME, U256};

/// Signed number of five limbs: limbs below the top are in `[0, 2^62)`.
type Signed = [i64; 5];

const BITS: u32 = 62;
const MASK: u64 = u64::MAX >> (64 - BITS);
/// `1 / PRIME` modulo 2^64.
const INVERSE: u64 = {
    let mut inverse = PRIME[0];
    // Newton's iteration doubles the bits that are right; an odd number is its own inverse modulo 8.
    let mut i = 0;
    while i < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(inverse.wrapping_mul(PRIME[0])));
        i += 1;
    }
    inverse
};

const fn split(x: &U256) -> Signed {
    [
        (x[0] & MASK) as i64,
        ((x[0] >> 62 | x[1] << 2) & MASK) as i64,
        ((x[1] >> 60 | x[2] << 4) & MASK) as i64,
        ((x[2] >> 58 | x[3] << 6) & MASK) as i64,
        (x[3] >> 56) as i64,
    ]
}

const PRIME_LIMBS: Signed = split(&PRIME);

/// 62 division steps on the low bits of `f` and `g`: the new `eta` and `2^62` times the matrix of their effect.
fn steps(mut eta: i64, mut f: u64, mut g: u64) -> (i64, [i64; 4]) {
    let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
    let mut left = BITS;
    loop {
        // A guard bit ends the count of zeros where the steps end.
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            return (eta, [u as i64, v as i64, q as i64, r as i64]);
        }
        if eta < 0 {
            eta = -eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // The multiple of f that clears as many low bits of g as there are steps before the next swap, 4 at most.
        let bits = left.min(eta.min(3) as u32 + 1).min(4);
        let inverse = f.wrapping_add((f.wrapping_add(1) & 4) << 1);
        let w = inverse.wrapping_neg().wrapping_mul(g) & (u64::MAX >> (64 - bits));
        g = g.wrapping_add(f.wrapping_mul(w));
        q = q.wrapping_add(u.wrapping_mul(w));
        r = r.wrapping_add(v.wrapping_mul(w));
    }
}

fn wide(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

/// `(a x + b y) / 2^62`, which is exact.
fn combine(a: i64, b: i64, x: &Signed, y: &Signed) -> Signed {
    let mut sum = (wide(a, x[0]) + wide(b, y[0])) >> BITS;
    let mut out = [0; 5];
    for i in 1..5 {
        sum += wide(a, x[i]) + wide(b, y[i]);
        out[i - 1] = (sum as u64 & MASK) as i64;
        sum >>= BITS;
    }
    out[4] = sum as i64;
    out
}

/// [`combine`] modulo the prime: a multiple of the prime makes the division exact. Operands and result are in
/// `(-2 PRIME, PRIME)`.
fn combine_modulo(a: i64, b: i64, x: &Signed, y: &Signed) -> Signed {
    // Negative operands count as themselves plus PRIME.
    let mut multiple = (a & x[4] >> 63) + (b & y[4] >> 63);
    let mut sum = wide(a, x[0]) + wide(b, y[0]);
    multiple -= ((sum as u64).wrapping_mul(INVERSE).wrapping_add(multiple as u64) & MASK) as i64;
    sum += wide(multiple, PRIME_LIMBS[0]);
    sum >>= BITS;
    let mut out = [0; 5];
    for i in 1..5 {
        sum += wide(a, x[i]) + wide(b, y[i]) + wide(multiple, PRIME_LIMBS[i]);
        out[i - 1] = (sum as u64 & MASK) as i64;
        sum >>= BITS;
    }
    out[4] = sum as i64;
    out
}

/// `1 / x` modulo the prime, for `x` below it; 0 for 0.
pub fn invert(x: &U256) -> U256 {
    let (mut f, mut g) = (PRIME_LIMBS, split(x));
    let (mut d, mut e): (Signed, Signed) = ([0; 5], [1, 0, 0, 0, 0]);
    let mut eta = -1;
    // d x = f and e x = g modulo the prime, until g = 0 and f is the greatest common divisor or minus it.
    while g != [0; 5] {
        let (next, [u, v, q, r]) = steps(eta, low(&f), low(&g));
        eta = next;
        (f, g) = (combine(u, v, &f, &g), combine(q, r, &f, &g));
        (d, e) = (combine_modulo(u, v, &d, &e), combine_modulo(q, r, &d, &e));
    }
    normalize(d, f[4] < 0)
}

/// The low 64 bits; of them 62 matter.
fn low(x: &Signed) -> u64 {
    x[0] as u64 | (x[1] as u64) << BITS
}

/// `x`, or `-x`, for `x` in `(-2 PRIME, PRIME)`: the number in `[0, PRIME)` that equals it modulo the prime.
fn normalize(mut x: Signed, negate: bool) -> U256 {
    let add_prime = |x: &mut Signed| {
        if x[4] < 0 {
            x.iter_mut().zip(PRIME_LIMBS).for_each(|(limb, prime)| *limb += prime);
        }
        carry(x);
    };
    add_prime(&mut x);
    if negate {
        x.iter_mut().for_each(|limb| *limb = -*limb);
        carry(&mut x);
    }
    add_prime(&mut x);
    let [a, b, c, d, e] = x.map(|limb| limb as u64);
    [a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56]
}

/// Brings all limbs but the top one into `[0, 2^62)`.
fn carry(x: &mut Signed) {
    for i in 0..4 {
        x[i + 1] += x[i] >> BITS;
        x[i] &= MASK as i64;
    }
}

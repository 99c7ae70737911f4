//! Arithmetic modulo `P = 2^31 - 2^24 + 1` on four lanes.
//!
//! An element `x` is held as `x * 2^32 mod P`; a lane in `[0, P)` is called canonical. Used throughout: `2P < 2^32`.
//!
//! Montgomery's reduction of `C`: with `q = C / P mod 2^32` the low word of `C - qP` is 0, and its high word is
//! `C / 2^32` modulo `P`. It lies in `(-P, P)` if `0 <= C < P * 2^32` and `0 <= q < 2^32`, and also if
//! `|C| < P * 2^31` and `-2^31 <= q < 2^31`.

use crate::lanes::{Lanes, Wide};

/// The modulus.
pub(crate) const P: u32 = 0x7f00_0001;
/// `1 / P` modulo 2^32.
const P_INVERSE: u32 = 0x8100_0001;
/// The modulus in all lanes, as a factor.
static P_LANES: Lanes = Lanes::constant(P);

/// `a + b` of canonical lanes.
#[inline(always)]
pub(crate) fn add(a: Lanes, b: Lanes) -> Lanes {
    // Of t and t - P the one that did not wrap around below 0 is the smaller.
    let t = a.add(b);
    t.min(t.sub(Lanes::splat(P)))
}

/// `a - b` of canonical lanes.
#[inline(always)]
pub(crate) fn sub(a: Lanes, b: Lanes) -> Lanes {
    canonical(a.sub(b))
}

/// The canonical form of lanes in `(-P, P)`.
#[inline(always)]
pub(crate) fn canonical(a: Lanes) -> Lanes {
    // A negative lane is at least 2^32 - P > P as an unsigned number.
    a.min(a.add(Lanes::splat(P)))
}

/// Reduces `C < P * 2^32` to canonical lanes.
#[inline(always)]
fn reduce(c: Wide) -> Lanes {
    let q = c.low_words().mul_low(Lanes::splat(P_INVERSE));
    canonical(c.sub(Wide::product(q, &P_LANES)).high_words())
}

/// Reduces `|C| < P * 2^31` to lanes in `(-P, P)`.
#[inline(always)]
fn reduce_signed(c: Wide) -> Lanes {
    let q = c.low_words().mul_low(Lanes::splat(P_INVERSE));
    c.sub(Wide::signed_product(q, &P_LANES)).high_words()
}

/// `a * b` of canonical lanes.
#[inline(always)]
pub(crate) fn mul(a: Lanes, b: Lanes) -> Lanes {
    reduce(Wide::product(a, &b))
}

/// `a^3`, canonical, of lanes in `[-P, P]`.
#[inline(always)]
pub(crate) fn cube(a: Lanes) -> Lanes {
    // The square needs no canonical form: its product with `a` is at most P^2 in size.
    let square = reduce_signed(Wide::signed_square(a));
    canonical(reduce_signed(Wide::signed_product(square, &a)))
}

/// `a / 2` of canonical lanes.
#[inline(always)]
pub(crate) fn halve(a: Lanes) -> Lanes {
    // An odd a gives (a + P) / 2 = (a - 1) / 2 + (P + 1) / 2.
    let odd = Lanes::splat(0).sub(a.and(Lanes::splat(1)));
    a.shr(1).add(odd.and(Lanes::splat(P.div_ceil(2))))
}

/// `a / 2^bits` of canonical lanes, for `bits` in `1..=24`.
#[inline(always)]
pub(crate) fn div_2exp(a: Lanes, bits: u32) -> Lanes {
    // P = 127 * 2^24 + 1, so 1 / 2^bits is -127 * 2^(24 - bits). Of a = 2^bits * h + l this makes
    // h - 127 * l * 2^(24 - bits), both terms below P; 127 * y is taken as 128 * y - y.
    let low = a.shl(32 - bits);
    canonical(a.shr(bits).add(low.shr(8)).sub(low.shr(1)))
}

/// The sum of `a(i) * b(i)` over `0..count` of canonical lanes, with one reduction.
#[inline(always)]
pub(crate) fn dot(count: usize, a: impl Fn(usize) -> Lanes, b: impl Fn(usize) -> Lanes) -> Lanes {
    if count == 0 {
        return Lanes::splat(0);
    }
    let product = |i| Wide::product(a(i), &b(i));
    // Two products are below 2P^2 < P * 2^32; four are below 2P * 2^32 < 2^64, and so is a reduced sum and two more.
    let mut sum = product(0);
    let mut room = 3;
    for i in 1..count {
        if room == 0 {
            sum = sum.reduce_high(P);
            room = 2;
        }
        sum = sum.add(product(i));
        room -= 1;
    }
    if count > 2 {
        sum = sum.reduce_high(P);
    }
    reduce(sum)
}

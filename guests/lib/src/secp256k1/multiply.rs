//! `u G + v P`: both scalars are split into halves of 128 bits, whose digits share the doublings.

use super::scalar::{Half, halves};
use super::{Point, Sum, U256, field, subtract_words};

/// Bits of a window of the generator's halves, and of the point's.
const WIDE: u32 = 7;
const NARROW: u32 = 4;

/// Digits of a half are odd, below half a window in absolute value and a window apart, and may carry to bit 128.
const DIGITS: usize = 129;

/// Odd multiples of a point: `2^W / 2` from `-(2^W / 2 - 1)` to `2^W / 2 - 1`, W bits being a window.
struct Odd<const N: usize>([Point; N]);

/// Those of the generator, and of LAMBDA times it.
static GENERATOR: [Odd<{ 1 << (WIDE - 1) }>; 2] = generator();

/// `u G + v P` for a point of the curve, or nothing for the neutral element.
pub fn multiply_sum(u: &U256, v: &U256, p: &Point) -> Option<Point> {
    let [first, second] = odd(p);
    // By bit, a byte for the digit of each half: 0, or 1 more than the place of the digit's multiple.
    let mut digits = [0u32; DIGITS];
    let [u, v] = [halves(u), halves(v)];
    spread::<WIDE>(&u[0], 0, &mut digits);
    spread::<WIDE>(&u[1], 1, &mut digits);
    spread::<NARROW>(&v[0], 2, &mut digits);
    spread::<NARROW>(&v[1], 3, &mut digits);

    let mut sum = Sum::neutral();
    for &digits in digits.iter().rev() {
        sum.double();
        if digits != 0 {
            add_digit::<0, _>(&mut sum, digits, &GENERATOR[0]);
            add_digit::<1, _>(&mut sum, digits, &GENERATOR[1]);
            add_digit::<2, _>(&mut sum, digits, &first);
            add_digit::<3, _>(&mut sum, digits, &second);
        }
    }
    sum.point()
}

/// Adds the multiple for the digit in byte `COLUMN`.
#[inline(always)]
fn add_digit<const COLUMN: usize, const N: usize>(sum: &mut Sum, digits: u32, multiples: &Odd<N>) {
    let digit = (digits >> (8 * COLUMN)) as u8;
    if digit != 0 {
        // The place is below N, a power of two.
        sum.add(&multiples.0[usize::from(digit - 1) % N]);
    }
}

/// Writes the digits of a half, in windows of `W` bits, to column `column`.
#[inline(always)]
fn spread<const W: u32>(half: &Half, column: usize, digits: &mut [u32; DIGITS]) {
    let window = 1 << W;
    let (mut low, mut high) = (half.magnitude as u64, (half.magnitude >> 64) as u64);
    // Of a negative half, the place of a digit is that of its opposite: all bits of it are turned.
    let turn = if half.is_negative { window / 2 - 1 } else { 0 };
    let mut left = &mut digits[..];
    while low | high != 0 {
        if low & 1 == 0 {
            low = low >> 1 | high << 63;
            high >>= 1;
            left = left.get_mut(1..).unwrap_or_default();
            continue;
        }
        let digit = low & (window - 1);
        // A digit of more than half a window stands for itself less a window. The place of digit d is (d + 2^W / 2 - 1)
        // / 2.
        let place = (digit ^ window / 2) / 2 ^ turn;
        low = low >> W | high << (64 - W);
        high >>= W;
        low = low.wrapping_add(digit / (window / 2));
        high += u64::from(low == 0) & digit / (window / 2);
        if let Some(digits) = left.first_mut() {
            *digits |= (place as u32 + 1) << (8 * column);
        }
        left = left.get_mut(W as usize..).unwrap_or_default();
    }
}

/// Odd multiples of a point of the curve, and of LAMBDA times it.
#[inline(never)]
fn odd(p: &Point) -> [Odd<{ 1 << (NARROW - 1) }>; 2] {
    const HALF: usize = 1 << (NARROW - 2);
    let mut twice = *p;
    super::double(&mut twice);
    let mut multiples = [*p; HALF];
    for i in 1..HALF {
        // The order is a large prime, so that no two of these have the same x.
        multiples[i] = multiples[i - 1];
        super::add(&mut multiples[i], &twice);
    }
    let turned = multiples.map(|point| Point { x: field::multiply(&point.x, &field::BETA), y: point.y });
    [multiples, turned].map(|positive| Odd(with_negatives(&positive)))
}

/// The multiples `-(2 HALF - 1)`, ..., `-1`, `1`, ..., `2 HALF - 1`.
#[inline(always)]
const fn with_negatives<const HALF: usize, const N: usize>(positive: &[Point; HALF]) -> [Point; N] {
    assert!(N == 2 * HALF);
    let mut all = [positive[0]; N];
    let mut i = 0;
    while i < HALF {
        all[HALF + i] = positive[i];
        all[HALF - 1 - i] = positive[i].negate();
        i += 1;
    }
    all
}

/// The generator's multiples, computed by the compiler.
#[allow(long_running_const_eval)]
const fn generator() -> [Odd<{ 1 << (WIDE - 1) }>; 2] {
    const HALF: usize = 1 << (WIDE - 2);
    let generator = Point {
        x: [0x59f2_815b_16f8_1798, 0x029b_fcdb_2dce_28d9, 0x55a0_6295_ce87_0b07, 0x79be_667e_f9dc_bbac],
        y: [0x9c47_d08f_fb10_d4b8, 0xfd17_b448_a685_5419, 0x5da4_fbfc_0e11_08a8, 0x483a_da77_26a3_c465],
    };
    let three_square = field::multiply(&field::multiply(&generator.x, &generator.x), &[3, 0, 0, 0]);
    let twice = line(three_square, field::multiply(&generator.y, &[2, 0, 0, 0]), &generator, &generator.x);
    let mut multiples = [generator; HALF];
    let mut turned = multiples;
    let mut i = 0;
    while i < HALF {
        if i > 0 {
            let last = multiples[i - 1];
            let (dy, dx) = (field::subtract(&twice.y, &last.y), field::subtract(&twice.x, &last.x));
            multiples[i] = line(dy, dx, &last, &twice.x);
        }
        turned[i] = Point { x: field::multiply(&multiples[i].x, &field::BETA), y: multiples[i].y };
        i += 1;
    }
    [Odd(with_negatives(&multiples)), Odd(with_negatives(&turned))]
}

/// Where the line through `p` of slope `dy / dx` leads, when it meets the curve in `other_x` too.
const fn line(dy: U256, dx: U256, p: &Point, other_x: &U256) -> Point {
    // 1 / dx = dx^(prime - 2).
    let exponent = subtract_words(&field::PRIME, &[2, 0, 0, 0]).0;
    let mut slope = dy;
    let mut power = dx;
    let mut i = 0;
    while i < 256 {
        if exponent[i / 64] >> (i % 64) & 1 == 1 {
            slope = field::multiply(&slope, &power);
        }
        power = field::multiply(&power, &power);
        i += 1;
    }
    let x = field::subtract(&field::subtract(&field::multiply(&slope, &slope), &p.x), other_x);
    let y = field::subtract(&field::multiply(&slope, &field::subtract(&p.x, &x)), &p.y);
    Point { x, y }
}

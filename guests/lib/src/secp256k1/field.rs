//! Integers modulo the prime 2^256 - 2^32 - 977.

use core::arch::asm;
use core::mem::MaybeUninit;

use super::{U256, add_words, is_less, multiply_word, multiply_words, subtract_words};

/// The field's prime.
pub const PRIME: U256 = [0xffff_fffe_ffff_fc2f, u64::MAX, u64::MAX, u64::MAX];

/// `2^256 - PRIME`.
const FOLD: u64 = (1 << 32) + 977;

/// A cube root of 1: multiplying x by it multiplies a point by [`super::scalar::LAMBDA`].
pub const BETA: U256 = [0xc139_6c28_7195_01ee, 0x9cf0_4975_12f5_8995, 0x6e64_479e_ac34_34e9, 0x7ae9_6a2b_657c_0710];

/// Whether `x` is below the prime.
pub const fn is_canonical(x: &U256) -> bool {
    is_less(x, &PRIME)
}

/// `x - y`.
pub const fn subtract(x: &U256, y: &U256) -> U256 {
    let (difference, borrow) = subtract_words(x, y);
    if borrow { add_words(&difference, &PRIME).0 } else { difference }
}

/// `x y`.
pub const fn multiply(x: &U256, y: &U256) -> U256 {
    let product = multiply_words(x, y);
    // Twice 2^256 = FOLD: what remains above 2^256 is below 2^34 after the first time, and 0 or 1 after the second.
    let mut low = [0; 4];
    let mut carry = 0;
    let mut i = 0;
    while i < 4 {
        (low[i], carry) = multiply_word(product[4 + i], FOLD, product[i], carry);
        i += 1;
    }
    let (first, second) = multiply_word(carry, FOLD, 0, 0);
    let (mut low, over) = add_words(&low, &[first, second, 0, 0]);
    if over {
        low = add_words(&low, &[FOLD, 0, 0, 0]).0;
    }
    if is_canonical(&low) { low } else { subtract_words(&low, &PRIME).0 }
}

/// `x^3 + 7`.
pub fn curve(x: &U256) -> U256 {
    let cube = multiply(&multiply(x, x), x);
    // Minus -7.
    subtract(&cube, &[PRIME[0] - 7, PRIME[1], PRIME[2], PRIME[3]])
}

/// Squarings that one descent of [`square_times`] has room for.
const DESCENT: usize = 22;

/// What a descent writes to.
#[repr(C, align(64))]
struct Numbers([U256; DESCENT + 2]);

/// `x^(2^n)`, by point additions: the line through `(-1/2, x)` and `(1/2, 0)` has the slope `-x`, so that the sum's x
/// is the square. It lies where the addition 32 bytes further down has its y, so that only an x is written in between.
#[inline(never)]
fn square_times(x: &U256, n: usize) -> U256 {
    /// `(1/2, 0)`.
    #[repr(C, align(64))]
    struct Half([u64; 8]);
    static HALF: Half = Half([0xffff_ffff_7fff_fe18, u64::MAX, u64::MAX, u64::MAX >> 1, 0, 0, 0, 0]);
    let minus_half = [0xffff_ffff_7fff_fe17, u64::MAX, u64::MAX, u64::MAX >> 1];

    let mut numbers = MaybeUninit::<Numbers>::uninit();
    let bottom = numbers.as_mut_ptr().cast::<U256>();
    let mut result = *x;
    let mut left = n;
    while left > 0 {
        let count = if left < DESCENT { left } else { DESCENT };
        // SAFETY: the pointer to the first point, numbers DESCENT and DESCENT + 1, of which one is written here and one
        // by the first stores, descends `count <= DESCENT` times by one number. Each call reads and writes the two
        // numbers at it, so that in the end that at the last place is there.
        unsafe {
            bottom.add(DESCENT + 1).write(result);
            asm!(
                "2:",
                "sd {low}, 0(a0)",
                "sd {ones}, 8(a0)",
                "sd {ones}, 16(a0)",
                "sd {high}, 24(a0)",
                "ecall",
                "addi a0, a0, -32",
                "bgeu a0, {end}, 2b",
                low = in(reg) minus_half[0],
                ones = in(reg) minus_half[1],
                high = in(reg) minus_half[3],
                end = in(reg) bottom.add(DESCENT + 1 - count),
                inout("a0") bottom.add(DESCENT) => _,
                in("a1") &HALF,
                in("a7") 0x1001,
                options(nostack),
            );
            result = bottom.add(DESCENT + 1 - count).read();
        }
        left -= count;
    }
    result
}

/// A number whose square is `x`, if there is one.
pub fn square_root(x: &U256) -> Option<U256> {
    // x^((p + 1) / 4), whose exponent is 223 ones, a zero, 22 ones, four zeros, two ones and two zeros.
    let ones = |x: &U256, n: usize, y: &U256| multiply(&square_times(x, n), y);
    let x2 = ones(x, 1, x);
    let x3 = ones(&x2, 1, x);
    let x6 = ones(&x3, 3, &x3);
    let x9 = ones(&x6, 3, &x3);
    let x11 = ones(&x9, 2, &x2);
    let x22 = ones(&x11, 11, &x11);
    let x44 = ones(&x22, 22, &x22);
    let x88 = ones(&x44, 44, &x44);
    let x176 = ones(&x88, 88, &x88);
    let x220 = ones(&x176, 44, &x44);
    let x223 = ones(&x220, 3, &x3);
    let root = square_times(&ones(&ones(&x223, 23, &x22), 6, &x2), 2);
    (multiply(&root, &root) == *x).then_some(root)
}

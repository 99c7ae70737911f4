//! Arithmetic modulo any number of 256 or 384 bits, which the machine computes: numbers of `W` = 4 or 6 words, least
//! significant first.
//!
//! A call computes `a b + c` modulo `m`, where 0 stands for `2^256` or `2^384`. Its quotient must fit into `W` words, which
//! it does wherever `a < m` or `b < m`; otherwise the machine faults, and there is no proof.

use core::arch::asm;
use core::mem::MaybeUninit;

/// Number of the call.
const fn code<const W: usize>() -> usize {
    const { assert!(W == 4 || W == 6) };
    if W == 4 { 0x1004 } else { 0x1005 }
}

const fn zero<const W: usize>() -> &'static [u64; W] {
    const { &[0; W] }
}

/// `result = a b + c` modulo `m`, where the numbers may overlap.
///
/// # Safety
/// `result` must be valid for writes, the others for reads, and all aligned.
#[inline(always)]
pub unsafe fn multiply_add_raw<const W: usize>(
    result: *mut [u64; W],
    a: *const [u64; W],
    b: *const [u64; W],
    c: *const [u64; W],
    m: *const [u64; W],
) {
    // SAFETY: the machine reads and writes these words only.
    unsafe {
        asm!("ecall", in("a7") code::<W>(), in("a0") result, in("a1") a, in("a2") b, in("a3") c, in("a4") m,
            options(nostack));
    }
}

/// `a b + c`.
#[inline(always)]
pub fn multiply_add<const W: usize>(a: &[u64; W], b: &[u64; W], c: &[u64; W], m: &[u64; W]) -> [u64; W] {
    let mut result = MaybeUninit::uninit();
    // SAFETY: the result is writable, and written by the call.
    unsafe {
        multiply_add_raw(result.as_mut_ptr(), a, b, c, m);
        result.assume_init()
    }
}

/// `a = a b + c`.
#[inline(always)]
pub fn multiply_add_assign<const W: usize>(a: &mut [u64; W], b: &[u64; W], c: &[u64; W], m: &[u64; W]) {
    let a = &raw mut *a;
    // SAFETY: the place is borrowed for writing.
    unsafe { multiply_add_raw(a, a, b, c, m) }
}

/// `c = a b + c`.
#[inline(always)]
pub fn add_product<const W: usize>(c: &mut [u64; W], a: &[u64; W], b: &[u64; W], m: &[u64; W]) {
    let c = &raw mut *c;
    // SAFETY: the place is borrowed for writing.
    unsafe { multiply_add_raw(c, a, b, c, m) }
}

/// `a = a a`.
#[inline(always)]
pub fn square<const W: usize>(a: &mut [u64; W], m: &[u64; W]) {
    let a = &raw mut *a;
    // SAFETY: the place is borrowed for writing.
    unsafe { multiply_add_raw(a, a, a, zero(), m) }
}

/// `a = a^16`.
#[inline(always)]
fn power_16<const W: usize>(a: &mut [u64; W], m: &[u64; W]) {
    let a = &raw mut *a;
    // SAFETY: the place is borrowed for writing; each call reads and writes these words only.
    unsafe {
        asm!("ecall", "ecall", "ecall", "ecall", in("a7") code::<W>(), in("a0") a, in("a1") a, in("a2") a,
            in("a3") zero::<W>(), in("a4") m, options(nostack));
    }
}

/// Bytes of an exponent up to which a table of powers does not pay.
const SHORT: usize = 6;

/// `base^exponent`, the exponent's most significant byte first. `base` must be below `m`.
pub fn power<const W: usize>(base: &[u64; W], exponent: &[u8], m: &[u64; W]) -> [u64; W] {
    let exponent = strip(exponent);
    // 1 modulo 1 is 0.
    let mut one = [0; W];
    one[0] = 1;
    let one = multiply_add(zero(), zero(), &one, m);
    let mut result = one;
    if exponent.len() <= SHORT {
        let bits = exponent.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        for bit in bits.skip_while(|bit| *bit == 0) {
            square(&mut result, m);
            if bit != 0 {
                multiply_add_assign(&mut result, base, zero(), m);
            }
        }
        return result;
    }
    let mut powers = [one; 16];
    for i in 1..16 {
        powers[i] = multiply_add(&powers[i - 1], base, zero(), m);
    }
    for byte in exponent {
        for digit in [byte >> 4, byte & 15] {
            power_16(&mut result, m);
            if digit != 0 {
                multiply_add_assign(&mut result, &powers[usize::from(digit)], zero(), m);
            }
        }
    }
    result
}

/// Without leading zeros.
fn strip(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// `base^exponent` modulo `modulus`, all most significant byte first, into `result`, which has the length of the modulus;
/// modulo 0 the result is 0. `false`, and nothing is written, for a modulus of more than 384 bits.
pub fn modexp(base: &[u8], exponent: &[u8], modulus: &[u8], result: &mut [u8]) -> bool {
    match strip(modulus).len() {
        0 => result.fill(0),
        1..=32 => modexp_words::<4>(base, exponent, strip(modulus), result),
        33..=48 => modexp_words::<6>(base, exponent, strip(modulus), result),
        _ => return false,
    }
    true
}

fn modexp_words<const W: usize>(base: &[u8], exponent: &[u8], modulus: &[u8], result: &mut [u8]) {
    let m = from_bytes(modulus);
    // The base is taken in parts of W - 1 words, from its most significant one.
    let mut shift = [0; W];
    shift[W - 1] = 1;
    let mut reduced = [0; W];
    let parts = strip(base).rchunks(8 * (W - 1));
    for part in parts.rev() {
        multiply_add_assign(&mut reduced, &shift, &from_bytes(part), &m);
    }
    let power = power(&reduced, exponent, &m);
    let bytes = power.iter().flat_map(|word| word.to_le_bytes());
    for (place, byte) in result.iter_mut().rev().zip(bytes.chain(core::iter::repeat(0))) {
        *place = byte;
    }
}

/// A number of at most `8 W` bytes, most significant first.
fn from_bytes<const W: usize>(bytes: &[u8]) -> [u64; W] {
    let mut words = [0; W];
    for (word, chunk) in words.iter_mut().zip(bytes.rchunks(8)) {
        *word = chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}

mod wide;

pub use wide::modexp_any;

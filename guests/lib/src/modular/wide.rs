//! Powers modulo numbers that are too wide for the machine's calls, in software.

extern crate alloc;

use alloc::vec;
use alloc::vec::Vec;

/// As [`super::modexp`], for moduli of any length.
pub fn modexp_any(base: &[u8], exponent: &[u8], modulus: &[u8], result: &mut [u8]) {
    if super::modexp(base, exponent, modulus, result) {
        return;
    }
    // All is done modulo a multiple of the modulus whose highest bit is set, as division wants it.
    let mut multiple = words(super::strip(modulus));
    let shift = multiple.last().map_or(0, |word| word.leading_zeros());
    shift_left(&mut multiple, shift);
    let len = multiple.len();
    let mut base = words(super::strip(base));
    base.resize(base.len().max(len) + 1, 0);
    reduce(&mut base, &multiple);
    // The allocator takes back little, so the numbers keep their places.
    let (mut power, mut wide) = (vec![0; len + 1], vec![0; 2 * len + 1]);
    power[0] = 1;
    for byte in super::strip(exponent) {
        for bit in (0..8).rev() {
            multiply(&power[..len], &power[..len], &mut wide);
            reduce(&mut wide, &multiple);
            power[..len].copy_from_slice(&wide[..len]);
            if byte >> bit & 1 != 0 {
                multiply(&power[..len], &base[..len], &mut wide);
                reduce(&mut wide, &multiple);
                power[..len].copy_from_slice(&wide[..len]);
            }
        }
    }
    // (x mod 2^s m) mod m, in its place above s zeros.
    shift_left(&mut power, shift);
    reduce(&mut power, &multiple);
    shift_right(&mut power, shift);
    let bytes = power.iter().flat_map(|word| word.to_le_bytes());
    for (place, byte) in result.iter_mut().rev().zip(bytes.chain(core::iter::repeat(0))) {
        *place = byte;
    }
}

/// Words, least significant first, of a number whose most significant byte comes first.
fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.rchunks(8).map(|chunk| chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))).collect()
}

/// By fewer than 64 bits, none of which go.
fn shift_left(number: &mut [u64], bits: u32) {
    let mut below = 0;
    for word in number {
        let above = (u128::from(*word) << bits >> 64) as u64;
        *word = *word << bits | below;
        below = above;
    }
}

/// By fewer than 64 bits.
fn shift_right(number: &mut [u64], bits: u32) {
    let mut above = 0;
    for word in number.iter_mut().rev() {
        let below = (u128::from(*word) << 64 >> bits) as u64;
        *word = *word >> bits | above;
        above = below;
    }
}

/// The product of numbers of one length, into more than twice as many words.
fn multiply(a: &[u64], b: &[u64], product: &mut [u64]) {
    product.fill(0);
    for (i, x) in a.iter().enumerate() {
        let mut carry = 0u128;
        for (sum, y) in product[i..].iter_mut().zip(b.iter().chain(&[0])) {
            carry += u128::from(*sum) + u128::from(*x) * u128::from(*y);
            *sum = carry as u64;
            carry >>= 64;
        }
    }
}

/// The remainder by a divisor whose highest bit is set, in place. The number's highest word must be less than the divisor's
/// (Knuth, The Art of Computer Programming, volume 2, section 4.3.1, algorithm D).
fn reduce(number: &mut [u64], divisor: &[u64]) {
    let Some((&highest, _)) = divisor.split_last() else { return };
    let n = divisor.len();
    for at in (0..number.len().saturating_sub(n)).rev() {
        let part = &mut number[at..at + n + 1];
        let top = u128::from(part[n]) << 64 | u128::from(part[n - 1]);
        let digit = (top / u128::from(highest)).min(u128::from(u64::MAX));
        // The digit is right or, rarely, one or two too large.
        let (mut carry, mut borrow) = (0u128, false);
        for (word, factor) in part.iter_mut().zip(divisor.iter().chain(&[0])) {
            carry += digit * u128::from(*factor);
            let (first, below) = word.overflowing_sub(carry as u64);
            let (second, still) = first.overflowing_sub(borrow.into());
            (*word, borrow) = (second, below || still);
            carry >>= 64;
        }
        while borrow {
            let mut carry = false;
            for (word, addend) in part.iter_mut().zip(divisor.iter().chain(&[0])) {
                let (first, over) = word.overflowing_add(*addend);
                let (second, still) = first.overflowing_add(carry.into());
                (*word, carry) = (second, over || still);
            }
            borrow = !carry;
        }
    }
}

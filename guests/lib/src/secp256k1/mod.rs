//! ECDSA on secp256k1, with the machine's point operations.
//!
//! | part | what it holds |
//! |---|---|
//! | [`point`] | points, and the two calls |
//! | [`field`] | coordinates: integers modulo the field's prime |
//! | [`scalar`] | integers modulo the order, and their halves and digits |
//! | [`inverse`] | inverses modulo the order |
//! | [`multiply`] | `u G + v P` |
//! | [`ecdsa`] | verification and recovery |
//!
//! All numbers are [`U256`]. What is hostile may be anything: no input leads to a panic or to a call outside its
//! domain.

pub mod ecdsa;
mod field;
mod inverse;
mod multiply;
mod point;
mod scalar;

pub use self::ecdsa::{recover, recovers_to, verify};
pub use self::multiply::multiply_sum;
pub use self::point::{Point, Sum, add, double};

/// 256-bit integer, least significant word first.
pub type U256 = [u64; 4];

/// From 32 bytes, most significant first.
fn from_bytes(bytes: &[u8; 32]) -> U256 {
    let (words, _) = bytes.as_chunks::<8>();
    [words[3], words[2], words[1], words[0]].map(u64::from_be_bytes)
}

/// To 32 bytes, most significant first.
fn to_bytes(x: &U256) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.as_chunks_mut::<8>().0.iter_mut().rev().zip(x) {
        *chunk = word.to_be_bytes();
    }
    bytes
}

/// Whether `x < y`.
const fn is_less(x: &U256, y: &U256) -> bool {
    let mut i = 4;
    while i > 0 {
        i -= 1;
        if x[i] != y[i] {
            return x[i] < y[i];
        }
    }
    false
}

/// `x + y` modulo 2^256, and its carry.
const fn add_words(x: &U256, y: &U256) -> (U256, bool) {
    let mut sum = [0; 4];
    let mut carry = false;
    let mut i = 0;
    while i < 4 {
        let (part, first) = x[i].overflowing_add(y[i]);
        let (part, second) = part.overflowing_add(carry as u64);
        (sum[i], carry) = (part, first | second);
        i += 1;
    }
    (sum, carry)
}

/// `x - y` modulo 2^256, and its borrow.
const fn subtract_words(x: &U256, y: &U256) -> (U256, bool) {
    let mut difference = [0; 4];
    let mut borrow = false;
    let mut i = 0;
    while i < 4 {
        let (part, first) = x[i].overflowing_sub(y[i]);
        let (part, second) = part.overflowing_sub(borrow as u64);
        (difference[i], borrow) = (part, first | second);
        i += 1;
    }
    (difference, borrow)
}

/// Low and high word of `a b + c + d`, which fits.
#[inline(always)]
const fn multiply_word(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let wide = a as u128 * b as u128 + c as u128 + d as u128;
    (wide as u64, (wide >> 64) as u64)
}

/// `x y` in eight words.
#[inline(always)]
const fn multiply_words(x: &U256, y: &U256) -> [u64; 8] {
    let mut product = [0; 8];
    let mut i = 0;
    while i < 4 {
        let mut carry = 0;
        let mut j = 0;
        while j < 4 {
            (product[i + j], carry) = multiply_word(x[i], y[j], product[i + j], carry);
            j += 1;
        }
        product[i + 4] = carry;
        i += 1;
    }
    product
}

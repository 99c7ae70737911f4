//! Sorts n pseudo-random numbers. Input: n and a seed, two little-endian u64. Output: the smallest, the median
//! (place n / 2), the largest, and the sum of (i + 1) * v[i] modulo 2^64, four little-endian u64.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use hearth_guest::{entry, read_input, write_output};

entry!(main);

fn main() {
    let (n, seed) = read_input().split_at(8);
    let n = u64::from_le_bytes(n.try_into().unwrap());
    let mut state = u64::from_le_bytes(seed.try_into().unwrap());
    let mut values: Vec<u64> = (0..n).map(|_| splitmix64(&mut state)).collect();
    values.sort_unstable();
    let sum = (1u64..).zip(&values).fold(0u64, |sum, (i, v)| sum.wrapping_add(i.wrapping_mul(*v)));
    for word in [values[0], values[values.len() / 2], values[values.len() - 1], sum] {
        write_output(&word.to_le_bytes());
    }
}

/// The next number of Vigna's generator splitmix64.
fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

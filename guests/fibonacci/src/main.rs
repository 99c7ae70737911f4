//! The n-th Fibonacci number modulo 2^64; n is the input, a little-endian u64.
#![no_std]
#![no_main]

use hearth_guest::{entry, read_input, write_output};

entry!(main);

fn main() {
    let n = u64::from_le_bytes(read_input().try_into().unwrap());
    let (mut a, mut b) = (0u64, 1u64);
    for _ in 0..n {
        (a, b) = (b, a.wrapping_add(b));
    }
    write_output(&a.to_le_bytes());
}

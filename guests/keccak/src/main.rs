//! Keccak-256 in software, iterated. Input: n, a little-endian u64, and a message. Output: the 32 bytes of
//! H(H(...H(message))) with n + 1 applications of H.
#![no_std]
#![no_main]

mod keccak;

use hearth_guest::{entry, read_input, write_output};
use keccak::keccak256;

entry!(main);

fn main() {
    let (n, message) = read_input().split_at(8);
    let n = u64::from_le_bytes(n.try_into().unwrap());
    let mut hash = keccak256(message);
    for _ in 0..n {
        hash = keccak256(&hash);
    }
    write_output(&hash);
}

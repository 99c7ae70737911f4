//! SHA-256 in software, iterated. Input: n, a little-endian u64, and a message. Output: the 32 bytes of
//! H(H(...H(message))) with n + 1 applications of H.
#![no_std]
#![no_main]

mod sha256;

use hearth_guest::{entry, read_input, write_output};
use sha256::sha256;

entry!(main);

fn main() {
    let (n, message) = read_input().split_at(8);
    let n = u64::from_le_bytes(n.try_into().unwrap());
    let mut hash = sha256(message);
    for _ in 0..n {
        hash = sha256(&hash);
    }
    write_output(&hash);
}

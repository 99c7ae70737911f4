//! Keccak-256 by the machine's accelerator, iterated: input and output are those of the guest `keccak`.
#![no_std]
#![no_main]

use hearth_guest::{accelerators::keccak256, entry, read_input, write_output};

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

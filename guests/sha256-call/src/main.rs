//! SHA-256 by the machine's accelerator, iterated: input and output are those of the guest `sha256`.
#![no_std]
#![no_main]

use hearth_guest::{accelerators::sha256, entry, read_input, write_output};

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

//! Adds up the bytes of the input.
#![no_std]
#![no_main]

use hearth_guest::{entry, read_input, write_output};

entry!(main);

fn main() {
    let sum: u64 = read_input().iter().map(|byte| u64::from(*byte)).sum();
    write_output(&sum.to_le_bytes());
}

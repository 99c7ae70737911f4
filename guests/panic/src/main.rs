//! Writes some output and fails: such a run has exit code 101, and no proof of success.
#![no_std]
#![no_main]

use hearth_guest::{entry, write_output};

entry!(main);

fn main() {
    write_output(b"before the panic");
    panic!("this guest always fails");
}

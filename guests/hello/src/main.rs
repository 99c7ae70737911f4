//! Greets whoever the input names, or the world.
#![no_std]
#![no_main]

use hearth_guest::{entry, read_input, write_output};

entry!(main);

fn main() {
    let name = read_input();
    write_output(b"Hello, ");
    write_output(if name.is_empty() { b"world" } else { name });
    write_output(b"!\n");
}

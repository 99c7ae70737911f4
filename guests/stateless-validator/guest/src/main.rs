//! The stateless validator as a program of the Hearth machine: input in, 43 bytes out.
#![no_std]
#![no_main]

mod runtime;

fn main() {
    let output = hearth_stateless::validate(runtime::read_input());
    runtime::write_output(&output.to_bytes());
}

//! What a guest program needs from its surroundings: the entry point, the input, the public output, an allocator,
//! and the routines that the compiler calls by name.
//!
//! ```ignore
//! #![no_std]
//! #![no_main]
//! hearth_guest::entry!(main);
//!
//! fn main() {
//!     let input = hearth_guest::read_input();
//!     hearth_guest::write_output(&input[..4]);
//! }
//! ```
//!
//! The program ends with code 0 when `main` returns and with code 101 on a panic. The same input and output are
//! exported to C under the names of `include/zkvm.h`.
#![no_std]
#![warn(missing_docs)]

pub mod accelerators;
mod atomics;
pub mod c;
mod heap;
mod io;
mod mem;
pub mod modular;
mod runtime;
pub mod secp256k1;

/// The machine's memory map as a guest sees it, in bytes.
pub mod map {
    /// The stack grows down from here.
    pub const STACK_TOP: usize = 0x3fff_0000;
    /// Bytes below [`STACK_TOP`] that the allocator leaves to the stack.
    pub const STACK_SIZE: usize = 64 << 20;
    /// Input: an 8-byte little-endian length, then the bytes.
    pub const INPUT: usize = 1 << 30;
    /// First address after the input region.
    pub const INPUT_END: usize = 1 << 31;
    /// Public output: an 8-byte little-endian length, then the bytes.
    pub const OUTPUT: usize = 1 << 31;
    /// First address after the output region.
    pub const OUTPUT_END: usize = OUTPUT + (1 << 16);
    /// From [`OUTPUT_END`] to here memory is free, and zero at the start.
    pub const END: usize = 1 << 32;
}

pub use io::{read_input, write_output};
pub use runtime::exit;

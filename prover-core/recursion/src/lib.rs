#![doc = include_str!("../README.md")]

pub mod compile;
pub mod compiled;
pub mod gate;
pub mod node;
#[cfg(feature = "prover")]
pub mod prover;
pub mod quintic;
pub mod table;
pub mod tree;
pub mod values;
pub mod wires;
pub mod wiring;

pub use compile::{CompileError, compile};
pub use compiled::Compiled;
pub use table::Table;

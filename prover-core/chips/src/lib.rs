//! The chips of a shard.
//!
//! A chip is a table with constraints on each row and messages on buses. There is no CPU table: each instruction
//! family has a chip, and the `state` bus carries `(pc, ts)` from one instruction to the next wherever its row lies.
//!
//! | part | what it holds |
//! |---|---|
//! | [`bus`] | the messages, one type each, and how to send and receive them |
//! | [`columns!`] | named columns over a row of cells |
//! | [`step`] | what the rows of all instruction families share: state, decode, registers, ranges |
//! | [`evaluate`] | rows evaluated on concrete values |
//! | [`lookups`] | look-ups counted by evaluation: the multiplicities of the tables |
//! | [`chip`] | what a chip is |
//! | [`check`] | the checker of the tests: constraints, tables, mutations |
//! | one folder per chip | columns, constraints, rows, tests and a README with the argument |
//!
//! Rules for every chip, checked by a lint test: no next-row access (tables of constant content
//! excepted: [`bytes`] and [`boundary`]), degree at most 3, the
//! all-zero row satisfies every constraint and sends nothing ([`boundary`] excepted: its first row must be there).

#![no_std]

extern crate alloc;

pub mod add_sub;
pub mod address;
pub mod and;
pub mod binary;
pub mod bitwise;
pub mod boundary;
pub mod branch;
pub mod bus;
pub mod bytes;
pub mod check;
pub mod chip;
pub mod code_leaf;
pub mod code_node;
pub mod columns;
pub mod compare;
pub mod decode;
pub mod divrem;
pub mod ecall;
#[cfg(test)]
mod fixtures;
pub mod jump;
pub mod keccak;
pub mod less_than;
pub mod load;
pub mod load_double;
pub mod lookups;
pub mod memory_leaf;
#[cfg(test)]
mod memory_model;
pub mod memory_node;
pub mod misaligned;
pub mod modular;
pub mod mul;
pub mod operation;
pub mod packing;
pub mod poseidon2;
pub mod product;
#[cfg(test)]
mod removal;
pub mod secp256k1;
pub mod sha256;
pub mod shift;
mod stark;
pub mod step;
#[cfg(test)]
mod step_tests;
pub mod store;
pub mod store_double;
pub mod tables;
pub mod uncle;

pub use hearth_stark_verifier::evaluate;

pub use hearth_machine::hash::Felt;

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
//! | [`evaluate`] | rows evaluated on concrete values: lookup counting, and the checker of all tests |
//! | [`address`] | base + immediate to a word, for loads and stores |
//! | [`chip`] | what a chip is |
//! | [`check`] | the checker of the tests: constraints, tables, mutations |
//! | one folder per chip | columns, constraints, rows, tests and a README with the argument |
//!
//! Rules for every chip, checked by a lint test: no next-row access (fixed tables excepted), degree at most 3, the
//! all-zero row satisfies every constraint and sends nothing.

#![no_std]

extern crate alloc;

pub mod add_sub;
pub mod address;
pub mod bus;
pub mod check;
pub mod chip;
pub mod columns;
pub mod ecall;
pub mod evaluate;
pub mod jump;
pub mod load;
pub mod load_double;
#[cfg(test)]
mod memory_model;
pub mod misaligned;
pub mod step;
#[cfg(test)]
mod step_tests;
pub mod store;
pub mod store_double;

pub use hearth_machine::hash::Felt;

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
//! | [`binary`] | what rows with two operands and one result share |
//! | [`operation`] | the flags of a chip with several operations |
//! | [`less_than`] | the comparison gadget |
//! | [`evaluate`] | rows evaluated on concrete values: lookup counting, and the checker of all tests |
//! | [`chip`] | what a chip is |
//! | [`check`] | the checker of the tests: constraints, tables, mutations |
//! | one folder per chip | columns, constraints, rows, tests and a README with the argument |
//!
//! Rules for every chip, checked by a lint test: no next-row access (fixed tables excepted), degree at most 3, the
//! all-zero row satisfies every constraint and sends nothing.

#![no_std]

extern crate alloc;

pub mod add_sub;
pub mod binary;
pub mod bitwise;
pub mod branch;
pub mod bus;
pub mod check;
pub mod chip;
pub mod columns;
pub mod compare;
pub mod evaluate;
#[cfg(test)]
mod fixtures;
pub mod less_than;
pub mod operation;
pub mod shift;
pub mod step;

pub use hearth_machine::hash::Felt;

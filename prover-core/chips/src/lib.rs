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
//! | [`chip`] | what a chip is |
//! | [`packing`] | 32 limbs packed for the hash: what memory and code leaves share |
//! | [`check`] | the checker of the tests: constraints, tables, mutations |
//! | one folder per chip | columns, constraints, rows, tests and a README with the argument |
//!
//! Rules for every chip, checked by a lint test: no next-row access (fixed tables excepted), degree at most 3, the
//! all-zero row satisfies every constraint and sends nothing ([`boundary`] excepted: its first row must be there).

#![no_std]

extern crate alloc;

pub mod add_sub;
pub mod boundary;
pub mod bus;
pub mod check;
pub mod chip;
pub mod code_leaf;
pub mod code_node;
pub mod columns;
pub mod decode;
pub mod evaluate;
pub mod memory_leaf;
pub mod memory_node;
pub mod packing;
pub mod poseidon2;
pub mod step;
pub mod uncle;

pub use hearth_machine::hash::Felt;

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
//! | [`product`] | what multiplication and division share |
//! | [`evaluate`] | rows evaluated on concrete values: lookup counting, and the checker of all tests |
//! | [`chip`] | what a chip is |
//! | [`lookups`] | multiplicities of the function tables, counted by `eval` |
//! | [`check`] | the checker of the tests: constraints, tables, mutations |
//! | one folder per chip | columns, constraints, rows, tests and a README with the argument |
//!
//! Rules for every chip, checked by a lint test: no next-row access (fixed tables excepted), degree at most 3, the
//! all-zero row satisfies every constraint and sends nothing.

#![no_std]

extern crate alloc;

pub mod add_sub;
pub mod and;
pub mod bus;
pub mod bytes;
pub mod check;
pub mod chip;
pub mod columns;
pub mod divrem;
pub mod evaluate;
pub mod lookups;
pub mod mul;
pub mod product;
pub mod step;

pub use hearth_machine::hash::Felt;

//! Every check is load-bearing: leave one constraint or one message out of a chip, and there is a row that passes all
//! others and that the chip itself refuses.
//!
//! What is left out is a constraint, a look-up, or what a row takes from the rest of the shard (state, memory, nodes,
//! instructions). What a row *sends* is no check: on these buses a shard sends as often as it receives, so that
//! leaving out a send refuses every shard with such a row. The rows are found, not written down: see [`search`].
//!
//! **What it does not show.** A row that a crippled chip passes need not make a whole false shard; counts may be any
//! number (a row that is there twice must find a state that is sent twice). The relations of secp256k1 are out of reach
//! of the search and have tests of their own (`secp256k1/removal.rs`); tables of more than one row see below.

mod fixed;
mod parabola;
mod probe;
mod redundant;
mod rows;
mod search;
mod unique;

use alloc::string::String;
use alloc::vec::Vec;

use crate::tables::Table;
use search::Subject;

/// Evaluations of a row that are spent on one item before it counts as not found.
const EFFORT: usize = 300_000;

/// Items of these tables without a cheat, and the numbers of those found by kind.
fn survey(tables: &[Table], only_listed: bool) -> Vec<String> {
    let mut rows = rows::honest_rows();
    let mut missing = Vec::new();
    for &table in tables {
        let subject = Subject::new(table, rows.remove(table.name()).expect("the programs meet every table"));
        for item in subject.items() {
            let at = item.checked_sub(subject.constraints());
            if redundant::is_listed(table, at.is_some(), at.unwrap_or(item)) != only_listed {
                continue;
            }
            let found = subject.search(item, EFFORT);
            if found.is_none() {
                missing.push(alloc::format!("{}, {}", table.name(), subject.name(item)));
            }
        }
    }
    missing
}

macro_rules! every_check_is_needed {
    ($($name:ident: $($table:ident),*;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(survey(&[$(Table::$table),*], false), Vec::<String>::new());
        }
    )*};
}

every_check_is_needed! {
    arithmetic: AddSub, Bitwise, Compare;
    shift: Shift;
    control: Branch, Jump, Ecall;
    memory: Load, LoadDouble, Store, StoreDouble;
    misaligned: Misaligned;
    mul: Mul;
    divrem: DivRem;
    trees: MemoryLeaf, MemoryNode, Uncle, CodeLeaf, CodeNode;
    decode: Decode, And;
    hash: Poseidon2;
    keccak_call: KeccakCall;
    keccak_round: KeccakRound;
}

/// For the inputs of these rows there is one outcome, whatever a prover puts into the columns.
#[test]
fn outcomes_are_unique() {
    extern crate std;
    let mut rows = rows::honest_rows();
    let only = std::env::var("ONLY").unwrap_or_default();
    for &table in &Table::ALL[..14] {
        if !only.is_empty() && !only.contains(table.name()) { continue; }
        let start = std::time::Instant::now();
        let subject = Subject::new(table, rows.remove(table.name()).expect("the programs meet every table"));
        for at in 0..subject.rows() - 1 {
            let outcome = unique::Enumeration::new(&subject, at, 2000).run();
            std::println!("{} {at}: {outcome:?} {:?}", table.name(), start.elapsed());
        }
    }
}

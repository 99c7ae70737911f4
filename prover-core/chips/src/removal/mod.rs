//! Every check is load-bearing: leave one constraint or one message out of a chip, and there is a row that passes all
//! others and that the chip itself refuses.
//!
//! What is left out is a constraint, a look-up, or what a row takes from the rest of the shard (state, memory, nodes,
//! instructions). What a row *sends* is no check: on these buses a shard sends as often as it receives, so that
//! leaving out a send refuses every shard with such a row. The rows are found, not written down: see [`search`].
//!
//! **What it does not show.** A row that a crippled chip passes need not make a whole false shard; counts may be any
//! number (a row that is there twice must find a state that is sent twice). The relations of secp256k1 and the rounds of
//! the permutation are out of reach of the search and have tests of their own (`secp256k1/removal.rs`,
//! `poseidon2/tests.rs`); so have tables of more than one row ([`fixed`]).

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
use search::{Cheat, Subject};

/// Evaluations of a row that are spent on one item before it counts as not found.
const EFFORT: usize = 300_000;

/// Every so manieth item of the keccak round stands for all: its bits are alike, and a row has thousands.
const ALIKE: usize = 61;

/// Items of these tables without a cheat. In full tests it searches on for cheats that show outside of the row, and prints
/// how many are of each kind; of the keccak round, whose other items then get a cheat each, for every 61st.
fn missing(tables: &[Table]) -> Vec<String> {
    extern crate std;
    let is_full = std::env::var_os("HEARTH_FULL").is_some();
    let mut rows = rows::honest_rows();
    let mut missing = Vec::new();
    for &table in tables {
        let subject = Subject::new(table, rows.remove(table.name()).expect("the programs meet every table"));
        let alike = if table == Table::KeccakRound { ALIKE } else { 1 };
        let mut kinds = [0; 3];
        for (number, item) in subject.items().into_iter().enumerate() {
            let stands_for_all = number % alike == 0;
            if !is_full && !stands_for_all {
                continue;
            }
            let enough = if is_full && stands_for_all { Cheat::Input } else { Cheat::Silent };
            let at = item.checked_sub(subject.constraints());
            if redundant::is_listed(table, at.is_some(), at.unwrap_or(item)) {
                continue;
            }
            match subject.search(item, EFFORT, enough) {
                None => missing.push(alloc::format!("{}, {}", table.name(), subject.name(item))),
                Some(cheat) => kinds[cheat as usize] += 1,
            }
        }
        if is_full {
            let [silent, input, output] = kinds;
            std::println!(
                "{}: {output} say something else, {input} take something else, {silent} neither",
                table.name()
            );
        }
    }
    missing
}

macro_rules! every_check_is_needed {
    ($($name:ident: $($table:ident),*;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(missing(&[$(Table::$table),*]), Vec::<String>::new());
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
    keccak_call: KeccakCall;
    keccak_round: KeccakRound;
}

/// Chips whose completions are too many to go through: quotient and remainder are one number of 128 bits.
const TOO_WIDE: &[Table] = &[Table::DivRem];

/// Rows of a chip whose completions are enumerated, and nodes for each.
const ENUMERATED: usize = 8;
const NODES: usize = 8000;

fn outcomes_of(tables: &[Table]) {
    let mut rows = rows::honest_rows();
    for &table in tables {
        let subject = Subject::new(table, rows.remove(table.name()).expect("the programs meet every table"));
        // All but the zero row.
        let count = subject.rows() - 1;
        for at in (0..count).step_by(count.div_ceil(ENUMERATED)) {
            let outcome = unique::Enumeration::new(&subject, at, NODES).run();
            assert_eq!(outcome, unique::Outcome::Unique, "{}, row {at}", table.name());
        }
    }
}

/// For the inputs of these rows there is one outcome, whatever a prover puts into the columns.
#[test]
fn outcomes_are_unique() {
    let steps = &Table::ALL[..14];
    let tables: Vec<Table> =
        steps.iter().copied().filter(|table| *table != Table::Shift && !TOO_WIDE.contains(table)).collect();
    assert_eq!(tables.len(), 12);
    outcomes_of(&tables);
}

/// As above. A shift by another number of limbs has to fail for each of them.
#[test]
fn outcomes_of_shifts_are_unique() {
    outcomes_of(&[Table::Shift]);
}

/// The search that finds a cheat when one check is left out finds none when none is. Evidence, not proof: for what is
/// too wide to enumerate. (Rows of the code tree may send what nobody takes: that is no outcome.)
#[test]
fn nothing_is_found_if_nothing_is_left_out() {
    let mut rows = rows::honest_rows();
    for table in [Table::DivRem, Table::MemoryLeaf, Table::Decode, Table::KeccakCall] {
        let subject = Subject::new(table, rows.remove(table.name()).expect("the programs meet every table"));
        assert!(!subject.has_second_outcome(EFFORT / 6), "{}", table.name());
    }
}

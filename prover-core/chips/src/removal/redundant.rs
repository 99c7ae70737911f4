//! The one list of checks that the search leaves out without finding a row that it should not pass, and why.

use core::ops::Range;

use crate::tables::Table;

/// Constraints or messages of a chip, by number.
#[derive(Clone, Debug)]
pub enum Part {
    /// Constraints.
    Constraints(Range<usize>),
    /// Messages.
    Messages(Range<usize>),
}

use Part::{Constraints, Messages};

/// The program message has `is_imm` 0 or 1 on rows in use, and a constraint makes it 0 on others. Kept: the count of the
/// second read, `real - is_imm`, is declared to be at most 1.
const IMMEDIATE_FLAG: &str = "decoding sends 0 or 1";
/// Kept: counts are declared to be at most 1.
const FLAG_BY_PROGRAM: &str =
    "the operation of the program message is `real` times a number, and 1 is the only multiple that decodes";
/// Kept for the same reason.
const TWO_FLAGS: &str = "two flags add up to the number of no operation whose fields fit";

/// Needed, but the search does not get there.
const BY_HAND: &str = "divrem/tests.rs has the row";

/// The list.
pub const REDUNDANT: &[(Table, Part, &str)] = &[
    (Table::AddSub, Constraints(5..6), IMMEDIATE_FLAG),
    (Table::Bitwise, Constraints(4..5), IMMEDIATE_FLAG),
    (Table::Compare, Constraints(19..20), IMMEDIATE_FLAG),
    (Table::Shift, Constraints(21..22), IMMEDIATE_FLAG),
    (Table::Ecall, Constraints(0..1), FLAG_BY_PROGRAM),
    (Table::LoadDouble, Constraints(0..1), FLAG_BY_PROGRAM),
    (Table::KeccakCall, Constraints(0..1), FLAG_BY_PROGRAM),
    (Table::Jump, Constraints(3..4), TWO_FLAGS),
    (Table::Load, Constraints(10..11), TWO_FLAGS),
    (Table::Store, Constraints(8..9), TWO_FLAGS),
    (Table::Misaligned, Constraints(16..17), TWO_FLAGS),
    (Table::Mul, Constraints(5..6), TWO_FLAGS),
    // With k flags set all counts are k: the state is taken k times, and the boundary sends one.
    (
        Table::Shift,
        Constraints(10..11),
        "the flags are bits, so that a row can only count k times; a state is there once",
    ),
    (
        Table::DivRem,
        Constraints(6..7),
        "`slack` and `real` are in one equation between limbs: `real` is a small integer, and 1 by the program message",
    ),
    (Table::DivRem, Constraints(44..45), BY_HAND),
    (Table::DivRem, Messages(31..32), BY_HAND),
    // Kept: condition 7 asks for them, and they keep the packing unique whatever the writers do. 32 look-ups a leaf.
    (Table::MemoryLeaf, Messages(54..86), "what memory holds last was looked up by who wrote it, or in the same row"),
];

/// Whether an item is in the list: `at` counts constraints, or messages.
pub fn is_listed(table: Table, is_message: bool, at: usize) -> bool {
    REDUNDANT.iter().any(|(listed, part, _)| {
        *listed == table
            && match part {
                Constraints(range) => !is_message && range.contains(&at),
                Messages(range) => is_message && range.contains(&at),
            }
    })
}

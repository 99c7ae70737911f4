//! What every chip must be: low degrees, neutral zero rows, messages within its budget, next rows for fixed tables only.

use hearth_chips::boundary::Public;
use hearth_chips::tables::{Accelerators, Table};
use hearth_soundness::SizeClass;
use hearth_soundness::report::Report;
use hearth_soundness::stark::StarkParams;
use hearth_stark_verifier::key::Key;
use p3_air::BaseAir;

/// Columns and messages per row of every table. A change is a change of cost, and belongs into the chip's README.
const COSTS: &[(Table, usize, usize)] = &[
    (Table::AddSub, 33, 19),
    (Table::Bitwise, 43, 22),
    (Table::Shift, 60, 23),
    (Table::Compare, 34, 17),
    (Table::Branch, 32, 13),
    (Table::Jump, 27, 16),
    (Table::Load, 40, 18),
    (Table::LoadDouble, 29, 16),
    (Table::Store, 40, 18),
    (Table::StoreDouble, 29, 16),
    (Table::Misaligned, 79, 36),
    (Table::Mul, 54, 40),
    (Table::DivRem, 68, 41),
    (Table::Ecall, 9, 7),
    (Table::MemoryLeaf, 120, 126),
    (Table::MemoryNode, 57, 8),
    (Table::Uncle, 12, 2),
    (Table::CodeLeaf, 73, 71),
    (Table::CodeNode, 32, 4),
    (Table::Decode, 66, 7),
    (Table::Boundary, 1, 5),
    (Table::KeccakCall, 265, 102),
    (Table::KeccakRound, 2472, 2),
    (Table::Secp256k1Add, 382, 334),
    (Table::Secp256k1Double, 374, 319),
    (Table::Sha256Call, 197, 127),
    (Table::Sha256Round, 737, 4),
    (Table::Modular256, 289, 226),
    (Table::Modular384, 421, 332),
    (Table::Poseidon2, 222, 1),
    (Table::And, 17, 1),
    (Table::Bytes, 4, 2),
];

#[test]
fn costs_are_as_published() {
    let found: Vec<_> = Table::ALL.iter().map(|&table| (table, table.columns(), table.interactions())).collect();
    assert_eq!(found, COSTS);
}

/// Condition 16, bug class 6: padding rows hold every constraint and send nothing. The boundary's first row is its one
/// active row, and the fixed table counts its rows.
#[test]
fn zero_rows_are_neutral() {
    for &table in Table::ALL {
        if !matches!(table, Table::Boundary | Table::Bytes) {
            assert!(table.zero_row_is_neutral(), "{}", table.name());
        }
    }
}

#[test]
fn only_tables_of_constant_content_read_the_next_row() {
    for &table in Table::ALL {
        let constant = matches!(table, Table::Boundary | Table::Bytes);
        assert_eq!(table.main_next_row_columns().is_empty(), !constant, "{}", table.name());
    }
}

/// Constraints have degree 3 at most, message fields 2, so that a later protocol can put three look-ups into a fraction.
#[test]
fn degrees_are_low() {
    for &table in Table::ALL {
        let (constraints, messages) = table.degrees();
        assert!(constraints <= 3 && messages <= 2, "{}: {constraints}, {messages}", table.name());
    }
}

/// The soundness gate of our own protocol: at least 142 bits for each key and class, 128 for 2^13 shards together.
#[test]
fn shards_have_142_bits() {
    for class in SizeClass::REAL {
        for accelerators in [Accelerators::None, Accelerators::Keccak, Accelerators::All] {
            let key =
                Key::new(accelerators.tables(), Public::WIDTH, StarkParams::of(class)).expect("chips of the protocol");
            let report = Report::new(&key.params, &key.facts());
            let (union, all) = (report.union_bits(), report.union_bits_of(1 << 13));
            assert!(
                union >= 142.0 && all >= 128.0,
                "{} {accelerators:?}: {union:.2} bits: {:#?}",
                class.name(),
                report.terms
            );
        }
    }
}

//! What the cutter needs to know of the tables: their widths and interactions, read off the chips themselves.

use hearth_chips::tables::Table as Chip;
use hearth_machine::isa::Family;
use hearth_machine::rows::{Costs, PerTable, Table, TableCost};
use hearth_soundness::MIN_LOG_HEIGHT;

/// The chip behind each table that the cutter counts.
const COUNTED: [(Table, Chip); Table::COUNT] = [
    (Table::Family(Family::AddSub), Chip::AddSub),
    (Table::Family(Family::Bitwise), Chip::Bitwise),
    (Table::Family(Family::Shift), Chip::Shift),
    (Table::Family(Family::Compare), Chip::Compare),
    (Table::Family(Family::Branch), Chip::Branch),
    (Table::Family(Family::Jump), Chip::Jump),
    (Table::Family(Family::Load), Chip::Load),
    (Table::Family(Family::LoadDouble), Chip::LoadDouble),
    (Table::Family(Family::Store), Chip::Store),
    (Table::Family(Family::StoreDouble), Chip::StoreDouble),
    (Table::Family(Family::Misaligned), Chip::Misaligned),
    (Table::Family(Family::Mul), Chip::Mul),
    (Table::Family(Family::DivRem), Chip::DivRem),
    (Table::Family(Family::Ecall), Chip::Ecall),
    (Table::Leaf, Chip::MemoryLeaf),
    (Table::Node, Chip::MemoryNode),
    (Table::Uncle, Chip::Uncle),
    (Table::Poseidon2, Chip::Poseidon2),
    (Table::CodeLeaf, Chip::CodeLeaf),
    (Table::CodeNode, Chip::CodeNode),
    (Table::Decode, Chip::Decode),
    (Table::And, Chip::And),
    (Table::KeccakCall, Chip::KeccakCall),
    (Table::KeccakRound, Chip::KeccakRound),
    (Table::Secp256k1Add, Chip::Secp256k1Add),
    (Table::Secp256k1Double, Chip::Secp256k1Double),
    (Table::Sha256Call, Chip::Sha256Call),
    (Table::Sha256Round, Chip::Sha256Round),
];

fn cost(chip: Chip) -> TableCost {
    TableCost { width: chip.columns() as u32, interactions: chip.interactions() as u32 }
}

/// The counted tables with their names.
pub fn tables() -> impl Iterator<Item = (Table, &'static str)> {
    COUNTED.into_iter().map(|(table, chip)| (table, chip.name()))
}

/// The costs of the tables.
pub fn costs() -> Costs {
    let mut tables = PerTable([TableCost::default(); Table::COUNT]);
    for (table, chip) in COUNTED {
        tables[table] = cost(chip);
    }
    // Two tables have the same height in every shard.
    let fixed = [(Chip::Bytes, 1u64 << hearth_chips::bytes::LOG_HEIGHT), (Chip::Boundary, 1 << MIN_LOG_HEIGHT)];
    let sum = |part: fn(&TableCost) -> u32| fixed.iter().map(|&(chip, rows)| rows * u64::from(part(&cost(chip)))).sum();
    Costs {
        tables,
        fixed_cells: sum(|cost| cost.width),
        fixed_interactions: sum(|cost| cost.interactions),
        min_log_height: MIN_LOG_HEIGHT.into(),
    }
}

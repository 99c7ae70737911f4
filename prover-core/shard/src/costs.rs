//! What the cutter needs to know of the tables: their widths and interactions, read off the chips themselves.

use hearth_chips::tables::Table as Chip;
use hearth_machine::cut::Limits;
use hearth_machine::isa::Family;
use hearth_machine::rows::{Costs, Heights, PerTable, Table, TableCost};
use hearth_soundness::SizeClass;
use hearth_soundness::stark::LOG_TILE;

use crate::backend::BackendId;

/// The chip behind each table that the cutter counts.
pub const COUNTED: [(Table, Chip); Table::COUNT] = [
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
    (Table::Modular256, Chip::Modular256),
    (Table::Modular384, Chip::Modular384),
];

fn cost(chip: Chip) -> TableCost {
    TableCost { width: chip.columns() as u32, interactions: chip.interactions() as u32 }
}

/// The counted tables with their names.
pub fn tables() -> impl Iterator<Item = (Table, &'static str)> {
    COUNTED.into_iter().map(|(table, chip)| (table, chip.name()))
}

/// Where shards of `class` end that `backend` proves. The first backend pads the number of messages to a power of two.
pub fn limits(backend: BackendId, class: SizeClass) -> Limits {
    let costs = costs(backend, class);
    let limits = Limits::cells(1 << class.log_cells(), costs);
    match backend {
        BackendId::Whir | BackendId::Fri => limits,
        BackendId::Stark => Limits { messages: u64::MAX, ..limits },
    }
}

/// The costs of the tables in shards of `class` under `backend`.
pub fn costs(backend: BackendId, class: SizeClass) -> Costs {
    let min_log = u32::from(class.min_log_height());
    let mut tables = PerTable([TableCost::default(); Table::COUNT]);
    for (table, chip) in COUNTED {
        tables[table] = cost(chip);
    }
    // Tables of the same height in every shard. Our own protocol commits neither to the bytes nor to the boundary.
    let bytes = 1u64 << hearth_chips::bytes::LOG_HEIGHT;
    let sum = |part: fn(&TableCost) -> u32| {
        u64::from(part(&cost(Chip::Bytes))) * bytes + u64::from(part(&cost(Chip::Boundary))) * (1u64 << min_log)
    };
    let interactions = sum(|cost| cost.interactions);
    match backend {
        BackendId::Whir | BackendId::Fri => Costs {
            tables,
            fixed_cells: sum(|cost| cost.width),
            fixed_interactions: interactions,
            heights: Heights::PowersOfTwo { min_log },
        },
        BackendId::Stark => Costs {
            tables,
            fixed_cells: bytes * (Chip::Bytes.columns() - hearth_chips::bytes::NEXT_ROW_COLUMNS.len()) as u64,
            fixed_interactions: interactions,
            heights: Heights::Multiples { log: LOG_TILE as u32 },
        },
    }
}

/// Steps that no shard of a class exceeds: each has a row in an instruction table or is a call, which costs more.
pub fn most_steps(class: SizeClass) -> u32 {
    let instructions = COUNTED.iter().filter(|(table, _)| matches!(table, Table::Family(_)));
    // `exit` has the one narrow table, and ends the run.
    let widths = instructions.map(|(_, chip)| chip.columns()).filter(|&width| width > Chip::Ecall.columns());
    let cells = 1u64 << class.log_cells();
    let steps = widths.min().map_or(cells, |width| cells / width as u64 + 1);
    u32::try_from(steps).unwrap_or(u32::MAX)
}

//! What a row costs.

use hearth_machine::isa::Family;
use hearth_machine::rows::{Costs, Table};

/// Instructions that are rows: families, then calls of accelerators.
pub(crate) const KINDS: usize = Family::COUNT + 6;

/// Names of the kinds.
pub(crate) const NAMES: [&str; KINDS] = [
    "add_sub",
    "bitwise",
    "shift",
    "compare",
    "branch",
    "jump",
    "load",
    "load_double",
    "store",
    "store_double",
    "misaligned",
    "mul",
    "div_rem",
    "ecall",
    "keccak_f",
    "secp256k1_add",
    "secp256k1_double",
    "sha256",
    "modular_256",
    "modular_384",
];

/// Kind of a call of keccak-f.
pub(crate) const KECCAK: usize = Family::COUNT;
/// Kind of an addition of points.
pub(crate) const POINT_ADD: usize = Family::COUNT + 1;
/// Kind of a doubling.
pub(crate) const POINT_DOUBLE: usize = Family::COUNT + 2;
/// Kind of a compression of SHA-256.
pub(crate) const SHA256: usize = Family::COUNT + 3;
/// Kind of a modular call on 4 words.
pub(crate) const MODULAR_256: usize = Family::COUNT + 4;
/// Kind of a modular call on 6 words.
pub(crate) const MODULAR_384: usize = Family::COUNT + 5;

/// Area of each kind of instruction.
#[derive(Clone, Debug)]
pub struct Weights(pub(crate) [u64; KINDS]);

impl Weights {
    /// Areas from the costs of the tables.
    pub fn new(costs: &Costs) -> Self {
        let area = |rows: &[(Table, usize)]| {
            let tenths = rows.iter().map(|&(table, rows)| {
                let cost = costs.tables[table];
                rows as u64 * (10 * u64::from(cost.width) + 18 * u64::from(cost.interactions))
            });
            tenths.sum::<u64>() / 10
        };
        let call = |kind| match kind {
            KECCAK => area(&[(Table::KeccakCall, 1), (Table::KeccakRound, hearth_machine::keccak::ROUNDS)]),
            POINT_ADD => area(&[(Table::Secp256k1Add, 1)]),
            POINT_DOUBLE => area(&[(Table::Secp256k1Double, 1)]),
            SHA256 => area(&[(Table::Sha256Call, 1), (Table::Sha256Round, hearth_machine::sha256::ROWS)]),
            MODULAR_256 => area(&[(Table::Modular256, 1)]),
            _ => area(&[(Table::Modular384, 1)]),
        };
        // Families are the first tables, each at its own number.
        let family = |kind: usize| {
            let cost = costs.tables.0[kind];
            (10 * u64::from(cost.width) + 18 * u64::from(cost.interactions)) / 10
        };
        Self(core::array::from_fn(|kind| if kind < Family::COUNT { family(kind) } else { call(kind) }))
    }
}

//! Honest rows of every chip, from programs that meet every instruction.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_machine::testing::random::{self, Random};
use hearth_machine::testing::{self, DATA_BASE, ECALL, exit, li};
use p3_field::PrimeCharacteristicRing;

use crate::Felt;
use crate::tables::{Table, Tables};

/// Rows of each kind that are kept.
const OF_A_KIND: usize = 4;
/// Cells that make the kind of a row, if they are 0 or 1: flags come first in all chips.
const FLAGS: usize = 48;

/// The generator of secp256k1, x then y.
const GENERATOR: [u64; 8] = [
    0x59f2_815b_16f8_1798,
    0x029b_fcdb_2dce_28d9,
    0x55a0_6295_ce87_0b07,
    0x79be_667e_f9dc_bbac,
    0x9c47_d08f_fb10_d4b8,
    0xfd17_b448_a685_5419,
    0x5da4_fbfc_0e11_08a8,
    0x483a_da77_26a3_c465,
];

/// ELF files whose runs meet every table.
fn programs() -> Vec<Vec<u8>> {
    let call = |number: u64, p: u64, q: u64| {
        [li(10, DATA_BASE + p), li(11, DATA_BASE + q), li(17, number), vec![ECALL]].concat()
    };
    let points: Vec<u8> = [GENERATOR, GENERATOR].as_flattened().iter().flat_map(|word| word.to_le_bytes()).collect();
    let calls = [call(0x1002, 0, 0), call(0x1001, 0, 64), call(0x1002, 64, 0), call(0x1000, 128, 0), exit(0)].concat();
    let mut random = Random(7);
    let data = random::data(&mut random);
    let code = [random::program(&mut random, 1500, 2), exit(0)].concat();
    vec![
        testing::elf(&code, &data, 2 * random::DUMP_BYTES),
        testing::elf(&testing::torture(), &[], 1 << 16),
        testing::elf(&calls, &points, 1024),
    ]
}

/// Rows of every table by kind, the zero row among them. Deterministic.
pub fn honest_rows() -> BTreeMap<&'static str, Vec<Vec<Felt>>> {
    let hasher = Hasher::new();
    let mut kinds: BTreeMap<(&'static str, Vec<bool>), Vec<Vec<Felt>>> = BTreeMap::new();
    for elf in programs() {
        let program = Program::from_elf(&hasher, &elf).expect("a valid program");
        let mut cutter = Cutter::new(&hasher, &program, &[], Limits::steps(u32::MAX)).expect("no input");
        let shard = cutter.next_shard().expect("no fault").expect("one shard");
        let trace = replay(&hasher, &shard.package).expect("the package replays");
        let tables = Tables::generate(&trace, 4).expect("an honest trace");
        for (table, matrix) in tables.tables.iter().zip(&tables.matrices) {
            if matches!(table, Table::Boundary | Table::Bytes) {
                continue;
            }
            for row in matrix.values.chunks(matrix.width) {
                let kind = row.iter().take(FLAGS).map(|&cell| cell == Felt::ONE).collect();
                let rows = kinds.entry((table.name(), kind)).or_default();
                if rows.len() < OF_A_KIND && !rows.iter().any(|other| other == row) {
                    rows.push(row.to_vec());
                }
            }
        }
    }
    let mut rows: BTreeMap<&'static str, Vec<Vec<Felt>>> = BTreeMap::new();
    for ((table, _), of_a_kind) in kinds {
        rows.entry(table).or_default().extend(of_a_kind);
    }
    for &table in Table::ALL {
        if let Some(rows) = rows.get_mut(table.name()) {
            rows.push(vec![Felt::ZERO; table.columns()]);
        }
    }
    rows
}

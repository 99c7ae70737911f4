use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::REGISTER_WORD;
use hearth_machine::trace::{Access, Step};

use super::*;
use crate::add_sub::AddSubChip;
use crate::and::AndChip;
use crate::bus::BusBuilder;
use crate::bytes::BytesChip;
use crate::chip::StepChip;
use p3_air::WindowAccess;
use p3_lookup::InteractionBuilder;

/// Adds up every message of every bus.
#[derive(Default)]
struct Balance(BTreeMap<(String, Vec<Felt>), Felt>);

impl Balance {
    fn add<C: Chip>(&mut self, table: &RowMajorMatrix<Felt>) {
        for row in 0..table.values.len() / table.width {
            C::eval(&mut Evaluator::new(table, row, &[], self));
        }
    }

    fn is_balanced(&self, bus: &str) -> bool {
        self.0.iter().all(|((name, _), &count)| name != bus || count == Felt::ZERO)
    }
}

impl Sink for Balance {
    fn constraint(&mut self, index: usize, value: Felt) {
        assert_eq!(value, Felt::ZERO, "{index}");
    }

    fn message(&mut self, bus: &str, fields: impl Iterator<Item = Felt>, count: Felt, _weight: u32) {
        *self.0.entry((bus.to_string(), fields.collect())).or_default() += count;
    }
}

/// Looks up each of its rows `(a, b, c)` once on `and`, and twice as a hash whose output is all `c`.
struct Caller;

impl Chip for Caller {
    const NAME: &'static str = "caller";
    const WIDTH: usize = 3;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: [B::Expr; 3] = core::array::from_fn(|i| main.current_slice()[i].into());
        let [a, b, c] = row;
        builder.look_up(ByteAnd { a: a.clone(), b: b.clone(), c: c.clone() }, B::Expr::ONE);
        for _ in 0..2 {
            let input = core::array::from_fn(|_| a.clone());
            let output = core::array::from_fn(|_| c.clone());
            builder.look_up(Hash { tag: a.clone(), level: b.clone(), input, output }, B::Expr::ONE);
        }
    }
}

fn additions(count: u32) -> Vec<Step> {
    let step = |i: u32| {
        let (x, y) = (u64::from(i).wrapping_mul(0x1234_5678_9abc_def1), u64::from(i) << 47 | 0xffff);
        let access = |register: u32, prev, next| Access { word: REGISTER_WORD + register, prev_ts: 3 * i, prev, next };
        Step {
            pc: 0x10_0000 + 4 * i,
            ts: 4 + 4 * i,
            next_pc: 0x10_0004 + 4 * i,
            instruction: Instruction { op: Op::Add, is_imm: false, rd: 7, rs1: 5, rs2: 6, imm: 0, target: 0 },
            rs1: access(5, x, x),
            rs2: access(6, y, y),
            memory: Default::default(),
            rd: access(7, 1, x.wrapping_add(y)),
        }
    };
    (0..count).map(step).collect()
}

#[test]
fn counted_tables_balance() {
    let steps = AddSubChip::table(&additions(100), 128);
    let mut lookups = Lookups::new();
    lookups.count::<AddSubChip>(&steps).unwrap();
    let mut balance = Balance::default();
    balance.add::<AddSubChip>(&steps);
    assert!(!balance.is_balanced("range16") && !balance.is_balanced("bytes"));
    balance.add::<BytesChip>(&BytesChip::table(lookups.range(), lookups.pair()));
    assert!(balance.is_balanced("range16") && balance.is_balanced("bytes"));
}

#[test]
fn conjunctions_and_hashes_are_counted() {
    let cells = [0x5a, 0xf0, 0x50, 0x5a, 0xf0, 0x50, 1, 2, 0].map(Felt::from_u8);
    let table = RowMajorMatrix::new(cells.to_vec(), 3);
    let mut lookups = Lookups::new();
    lookups.count::<Caller>(&table).unwrap();
    assert_eq!(AndChip::rows(lookups.and()), 2);
    assert_eq!((lookups.and()[0xf05a], lookups.and()[0x0201]), (2, 1));
    let calls: Vec<_> = lookups.hashes().iter().map(|(call, &count)| (call.input[17], call.output[8], count)).collect();
    assert_eq!(calls, [(cells[6], cells[8], 2), (cells[0], cells[2], 4)]);
    let mut balance = Balance::default();
    balance.add::<Caller>(&table);
    balance.add::<AndChip>(&AndChip::table(lookups.and(), 2));
    assert!(balance.is_balanced("and"));
}

#[test]
fn what_no_table_holds_is_an_error() {
    let table = RowMajorMatrix::new([0x5a, 0xf0, 0x50, 3, 1, 2].map(Felt::from_u8).to_vec(), 3);
    let error = Lookups::new().count::<Caller>(&table).unwrap_err();
    assert_eq!(error, NotInTable { chip: "caller", row: 1, bus: "and" });
}

//! Memory tree, code tree, decoding and boundary of real shards balance with their steps.
//!
//! The steps' own messages come from the trace in plain Rust here, so that this test needs no instruction chip.

use std::collections::BTreeMap;

use hearth_chips::Felt;
use hearth_chips::boundary::{BoundaryChip, Public, public_values};
use hearth_chips::bus::{Hash, Memory, Message, Program, State};
use hearth_chips::check::{Messages, report};
use hearth_chips::chip::{Chip, RecordChip};
use hearth_chips::code_leaf::CodeLeafChip;
use hearth_chips::code_node::CodeNodeChip;
use hearth_chips::decode::DecodeChip;
use hearth_chips::evaluate::{Evaluator, Sink};
use hearth_chips::lookups::Lookups;
use hearth_chips::memory_leaf::MemoryLeafChip;
use hearth_chips::memory_node::MemoryNodeChip;
use hearth_chips::poseidon2::Poseidon2Chip;
use hearth_chips::step::limbs;
use hearth_chips::uncle::UncleChip;
use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::layout::{HALT_PC, MEMORY_DEPTH, START_TS, STEP_TICKS};
use hearth_machine::replay::replay;
use hearth_machine::rows::{Rows, Table};
use hearth_machine::testing;
use hearth_machine::trace::{Access, ShardTrace, Step, UncleRecord};
use p3_air::symbolic::{AirLayout, SymbolicExpression};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_lookup::InteractionSymbolicBuilder;
use p3_matrix::dense::RowMajorMatrix;

/// All messages of the shard, net.
#[derive(Default)]
struct Net(Messages);

impl Net {
    fn add(&mut self, bus: &str, fields: Vec<u32>, count: Felt) {
        *self.0.entry((bus.to_string(), fields)).or_insert(Felt::ZERO) += count;
    }

    fn push<M: Message<Felt>>(&mut self, message: M, count: Felt) {
        let fields = message.fields().into_iter().map(|field| field.as_canonical_u32()).collect();
        self.add(M::BUS, fields, count);
    }

    fn table<C: Chip>(&mut self, table: &RowMajorMatrix<Felt>, public: &[Felt]) {
        let report = report::<C>(table, public);
        assert!(report.is_honest(), "{}: {:?} {:?}", C::NAME, report.violations, report.bad_lookups);
        for ((bus, fields), count) in report.messages {
            self.add(&bus, fields, count);
        }
    }

    fn records<C: RecordChip>(&mut self, records: &[C::Record]) {
        self.table::<C>(&C::table(records, records.len().next_power_of_two()), &[]);
    }

    fn access(&mut self, access: &Access, ts: u32) {
        let [word, prev_ts, ts] = [access.word, access.prev_ts, ts].map(Felt::from_u32);
        self.push(Memory { word, ts: prev_ts, value: limbs(access.prev) }, -Felt::ONE);
        self.push(Memory { word, ts, value: limbs(access.next) }, Felt::ONE);
    }

    fn step(&mut self, step: &Step) {
        let state = |pc, ts| State { pc: Felt::from_u32(pc), ts: Felt::from_u32(ts) };
        self.push(state(step.pc, step.ts), -Felt::ONE);
        self.push(state(step.next_pc, step.ts + STEP_TICKS), Felt::ONE);
        let instruction = &step.instruction;
        let [imm_0, imm_1, imm_2, _] = limbs(instruction.imm);
        let program = Program {
            pc: Felt::from_u32(step.pc),
            op: Felt::from_u8(instruction.op as u8),
            is_imm: Felt::from_bool(instruction.is_imm),
            rd: Felt::from_u8(instruction.rd),
            rs1: Felt::from_u8(instruction.rs1),
            rs2: Felt::from_u8(instruction.rs2),
            imm: [imm_0, imm_1, imm_2],
            target: Felt::from_u32(instruction.target),
        };
        self.push(program, Felt::ONE);
        let accesses = [(&step.rs1, 0), (&step.rs2, 1), (&step.memory[0], 2), (&step.memory[1], 2), (&step.rd, 3)];
        for (access, tick) in accesses {
            // The trace has the default where no access is made.
            if *access != Access::default() {
                self.access(access, step.ts + tick);
            }
        }
    }
}

/// Counts the hash look-ups of a table.
struct HashLookUps<'a>(&'a mut BTreeMap<Vec<u32>, Felt>);

impl Sink for HashLookUps<'_> {
    fn constraint(&mut self, _: usize, _: Felt) {}

    fn message(&mut self, bus: &str, fields: impl Iterator<Item = Felt>, count: Felt, _: u32) {
        if bus == <Hash<Felt> as Message<Felt>>::BUS {
            *self.0.entry(fields.map(|field| field.as_canonical_u32()).collect()).or_insert(Felt::ZERO) += count;
        }
    }
}

fn hash_look_ups<C: RecordChip>(records: &[C::Record], net: &mut BTreeMap<Vec<u32>, Felt>) {
    let table = C::table(records, records.len());
    for row in 0..records.len() {
        C::eval(&mut Evaluator::new(&table, row, &[], &mut HashLookUps(net)));
    }
}

/// What is left of the messages of all tables. Panics if a table violates a constraint or a look-up of its own.
fn balance(trace: &ShardTrace) -> Messages {
    let mut net = Net::default();
    net.table::<BoundaryChip>(&BoundaryChip::table(2), &public_values(&trace.statement));
    net.records::<MemoryLeafChip>(&trace.leaves);
    net.records::<MemoryNodeChip>(&trace.nodes);
    net.records::<UncleChip>(&trace.uncles);
    net.records::<CodeLeafChip>(&trace.code_leaves);
    net.records::<CodeNodeChip>(&trace.code_nodes);
    net.records::<DecodeChip>(&trace.decodes);
    trace.steps.iter().flatten().for_each(|step| net.step(step));
    net.0.retain(|_, count| *count != Felt::ZERO);
    net.0
}

fn count<C: RecordChip>(lookups: &mut Lookups, records: &[C::Record]) {
    lookups.count::<C>(&C::table(records, records.len())).unwrap();
}

/// Every hash look-up is provided as often as it is made.
fn check_hashes(trace: &ShardTrace) {
    let mut lookups = Lookups::new();
    count::<MemoryLeafChip>(&mut lookups, &trace.leaves);
    count::<MemoryNodeChip>(&mut lookups, &trace.nodes);
    count::<CodeLeafChip>(&mut lookups, &trace.code_leaves);
    count::<CodeNodeChip>(&mut lookups, &trace.code_nodes);
    let calls = lookups.hash_calls();
    assert_eq!(calls.len() as u32, Rows::of(trace)[Table::Poseidon2]);
    let mut hashes = BTreeMap::new();
    hash_look_ups::<MemoryLeafChip>(&trace.leaves, &mut hashes);
    hash_look_ups::<MemoryNodeChip>(&trace.nodes, &mut hashes);
    hash_look_ups::<CodeLeafChip>(&trace.code_leaves, &mut hashes);
    hash_look_ups::<CodeNodeChip>(&trace.code_nodes, &mut hashes);
    hash_look_ups::<Poseidon2Chip>(&calls, &mut hashes);
    assert!(hashes.values().all(|&count| count == Felt::ZERO));
}

fn first_shard(steps: u32) -> ShardTrace {
    let hasher = Hasher::new();
    let program = testing::program(&hasher, &testing::torture());
    let mut cutter = Cutter::new(&hasher, &program, b"some input", Limits::steps(steps)).unwrap();
    replay(&hasher, &cutter.next_shard().unwrap().unwrap().package).unwrap()
}

#[test]
fn shards_balance() {
    let hasher = Hasher::new();
    let program = testing::program(&hasher, &testing::torture());
    for steps in [1, 100, u32::MAX] {
        let cutter = Cutter::new(&hasher, &program, b"some input", Limits::steps(steps)).unwrap();
        let mut pc = 0;
        for shard in cutter.take(40) {
            let trace = replay(&hasher, &shard.unwrap().package).unwrap();
            assert_eq!(balance(&trace), Messages::new());
            check_hashes(&trace);
            pc = trace.statement.pc_out;
        }
        assert_eq!(pc == HALT_PC, steps != 1);
    }
}

/// Whole wrong shards in which every table is consistent with itself: only the buses refuse them.
#[test]
fn consistent_cheats_do_not_balance() {
    type Cheat = fn(&mut ShardTrace);
    let cheats: [(&str, Cheat); 11] = [
        ("leaf opened twice with its path (bug class 10, condition 1)", |trace| {
            let leaf = trace.leaves[0].clone();
            let path = trace.nodes.iter().filter(|node| node.index == leaf.index >> node.level);
            let path: Vec<_> = path.cloned().collect();
            trace.nodes.extend(path);
            trace.leaves.push(leaf);
        }),
        ("leaf under another index (condition 2)", |trace| trace.leaves[0].index ^= 1),
        ("write dropped under an unchanged digest (condition 3)", |trace| {
            let leaf = trace.leaves.iter_mut().find(|leaf| leaf.initial != leaf.last).unwrap();
            (leaf.last, leaf.new) = (leaf.initial, leaf.old);
        }),
        ("last access earlier than it was (condition 4)", |trace| {
            let last_ts = trace.leaves.iter_mut().flat_map(|leaf| &mut leaf.last_ts).find(|ts| **ts > 0).unwrap();
            *last_ts -= 1;
        }),
        ("opened node carried over as an uncle too", |trace| {
            let (level, index, digest) = (trace.nodes[1].level, trace.nodes[1].index, trace.nodes[1].old);
            trace.uncles.push(UncleRecord { level, index, digest });
        }),
        ("uncle left out", |trace| trace.uncles.truncate(trace.uncles.len() - 1)),
        ("code leaf under another index (bug class 9)", |trace| trace.code_leaves[0].index += 1),
        ("another word at a pc (condition 11)", |trace| trace.decodes[0].word ^= 1 << 20),
        ("decoded at the pc after it", |trace| trace.decodes[0].pc += 4),
        ("pc of the statement (bug class 11)", |trace| trace.statement.pc_in += 4),
        ("root of the statement (bug class 11)", |trace| trace.statement.root_out = trace.statement.root_in),
    ];
    let honest = first_shard(100);
    assert_eq!(balance(&honest), Messages::new());
    for (name, cheat) in cheats {
        let mut forged = honest.clone();
        cheat(&mut forged);
        assert_ne!(balance(&forged), Messages::new(), "{name}");
    }
}

/// Point 22: a shard without steps proves the identity: one uncle for the whole memory, the code root unopened.
#[test]
fn empty_shard_balances() {
    let mut trace = first_shard(1);
    let (root, pc) = (trace.statement.root_in, trace.statement.pc_in);
    (trace.statement.root_out, trace.statement.pc_out, trace.statement.ts_end) = (root, pc, START_TS);
    trace.steps.iter_mut().for_each(Vec::clear);
    (trace.leaves, trace.nodes, trace.code_leaves, trace.decodes) = Default::default();
    trace.uncles = vec![UncleRecord { level: MEMORY_DEPTH, index: 0, digest: root }];
    trace.code_nodes.truncate(1);
    trace.code_nodes[0].opened = [false; 2];
    assert_eq!(balance(&trace), Messages::new());
}

/// Constraints have degree 3 at most, message fields and counts degree 1.
#[test]
fn degrees() {
    fn of<C: Chip>() -> (usize, usize) {
        let layout = AirLayout { main_width: C::WIDTH, num_public_values: Public::WIDTH, ..AirLayout::default() };
        let mut builder: InteractionSymbolicBuilder<Felt> = InteractionSymbolicBuilder::new(layout);
        C::eval(&mut builder);
        let constraints = builder.base_constraints();
        let messages = builder.global_interactions();
        let parts = messages.iter().flat_map(|message| message.fields.iter().chain([&message.count]));
        (
            constraints.iter().map(SymbolicExpression::degree_multiple).max().unwrap_or(0),
            parts.map(SymbolicExpression::degree_multiple).max().unwrap_or(0),
        )
    }
    assert_eq!(of::<Poseidon2Chip>(), (3, 1));
    assert_eq!(of::<MemoryLeafChip>(), (2, 1));
    assert_eq!(of::<MemoryNodeChip>(), (2, 1));
    assert_eq!(of::<UncleChip>(), (2, 1));
    assert_eq!(of::<CodeLeafChip>(), (2, 1));
    assert_eq!(of::<CodeNodeChip>(), (2, 1));
    assert_eq!(of::<DecodeChip>(), (3, 1));
    assert_eq!(of::<BoundaryChip>(), (2, 1));
}

//! The cut run: executes a program and streams one package per shard while it goes on.

use alloc::vec::Vec;

use thiserror::Error;

use p3_field::PrimeField32;

use crate::budget::Budget;
use crate::code::Code;
use crate::exec::{Cpu, Host, PointCall, Registers, Retired, keccak_words, point_words, run};
use crate::fault::Fault;
use crate::frontier::{Frontier, Kind};
use crate::hash::{Digest, Hasher};
use crate::isa::{Family, Instruction};
use crate::keccak::ROUNDS;
use crate::layout::{
    CODE_DEPTH, KECCAK_TICKS, LEAF_INSTRUCTIONS, LEAF_WORDS, MEMORY_DEPTH, REGISTER_LEAF, REGISTER_LEAVES,
    SECP256K1_TICKS, START_TS, STEP_TICKS,
};
use crate::memory::Memory;
use crate::opening::Opening;
use crate::package::Package;
use crate::paged::Paged;
use crate::program::{InputTooLong, Program};
use crate::replay::MAX_STEPS;
use crate::rows::{BytePairs, Costs, Rows, Table};
use crate::run::{Outcome, OutputTooLong};
use crate::trace::Statement;
use crate::tree::Tree;

/// Where shards end.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most steps of a shard; [`MAX_STEPS`] is the most that matters.
    pub steps: u32,
    /// Most committed cells of a shard.
    pub cells: u64,
    /// What tables cost.
    pub costs: Costs,
}

impl Limits {
    /// Shards of at most `cells` cells.
    pub const fn cells(cells: u64, costs: Costs) -> Self {
        Self { steps: MAX_STEPS, cells, costs }
    }

    /// Shards of `steps` steps, whatever they cost.
    pub fn steps(steps: u32) -> Self {
        Self { steps, cells: 0, costs: Costs::default() }
    }
}

/// One shard of a run.
#[derive(Clone, Debug)]
pub struct Shard {
    /// What a worker needs.
    pub package: Package,
    /// Rows that its replay will generate.
    pub rows: Rows,
}

/// Why a cut run ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CutError {
    /// Not even one step fits the budget.
    #[error("the budget of {0} cells is too small for any shard")]
    Budget(u64),
    /// The guest faults; no proof can exist.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A run that yields its shards one after another.
pub struct Cutter<'a> {
    hasher: &'a Hasher,
    program: &'a Program,
    limits: Limits,
    cpu: Cpu,
    tree: Tree,
    tracker: Tracker<'a>,
    steps: u64,
    failed: bool,
}

impl<'a> Cutter<'a> {
    /// The initial state.
    pub fn new(hasher: &'a Hasher, program: &'a Program, input: &[u8], limits: Limits) -> Result<Self, InputTooLong> {
        Ok(Self {
            hasher,
            program,
            limits,
            cpu: Cpu::new(program.key().entry),
            tree: program.initial_tree(hasher, input)?,
            tracker: Tracker::new(program.code(), program.initial_memory(input)?, &limits),
            steps: 0,
            failed: false,
        })
    }

    /// Runs to the next cut; `None` once the machine has halted.
    pub fn next_shard(&mut self) -> Result<Option<Shard>, CutError> {
        if self.cpu.is_halted() {
            return Ok(None);
        }
        let (pc_in, registers_in) = (self.cpu.pc, self.cpu.registers);
        if !self.tracker.start() {
            return Err(CutError::Budget(self.limits.cells));
        }
        let limit = self.limits.steps.clamp(1, MAX_STEPS);
        let steps = run(&mut self.cpu, &mut self.tracker, limit.into())?;
        self.steps += steps;
        Ok(Some(self.shard(pc_in, &registers_in, steps as u32)))
    }

    /// Steps in the shards so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The memory tree after the last shard.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Exit code and output of a halted machine; `None` while it runs.
    pub fn outcome(&self) -> Option<Result<Outcome, OutputTooLong>> {
        self.cpu.is_halted().then(|| Outcome::read(&self.cpu, &self.tracker.memory))
    }

    /// Exit code and output of a halted machine as a verifier opens them from the last root; `None` while it runs or
    /// if the output is too long.
    pub fn opening(&self) -> Option<Opening> {
        let opening = Opening::new(&self.tree, &self.tracker.memory, &self.cpu.registers);
        opening.filter(|_| self.cpu.is_halted())
    }

    /// The shard of the steps just run; brings the tree up to date.
    fn shard(&mut self, pc_in: u32, registers_in: &Registers, steps: u32) -> Shard {
        let mut leaves = core::mem::take(&mut self.tracker.touched);
        leaves.sort_unstable_by_key(|leaf| leaf.0);
        let data_leaves = leaves.len();
        for leaf in 0..REGISTER_LEAVES {
            if self.tracker.registers >> leaf & 1 != 0 {
                let index = REGISTER_LEAF + leaf as u32;
                leaves.push((index, register_leaf(registers_in, leaf)));
            }
        }
        let frontier = Frontier::new(Kind::Memory, leaves.iter().map(|leaf| leaf.0).collect());
        let uncles = self.tree.uncles(&frontier);
        let root_in = self.tree.root();

        let changed: Vec<_> = (leaves.iter().enumerate())
            .map(|(at, &(index, initial))| {
                let last = if at < data_leaves {
                    self.tracker.memory.leaf(index)
                } else {
                    register_leaf(&self.cpu.registers, (index - REGISTER_LEAF) as usize)
                };
                (index, initial, last)
            })
            .filter(|(_, initial, last)| initial != last)
            .map(|(index, _, last)| (index, last))
            .collect();
        let mut hashes = Hashes::new(&frontier, &self.tree);
        self.tree.update_memory(self.hasher, &changed);
        hashes.extend(&frontier, &self.tree);

        let mut code_indexes = core::mem::take(&mut self.tracker.code_leaves);
        code_indexes.sort_unstable();
        let code_leaves: Vec<_> =
            (code_indexes.iter()).map(|&index| (index, self.program.code().leaf(index))).collect();
        let code_frontier = Frontier::new(Kind::Code, code_indexes);
        let code_tree = self.program.code_tree();
        let code_hashes = Hashes::new(&code_frontier, code_tree);

        let mut rows = *self.tracker.budget.rows();
        let point_operations = rows[Table::Secp256k1Add] + rows[Table::Secp256k1Double];
        let extra_ticks =
            (KECCAK_TICKS - STEP_TICKS) * rows[Table::KeccakCall] + (SECP256K1_TICKS - STEP_TICKS) * point_operations;
        rows[Table::Leaf] = leaves.len() as u32;
        rows[Table::Node] = frontier.nodes() as u32;
        rows[Table::Uncle] = uncles.len() as u32;
        rows[Table::CodeNode] = code_frontier.nodes() as u32;
        rows[Table::Poseidon2] = hashes.distinct() + code_hashes.distinct();
        let package = Package {
            statement: Statement {
                program_root: self.program.key().code_root,
                root_in,
                pc_in,
                root_out: self.tree.root(),
                pc_out: self.cpu.pc,
                ts_end: START_TS + STEP_TICKS * steps + extra_ticks,
            },
            steps,
            leaves,
            uncles,
            code_leaves,
            code_uncles: code_tree.uncles(&code_frontier),
        };
        Shard { package, rows }
    }
}

/// Digests of the opened nodes of a tree, by level: each distinct one is a hash call of its own.
struct Hashes(Vec<Vec<Digest>>);

impl Hashes {
    fn new(frontier: &Frontier, tree: &Tree) -> Self {
        let mut hashes = Self(alloc::vec![Vec::new(); frontier.levels().len()]);
        hashes.extend(frontier, tree);
        hashes
    }

    fn extend(&mut self, frontier: &Frontier, tree: &Tree) {
        for (level, (digests, shape)) in self.0.iter_mut().zip(frontier.levels()).enumerate() {
            digests.extend(shape.opened.iter().map(|&index| tree.get(level, index)));
        }
    }

    fn distinct(self) -> u32 {
        let distinct = |mut digests: Vec<Digest>| {
            digests.sort_unstable_by_key(|digest| digest.map(|felt| felt.to_unique_u32()));
            digests.dedup();
            digests.len() as u32
        };
        self.0.into_iter().map(distinct).sum()
    }
}

impl Iterator for Cutter<'_> {
    type Item = Result<Shard, CutError>;

    /// Ends after the shard that halts, or after an error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let result = self.next_shard();
        self.failed = result.is_err();
        result.transpose()
    }
}

fn register_leaf(registers: &Registers, leaf: usize) -> [u64; LEAF_WORDS] {
    core::array::from_fn(|slot| registers[LEAF_WORDS * leaf + slot])
}

/// The last shard that opened a node on the path of each leaf, to count the union of paths as it grows.
struct PathMarks {
    /// By level, from 1.
    levels: Vec<Paged<u32, 1024>>,
}

impl PathMarks {
    /// Marks for `2^log_leaves` leaves and `log_leaves` levels above them.
    fn new(log_leaves: u32) -> Self {
        let levels = (0..log_leaves).rev().map(|log| Paged::new(1 << log, 0));
        Self { levels: levels.collect() }
    }

    /// Opens the path of a leaf; returns the number of nodes that the shard had not opened.
    fn open(&mut self, leaf: u32, epoch: u32) -> u32 {
        let mut opened = 0;
        for (level, marks) in (1..).zip(&mut self.levels) {
            let mark = marks.get_mut((leaf >> level) as usize);
            if *mark == epoch {
                break;
            }
            *mark = epoch;
            opened += 1;
        }
        opened
    }
}

/// Notes what a shard touches and how large it gets.
///
/// Counts of families, decoded instructions, code leaves and byte pairs are exact. Register leaves are counted as
/// touched and written from the start, and every written leaf as changed, so the other counts are bounds.
struct Tracker<'a> {
    code: &'a Code,
    memory: Memory,
    budget: Budget,
    /// Number of the shard, from 1.
    epoch: u32,
    /// By leaf: twice the last shard that touched it, plus 1 if it wrote.
    marks: Paged<u32, 1024>,
    touched_paths: PathMarks,
    written_paths: PathMarks,
    code_paths: PathMarks,
    /// Touched data leaves with their words before.
    touched: Vec<(u32, [u64; LEAF_WORDS])>,
    /// Bit set of touched register leaves.
    registers: u8,
    /// By position in the code: the last shard that executed the instruction.
    used: Vec<u32>,
    /// By code leaf, from the first on: the last shard that fetched from it.
    used_leaves: Vec<u32>,
    /// Code leaves of this shard.
    code_leaves: Vec<u32>,
    pairs: BytePairs,
}

impl<'a> Tracker<'a> {
    fn new(code: &'a Code, memory: Memory, limits: &Limits) -> Self {
        let instructions = code.words().len();
        Self {
            code,
            memory,
            budget: Budget::new(limits.costs, limits.cells),
            epoch: 0,
            marks: Paged::new(REGISTER_LEAF as usize, 0),
            touched_paths: PathMarks::new(MEMORY_DEPTH - 1),
            written_paths: PathMarks::new(MEMORY_DEPTH - 1),
            code_paths: PathMarks::new(CODE_DEPTH),
            touched: Vec::new(),
            registers: 0,
            used: alloc::vec![0; instructions],
            used_leaves: alloc::vec![0; instructions / LEAF_INSTRUCTIONS],
            code_leaves: Vec::new(),
            pairs: BytePairs::default(),
        }
    }

    /// Starts a shard; says whether its budget has room for an instruction.
    fn start(&mut self) -> bool {
        self.epoch += 1;
        self.registers = 0;
        self.pairs.clear();
        let leaves = REGISTER_LEAVES as u32;
        let indexes = (REGISTER_LEAF..).take(REGISTER_LEAVES).collect();
        let nodes = Frontier::new(Kind::Memory, indexes).nodes() as u32;
        let mut rows = Rows::default();
        rows[Table::Leaf] = leaves;
        rows[Table::Node] = nodes;
        // A register leaf that is not touched is an uncle.
        rows[Table::Uncle] = nodes + 1;
        rows[Table::Poseidon2] = 2 * (leaves + nodes);
        self.budget.start(rows)
    }

    #[inline(always)]
    fn touch(&mut self, word: u32) {
        let leaf = word / LEAF_WORDS as u32;
        if self.marks.get(leaf as usize) | 1 != 2 * self.epoch + 1 {
            self.touch_first(leaf);
        }
    }

    #[inline(always)]
    fn touch_to_write(&mut self, word: u32) {
        let leaf = word / LEAF_WORDS as u32;
        if self.marks.get(leaf as usize) != 2 * self.epoch + 1 {
            self.write_first(leaf);
        }
    }

    #[cold]
    fn touch_first(&mut self, leaf: u32) {
        *self.marks.get_mut(leaf as usize) = 2 * self.epoch;
        self.touched.push((leaf, self.memory.leaf(leaf)));
        let nodes = self.touched_paths.open(leaf, self.epoch);
        self.budget.add(Table::Leaf, 1);
        self.budget.add(Table::Node, nodes);
        // Each opened node has two children, opened or uncles; of the register leaves' uncles five are spare.
        let rows = self.budget.rows();
        let uncles = rows[Table::Node] + 1 + REGISTER_LEAVES as u32 - rows[Table::Leaf];
        self.budget.set(Table::Uncle, uncles);
        self.budget.add(Table::Poseidon2, 1 + nodes);
    }

    #[cold]
    fn write_first(&mut self, leaf: u32) {
        if self.marks.get(leaf as usize) != 2 * self.epoch {
            self.touch_first(leaf);
        }
        *self.marks.get_mut(leaf as usize) = 2 * self.epoch + 1;
        let nodes = self.written_paths.open(leaf, self.epoch);
        self.budget.add(Table::Poseidon2, 1 + nodes);
    }

    #[cold]
    fn use_first(&mut self, position: usize, instruction: &Instruction) {
        self.used[position] = self.epoch;
        self.budget.add(Table::Decode, 1);
        let Instruction { op, is_imm, rd, rs1, rs2, .. } = *instruction;
        let mut mark = |register: u8| self.registers |= 1 << (register / LEAF_WORDS as u8);
        if op.reads_rs1() {
            mark(rs1);
        }
        if op.reads_rs2(is_imm) {
            mark(rs2);
        }
        if op.writes_rd() {
            mark(rd);
        }
        let leaf = position / LEAF_INSTRUCTIONS;
        if self.used_leaves[leaf] != self.epoch {
            self.used_leaves[leaf] = self.epoch;
            let index = self.code.first_leaf() + leaf as u32;
            self.code_leaves.push(index);
            let nodes = self.code_paths.open(index, self.epoch);
            self.budget.add(Table::CodeLeaf, 1);
            self.budget.add(Table::CodeNode, nodes);
            self.budget.add(Table::Poseidon2, 1 + nodes);
        }
    }
}

impl Tracker<'_> {
    /// Notes an accelerator call. It reads a0, and some a1, which no field of the instruction names; one leaf has both.
    fn use_call(&mut self, pc: u32, instruction: &Instruction) {
        let position = self.code.position(pc);
        if self.used[position] != self.epoch {
            self.use_first(position, instruction);
        }
        self.registers |= 1 << (10 / LEAF_WORDS);
    }
}

impl Host for Tracker<'_> {
    type Error = Fault;

    #[inline(always)]
    fn fetch(&mut self, pc: u32) -> Result<Instruction, Fault> {
        self.code.fetch(pc)
    }

    #[inline(always)]
    fn read(&mut self, word: u32) -> Result<u64, Fault> {
        self.touch(word);
        Ok(self.memory.read(word))
    }

    #[inline(always)]
    fn write(&mut self, word: u32, mask: u64, bits: u64) -> Result<(), Fault> {
        self.touch_to_write(word);
        let word = self.memory.word_mut(word);
        *word = *word & !mask | bits;
        Ok(())
    }

    #[inline(always)]
    fn retire(&mut self, retired: &Retired) -> Result<(), Fault> {
        let position = self.code.position(retired.pc);
        if self.used[position] != self.epoch {
            self.use_first(position, &retired.instruction);
        }
        if matches!(retired.family, Family::Bitwise) && self.pairs.insert(retired.rs1, retired.operand) {
            self.budget.set(Table::And, self.pairs.len());
        }
        self.budget.add(Table::Family(retired.family), 1);
        Ok(())
    }

    fn keccak(&mut self, pc: u32, instruction: &Instruction, word: u32) -> Result<(), Fault> {
        keccak_words(self, word)?;
        self.use_call(pc, instruction);
        self.budget.add(Table::KeccakCall, 1);
        self.budget.add(Table::KeccakRound, ROUNDS as u32);
        Ok(())
    }

    fn secp256k1(&mut self, call: &PointCall) -> Result<(), Fault> {
        point_words(self, call)?;
        self.use_call(call.pc, &call.instruction);
        let table = if call.q.is_some() { Table::Secp256k1Add } else { Table::Secp256k1Double };
        self.budget.add(table, 1);
        Ok(())
    }

    #[inline(always)]
    fn paused(&self) -> bool {
        self.budget.is_full()
    }
}

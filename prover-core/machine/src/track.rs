//! The host of the cut run: executes, and notes what a shard touches and how large it gets.

use alloc::vec::Vec;

use crate::budget::{Budget, opened};
use crate::code::Code;
use crate::cut::Limits;
use crate::exec::{
    Host, ModularCall, PointCall, Retired, Sha256Call, Width, keccak_words, modular_words, point_words, sha256_words,
};
use crate::fault::Fault;
use crate::frontier::{Frontier, Kind};
use crate::isa::{Family, Instruction};
use crate::keccak::ROUNDS;
use crate::layout::{CODE_DEPTH, LEAF_INSTRUCTIONS, LEAF_WORDS, MEMORY_DEPTH, REGISTER_LEAF, REGISTER_LEAVES};
use crate::memory::Memory;
use crate::paged::Paged;
use crate::rows::{BytePairs, Rows, Table};
use crate::sha256;

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

/// What ends a section beside its limit of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The guest faults.
    Fault(Fault),
    /// The next instruction, which has done nothing yet, has no room in this shard.
    Full,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Notes what a shard touches and how large it gets.
///
/// Counts of families, decoded instructions, code leaves and byte pairs are exact. Register leaves are counted as
/// touched and written from the start, and every written leaf as changed, so the other counts are bounds.
pub(crate) struct Tracker<'a> {
    code: &'a Code,
    pub memory: Memory,
    pub budget: Budget,
    /// Number of the shard, from 1.
    epoch: u32,
    /// By leaf: twice the last shard that touched it, plus 1 if it wrote.
    marks: Paged<u32, 1024>,
    touched_paths: PathMarks,
    written_paths: PathMarks,
    code_paths: PathMarks,
    /// Touched data leaves with their words before.
    pub touched: Vec<(u32, [u64; LEAF_WORDS])>,
    /// Bit set of touched register leaves.
    pub registers: u8,
    /// By position in the code: the last shard that executed the instruction.
    used: Vec<u32>,
    /// By code leaf, from the first on: the last shard that fetched from it.
    used_leaves: Vec<u32>,
    /// Code leaves of this shard.
    pub code_leaves: Vec<u32>,
    pairs: BytePairs,
}

impl<'a> Tracker<'a> {
    pub fn new(code: &'a Code, memory: Memory, limits: &Limits) -> Self {
        let instructions = code.words().len();
        Self {
            code,
            memory,
            budget: Budget::new(limits.costs, limits.cells, limits.messages),
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
    pub fn start(&mut self) -> bool {
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

    /// Steps of this shard.
    pub fn steps(&self) -> u32 {
        let rows = self.budget.rows();
        rows.0[..Family::COUNT].iter().sum::<u32>() + rows.calls()
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

    /// Notes an accelerator call that adds `rows`. It reads a0, and some a1, which no field of the instruction names;
    /// one leaf has both.
    fn use_call(&mut self, pc: u32, instruction: &Instruction, rows: &[(Table, u32)]) {
        let position = self.code.position(pc);
        if self.used[position] != self.epoch {
            self.use_first(position, instruction);
        }
        self.registers |= 1 << (10 / LEAF_WORDS);
        rows.iter().for_each(|&(table, rows)| self.budget.add(table, rows));
    }
}

impl Host for Tracker<'_> {
    type Error = Stop;

    #[inline(always)]
    fn fetch(&mut self, pc: u32) -> Result<Instruction, Stop> {
        Ok(self.code.fetch(pc)?)
    }

    #[inline(always)]
    fn read(&mut self, word: u32) -> Result<u64, Stop> {
        self.touch(word);
        Ok(self.memory.read(word))
    }

    #[inline(always)]
    fn write(&mut self, word: u32, mask: u64, bits: u64) -> Result<(), Stop> {
        self.touch_to_write(word);
        let word = self.memory.word_mut(word);
        *word = *word & !mask | bits;
        Ok(())
    }

    #[inline(always)]
    fn retire(&mut self, retired: &Retired) -> Result<(), Stop> {
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

    fn keccak(&mut self, pc: u32, instruction: &Instruction, word: u32) -> Result<(), Stop> {
        let rows = [(Table::KeccakCall, 1), (Table::KeccakRound, ROUNDS as u32)];
        if !self.budget.admits(&rows) {
            return Err(Stop::Full);
        }
        keccak_words(self, word)?;
        self.use_call(pc, instruction, &rows);
        Ok(())
    }

    fn secp256k1(&mut self, call: &PointCall) -> Result<(), Stop> {
        let table = if call.q.is_some() { Table::Secp256k1Add } else { Table::Secp256k1Double };
        let rows = [(table, 1)];
        if !self.budget.admits(&rows) {
            return Err(Stop::Full);
        }
        point_words(self, call)?;
        self.use_call(call.pc, &call.instruction, &rows);
        Ok(())
    }

    fn sha256(&mut self, call: &Sha256Call) -> Result<(), Stop> {
        let rows = [(Table::Sha256Call, 1), (Table::Sha256Round, sha256::ROWS as u32)];
        if !self.budget.admits(&rows) {
            return Err(Stop::Full);
        }
        sha256_words(self, call)?;
        self.use_call(call.pc, &call.instruction, &rows);
        Ok(())
    }

    fn modular(&mut self, call: &ModularCall) -> Result<(), Stop> {
        let table = match call.width {
            Width::Bits256 => Table::Modular256,
            Width::Bits384 => Table::Modular384,
        };
        let rows = [(table, 1)];
        // Five numbers, each in two leaves at most, and a code leaf with its path.
        let [leaf, node, uncle, (hash, hashes)] = opened(10);
        if !self.budget.admits(&[rows[0], leaf, node, uncle, (hash, hashes + 1 + CODE_DEPTH)]) {
            return Err(Stop::Full);
        }
        modular_words(self, call)?;
        self.use_call(call.pc, &call.instruction, &rows);
        Ok(())
    }

    #[inline(always)]
    fn paused(&self) -> bool {
        self.budget.is_full()
    }
}

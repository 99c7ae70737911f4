//! The cut run: executes a program and streams one package per shard while it goes on.

use alloc::vec::Vec;

use thiserror::Error;

use crate::code::Code;
use crate::exec::{Cpu, Host, Registers, Retired, keccak_words, run};
use crate::fault::Fault;
use crate::frontier::{Frontier, Kind};
use crate::hash::Hasher;
use crate::isa::Instruction;
use crate::layout::{KECCAK_TICKS, LEAF_INSTRUCTIONS, LEAF_WORDS, REGISTER_LEAF, START_TS, STEP_TICKS};
use crate::memory::Memory;
use crate::package::Package;
use crate::paged::Paged;
use crate::program::{InputTooLong, Program};
use crate::replay::MAX_STEPS;
use crate::run::{Outcome, OutputTooLong};
use crate::trace::Statement;
use crate::tree::Tree;

/// Leaves that hold the registers and the sink.
const REGISTER_LEAVES: usize = 5;

/// Where shards end.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most steps of a shard; [`MAX_STEPS`] is the most that matters.
    pub steps: u32,
}

/// Why a cut run ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CutError {
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
    pub fn new(
        hasher: &'a Hasher,
        program: &'a Program,
        input: &[u8],
        limits: Limits,
    ) -> Result<Self, InputTooLong> {
        Ok(Self {
            hasher,
            program,
            limits,
            cpu: Cpu::new(program.key().entry),
            tree: program.initial_tree(hasher, input)?,
            tracker: Tracker::new(program.code(), program.initial_memory(input)?),
            steps: 0,
            failed: false,
        })
    }

    /// Runs to the next cut; `None` once the machine has halted.
    pub fn next_shard(&mut self) -> Result<Option<Package>, CutError> {
        if self.cpu.is_halted() {
            return Ok(None);
        }
        let (pc_in, registers_in) = (self.cpu.pc, self.cpu.registers);
        self.tracker.start();
        let limit = self.limits.steps.clamp(1, MAX_STEPS);
        let steps = run(&mut self.cpu, &mut self.tracker, limit.into())?;
        self.steps += steps;
        Ok(Some(self.package(pc_in, &registers_in, steps as u32)))
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
        self.cpu
            .is_halted()
            .then(|| Outcome::read(&self.cpu, &self.tracker.memory))
    }

    /// The package of the steps just run; brings the tree up to date.
    fn package(&mut self, pc_in: u32, registers_in: &Registers, steps: u32) -> Package {
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
        self.tree.update_memory(self.hasher, &changed);

        let mut code_indexes = core::mem::take(&mut self.tracker.code_leaves);
        code_indexes.sort_unstable();
        let code_leaves = (code_indexes.iter())
            .map(|&index| (index, self.program.code().leaf(index)))
            .collect();
        let code_frontier = Frontier::new(Kind::Code, code_indexes);
        Package {
            statement: Statement {
                program_root: self.program.key().code_root,
                root_in,
                pc_in,
                root_out: self.tree.root(),
                pc_out: self.cpu.pc,
                ts_end: START_TS + STEP_TICKS * steps + (KECCAK_TICKS - STEP_TICKS) * self.tracker.keccaks,
            },
            steps,
            leaves,
            uncles,
            code_leaves,
            code_uncles: self.program.code_tree().uncles(&code_frontier),
        }
    }
}

impl Iterator for Cutter<'_> {
    type Item = Result<Package, CutError>;

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

/// Notes what a shard touches.
struct Tracker<'a> {
    code: &'a Code,
    memory: Memory,
    /// Number of the shard, from 1.
    epoch: u32,
    /// By leaf: the last shard that touched it.
    marks: Paged<u32, 1024>,
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
    /// Calls of keccak-f in this shard.
    keccaks: u32,
}

impl<'a> Tracker<'a> {
    fn new(code: &'a Code, memory: Memory) -> Self {
        let instructions = code.words().len();
        Self {
            code,
            memory,
            epoch: 0,
            marks: Paged::new(REGISTER_LEAF as usize, 0),
            touched: Vec::new(),
            registers: 0,
            used: alloc::vec![0; instructions],
            used_leaves: alloc::vec![0; instructions / LEAF_INSTRUCTIONS],
            code_leaves: Vec::new(),
            keccaks: 0,
        }
    }

    fn start(&mut self) {
        self.keccaks = 0;
        self.epoch += 1;
        self.registers = 0;
    }

    #[inline(always)]
    fn touch(&mut self, word: u32) {
        let leaf = word / LEAF_WORDS as u32;
        if self.marks.get(leaf as usize) != self.epoch {
            self.touch_first(leaf);
        }
    }

    #[cold]
    fn touch_first(&mut self, leaf: u32) {
        *self.marks.get_mut(leaf as usize) = self.epoch;
        self.touched.push((leaf, self.memory.leaf(leaf)));
    }

    #[cold]
    fn use_first(&mut self, position: usize, instruction: &Instruction) {
        self.used[position] = self.epoch;
        let Instruction {
            op,
            is_imm,
            rd,
            rs1,
            rs2,
            ..
        } = *instruction;
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
            self.code_leaves.push(self.code.first_leaf() + leaf as u32);
        }
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
        self.touch(word);
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
        Ok(())
    }

    fn keccak(&mut self, pc: u32, instruction: &Instruction, word: u32) -> Result<(), Fault> {
        keccak_words(self, word)?;
        let position = self.code.position(pc);
        if self.used[position] != self.epoch {
            self.use_first(position, instruction);
        }
        // a0, which no field of the instruction names.
        self.registers |= 1 << (10 / LEAF_WORDS);
        self.keccaks += 1;
        Ok(())
    }
}

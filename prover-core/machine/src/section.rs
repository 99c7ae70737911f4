//! Sections: the steps of one shard and what they touched, before anything is hashed.

use alloc::vec::Vec;

use crate::cut::{CutError, Limits};
use crate::exec::{Cpu, Registers, run};
use crate::layout::{LEAF_WORDS, REGISTER_LEAF, REGISTER_LEAVES};
use crate::memory::Memory;
use crate::program::{InputTooLong, Program};
use crate::replay::MAX_STEPS;
use crate::rows::Rows;
use crate::run::{Outcome, OutputTooLong};
use crate::track::{Stop, Tracker};

/// A touched memory leaf, before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TouchedLeaf {
    /// Leaf index.
    pub index: u32,
    /// Words before.
    pub initial: [u64; LEAF_WORDS],
    /// Words after.
    pub last: [u64; LEAF_WORDS],
}

/// The steps of one shard.
#[derive(Clone, Debug)]
pub struct Section {
    /// pc before.
    pub pc_in: u32,
    /// pc after.
    pub pc_out: u32,
    /// Number of steps.
    pub steps: u32,
    /// Touched memory leaves, ascending.
    pub leaves: Vec<TouchedLeaf>,
    /// Used code leaves, ascending.
    pub code_leaves: Vec<u32>,
    /// Bounds for the rows of every table; exact for families, decoding, code leaves and byte pairs.
    pub bounds: Rows,
}

/// A run that stops where shards end.
pub struct Runner<'a> {
    limits: Limits,
    cpu: Cpu,
    tracker: Tracker<'a>,
    steps: u64,
}

impl<'a> Runner<'a> {
    /// The initial state.
    pub fn new(program: &'a Program, input: &[u8], limits: Limits) -> Result<Self, InputTooLong> {
        Ok(Self {
            limits,
            cpu: Cpu::new(program.key().entry),
            tracker: Tracker::new(program.code(), program.initial_memory(input)?, &limits),
            steps: 0,
        })
    }

    /// Runs to the next cut; `None` once the machine has halted.
    pub fn next_section(&mut self) -> Result<Option<Section>, CutError> {
        if self.cpu.is_halted() {
            return Ok(None);
        }
        if !self.tracker.start() {
            return Err(CutError::Budget(self.limits.cells));
        }
        let (pc_in, registers_in) = (self.cpu.pc, self.cpu.registers);
        let limit = self.limits.steps.clamp(1, MAX_STEPS);
        match run(&mut self.cpu, &mut self.tracker, limit.into()) {
            Ok(_) | Err(Stop::Full) => {}
            Err(Stop::Fault(fault)) => return Err(fault.into()),
        }
        let steps = self.tracker.steps();
        if steps == 0 {
            return Err(CutError::Budget(self.limits.cells));
        }
        self.steps += u64::from(steps);
        let mut code_leaves = core::mem::take(&mut self.tracker.code_leaves);
        code_leaves.sort_unstable();
        Ok(Some(Section {
            pc_in,
            pc_out: self.cpu.pc,
            steps,
            leaves: self.leaves(&registers_in),
            code_leaves,
            bounds: *self.tracker.budget.rows(),
        }))
    }

    /// Steps in the sections so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Registers and pc.
    pub fn cpu(&self) -> &Cpu {
        &self.cpu
    }

    /// Data space.
    pub fn memory(&self) -> &Memory {
        &self.tracker.memory
    }

    /// Exit code and output of a halted machine; `None` while it runs.
    pub fn outcome(&self) -> Option<Result<Outcome, OutputTooLong>> {
        self.cpu.is_halted().then(|| Outcome::read(&self.cpu, self.memory()))
    }

    /// The leaves of the section just run: data, then registers.
    fn leaves(&mut self, registers_in: &Registers) -> Vec<TouchedLeaf> {
        let mut touched = core::mem::take(&mut self.tracker.touched);
        touched.sort_unstable_by_key(|leaf| leaf.0);
        let memory = &self.tracker.memory;
        let data = touched.into_iter().map(|(index, initial)| TouchedLeaf { index, initial, last: memory.leaf(index) });
        let registers = (0..REGISTER_LEAVES).filter(|&leaf| self.tracker.registers >> leaf & 1 != 0);
        let registers = registers.map(|leaf| TouchedLeaf {
            index: REGISTER_LEAF + leaf as u32,
            initial: register_leaf(registers_in, leaf),
            last: register_leaf(&self.cpu.registers, leaf),
        });
        data.chain(registers).collect()
    }
}

fn register_leaf(registers: &Registers, leaf: usize) -> [u64; LEAF_WORDS] {
    core::array::from_fn(|slot| registers[LEAF_WORDS * leaf + slot])
}

//! The cut run: executes a program and streams one package per shard while it goes on.
//!
//! [`Runner`] executes and cuts, [`Assembler`] hashes; [`Cutter`] is one after the other. A node with threads gives
//! each its own: the serial part of a run is then the slower of the two.

use thiserror::Error;

pub use crate::assemble::{Assembler, Shard};
use crate::fault::Fault;
use crate::hash::Hasher;
use crate::opening::Opening;
use crate::program::{InputTooLong, Program};
use crate::replay::MAX_STEPS;
use crate::rows::Costs;
use crate::run::{Outcome, OutputTooLong};
pub use crate::section::{Runner, Section};
use crate::tree::Tree;

/// Where shards end.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most steps of a shard; [`MAX_STEPS`] is the most that matters.
    pub steps: u32,
    /// Most committed cells of a shard.
    pub cells: u64,
    /// Most messages of a shard. A proof system that pads their number to a power of two wants it just below one.
    pub messages: u64,
    /// What tables cost.
    pub costs: Costs,
}

impl Limits {
    /// Shards of at most `cells` cells and half as many messages: about the ratio of the instruction chips.
    pub const fn cells(cells: u64, costs: Costs) -> Self {
        Self { steps: MAX_STEPS, cells, messages: cells / 2, costs }
    }

    /// Shards of `steps` steps, whatever they cost.
    pub fn steps(steps: u32) -> Self {
        Self { steps, cells: 0, messages: 0, costs: Costs::default() }
    }
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
    runner: Runner<'a>,
    assembler: Assembler<'a>,
    failed: bool,
}

impl<'a> Cutter<'a> {
    /// The initial state.
    pub fn new(hasher: &'a Hasher, program: &'a Program, input: &[u8], limits: Limits) -> Result<Self, InputTooLong> {
        Ok(Self {
            runner: Runner::new(program, input, limits)?,
            assembler: Assembler::new(hasher, program, input)?,
            failed: false,
        })
    }

    /// Runs to the next cut; `None` once the machine has halted.
    pub fn next_shard(&mut self) -> Result<Option<Shard>, CutError> {
        let section = self.runner.next_section()?;
        Ok(section.map(|section| self.assembler.assemble(section)))
    }

    /// Steps in the shards so far.
    pub fn steps(&self) -> u64 {
        self.runner.steps()
    }

    /// The memory tree after the last shard.
    pub fn tree(&self) -> &Tree {
        self.assembler.tree()
    }

    /// Exit code and output of a halted machine; `None` while it runs.
    pub fn outcome(&self) -> Option<Result<Outcome, OutputTooLong>> {
        self.runner.outcome()
    }

    /// Exit code and output of a halted machine as a verifier opens them from the last root; `None` while it runs or
    /// if the output is too long.
    pub fn opening(&self) -> Option<Opening> {
        let cpu = self.runner.cpu();
        let opening = Opening::new(self.tree(), self.runner.memory(), &cpu.registers);
        opening.filter(|_| cpu.is_halted())
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

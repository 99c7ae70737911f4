//! The plain run: no proofs, as fast as the interpreter goes.

use alloc::vec::Vec;

use thiserror::Error;

use crate::code::Code;
use crate::exec::{
    Cpu, Host, ModularCall, PointCall, Retired, Sha256Call, keccak_words, modular_words, point_words, run, sha256_words,
};
use crate::fault::Fault;
use crate::isa::Instruction;
use crate::layout::{OUTPUT_BASE, OUTPUT_MAX};
use crate::memory::Memory;
use crate::program::{InputTooLong, Program};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Value of a0 at `exit`. 0 means success.
    pub exit_code: u64,
    /// Bytes of the output region.
    pub output: Vec<u8>,
}

/// The length word of the output region says more than [`OUTPUT_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the output's length {0} is over the limit")]
pub struct OutputTooLong(pub u64);

impl Outcome {
    /// Reads exit code and output of a halted machine.
    pub fn read(cpu: &Cpu, memory: &Memory) -> Result<Self, OutputTooLong> {
        let len = memory.read((OUTPUT_BASE / 8) as u32);
        if len > OUTPUT_MAX {
            return Err(OutputTooLong(len));
        }
        Ok(Self { exit_code: cpu.registers[10], output: memory.read_bytes(OUTPUT_BASE + 8, len as usize) })
    }
}

/// A machine that runs a program.
#[derive(Clone, Debug)]
pub struct Machine<'a> {
    code: &'a Code,
    memory: Memory,
    cpu: Cpu,
    steps: u64,
}

impl<'a> Machine<'a> {
    /// The initial state.
    pub fn new(program: &'a Program, input: &[u8]) -> Result<Self, InputTooLong> {
        Ok(Self {
            code: program.code(),
            memory: program.initial_memory(input)?,
            cpu: Cpu::new(program.key().entry),
            steps: 0,
        })
    }

    /// Runs at most `limit` steps; returns whether the machine has halted. Call it in slices to stop a run from
    /// outside. After a fault the machine stands at the faulting instruction.
    pub fn run(&mut self, limit: u64) -> Result<bool, Fault> {
        let mut host = Plain { code: self.code, memory: &mut self.memory };
        self.steps += run(&mut self.cpu, &mut host, limit)?;
        Ok(self.cpu.is_halted())
    }

    /// Steps done in completed calls of [`Machine::run`].
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Registers and pc.
    pub fn cpu(&self) -> &Cpu {
        &self.cpu
    }

    /// Data space.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Exit code and output of a halted machine; `None` while it runs.
    pub fn outcome(&self) -> Option<Result<Outcome, OutputTooLong>> {
        self.cpu.is_halted().then(|| Outcome::read(&self.cpu, &self.memory))
    }
}

struct Plain<'a> {
    code: &'a Code,
    memory: &'a mut Memory,
}

impl Host for Plain<'_> {
    type Error = Fault;

    #[inline(always)]
    fn fetch(&mut self, pc: u32) -> Result<Instruction, Fault> {
        self.code.fetch(pc)
    }

    #[inline(always)]
    fn read(&mut self, word: u32) -> Result<u64, Fault> {
        Ok(self.memory.read(word))
    }

    #[inline(always)]
    fn write(&mut self, word: u32, mask: u64, bits: u64) -> Result<(), Fault> {
        let word = self.memory.word_mut(word);
        *word = *word & !mask | bits;
        Ok(())
    }

    #[inline(always)]
    fn retire(&mut self, _: &Retired) -> Result<(), Fault> {
        Ok(())
    }

    fn keccak(&mut self, _: u32, _: &Instruction, word: u32) -> Result<(), Fault> {
        keccak_words(self, word)
    }

    fn secp256k1(&mut self, call: &PointCall) -> Result<(), Fault> {
        point_words(self, call)
    }

    fn sha256(&mut self, call: &Sha256Call) -> Result<(), Fault> {
        sha256_words(self, call)
    }

    fn modular(&mut self, call: &ModularCall) -> Result<(), Fault> {
        modular_words(self, call)
    }
}

//! The host that notes every instruction.

use hearth_machine::code::Code;
use hearth_machine::exec::{
    Cpu, Host, ModularCall, PointCall, Retired, Sha256Call, Width, keccak_words, modular_words, point_words, run,
    sha256_words,
};
use hearth_machine::fault::Fault;
use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::SINK_REGISTER;
use hearth_machine::memory::Memory;
use hearth_machine::program::{InputTooLong, Program};
use thiserror::Error;

use crate::paths::Paths;
use crate::weights::{KECCAK, KINDS, MODULAR_256, MODULAR_384, NAMES, POINT_ADD, POINT_DOUBLE, SHA256};
use crate::{CallPath, Cost, Function, Kind, Profile, Symbols, Weights};

/// Steps between two looks at the caller's wish to go on.
const SLICE: u64 = 1 << 24;
/// ra: what calls link to.
const LINK: u8 = 1;

/// Why there is no profile.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// See [`InputTooLong`].
    #[error(transparent)]
    Input(#[from] InputTooLong),
    /// The run faults.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The caller did not want to go on.
    #[error("stopped")]
    Stopped,
}

/// How much of a profile is kept.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Functions.
    pub functions: usize,
    /// Call paths.
    pub paths: usize,
}

/// Runs `program` on `input` to its end and tells where its steps go. `goes_on` is asked now and then with the steps so far.
///
/// # Errors
/// A run that faults or is stopped, an input that is too long.
pub fn profile(
    program: &Program,
    input: &[u8],
    symbols: &Symbols,
    weights: &Weights,
    counts: Counts,
    mut goes_on: impl FnMut(u64) -> bool,
) -> Result<Profile, Error> {
    let code = program.code();
    let by_position = symbols.by_position(code);
    let mut cpu = Cpu::new(program.key().entry);
    let entry = by_position.get(code.position(cpu.pc)).map_or(symbols.len() as u32 - 1, |place| place.0);
    let mut recorder = Recorder {
        code,
        memory: program.initial_memory(input)?,
        weights: &weights.0,
        by_position,
        own: vec![Cost::default(); symbols.len()],
        kinds: [0; KINDS],
        paths: Paths::new(entry),
    };
    let mut steps = 0;
    while !cpu.is_halted() {
        if !goes_on(steps) {
            return Err(Error::Stopped);
        }
        steps += run(&mut cpu, &mut recorder, SLICE)?;
    }
    Ok(recorder.finish(symbols, counts))
}

struct Recorder<'a> {
    code: &'a Code,
    memory: Memory,
    weights: &'a [u64; KINDS],
    by_position: Vec<(u32, bool)>,
    /// By function.
    own: Vec<Cost>,
    /// Instructions of each kind.
    kinds: [u64; KINDS],
    paths: Paths,
}

impl Recorder<'_> {
    #[inline(always)]
    fn place(&self, pc: u32) -> Option<(u32, bool)> {
        self.by_position.get(self.code.position(pc)).copied()
    }

    #[inline(always)]
    fn count(&mut self, pc: u32, kind: usize) {
        let cost = Cost { steps: 1, area: self.weights[kind] };
        self.kinds[kind] += 1;
        if let Some((function, _)) = self.place(pc) {
            self.own[function as usize].add(cost);
        }
        self.paths.count(cost);
    }

    /// Follows a jump.
    fn jump(&mut self, retired: &Retired) {
        let Instruction { op, rd, rs1, imm, .. } = retired.instruction;
        let Some((target, is_start)) = self.place(retired.next_pc) else { return };
        match rd {
            LINK => self.paths.call(target, retired.pc.wrapping_add(4)),
            SINK_REGISTER if op == Op::Jalr && rs1 == LINK && imm == 0 => self.paths.return_to(retired.next_pc),
            // A loop to the start of its own function is none.
            SINK_REGISTER if is_start && self.place(retired.pc).is_some_and(|here| here.0 != target) => {
                self.paths.tail_call(target);
            }
            _ => {}
        }
    }

    fn finish(self, symbols: &Symbols, counts: Counts) -> Profile {
        let mut cost = Cost::default();
        let mut kinds = Vec::new();
        for (kind, &steps) in self.kinds.iter().enumerate().filter(|(_, steps)| **steps != 0) {
            let of_kind = Cost { steps, area: steps * self.weights[kind] };
            cost.add(of_kind);
            kinds.push(Kind { name: NAMES[kind], cost: of_kind });
        }
        kinds.sort_by_key(|kind| core::cmp::Reverse(kind.cost.area));

        let totals = self.paths.totals(symbols.len());
        let mut order: Vec<usize> = (0..self.own.len()).filter(|&function| totals[function].steps != 0).collect();
        order.sort_by_key(|&function| core::cmp::Reverse((self.own[function].area, totals[function].area)));
        let functions = order.into_iter().take(counts.functions).map(|function| Function {
            name: symbols.name(function as u32).into(),
            own: self.own[function],
            total: totals[function],
        });

        let nodes = self.paths.nodes();
        let mut order: Vec<usize> = (0..nodes.len()).filter(|&node| nodes[node].own.steps != 0).collect();
        order.sort_by_key(|&node| core::cmp::Reverse(nodes[node].own.area));
        let paths = order.into_iter().take(counts.paths).map(|node| CallPath {
            functions: self.paths.path(node).into_iter().map(|function| symbols.name(function).into()).collect(),
            own: nodes[node].own,
        });
        Profile { cost, kinds, functions: functions.collect(), paths: paths.collect() }
    }
}

impl Host for Recorder<'_> {
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
    fn retire(&mut self, retired: &Retired) -> Result<(), Fault> {
        self.count(retired.pc, retired.family as usize);
        if matches!(retired.instruction.op, Op::Jal | Op::Jalr) {
            self.jump(retired);
        }
        Ok(())
    }

    fn keccak(&mut self, pc: u32, _: &Instruction, word: u32) -> Result<(), Fault> {
        self.count(pc, KECCAK);
        keccak_words(self, word)
    }

    fn secp256k1(&mut self, call: &PointCall) -> Result<(), Fault> {
        self.count(call.pc, if call.q.is_some() { POINT_ADD } else { POINT_DOUBLE });
        point_words(self, call)
    }

    fn sha256(&mut self, call: &Sha256Call) -> Result<(), Fault> {
        self.count(call.pc, SHA256);
        sha256_words(self, call)
    }

    fn modular(&mut self, call: &ModularCall) -> Result<(), Fault> {
        let kind = match call.width {
            Width::Bits256 => MODULAR_256,
            Width::Bits384 => MODULAR_384,
        };
        self.count(call.pc, kind);
        modular_words(self, call)
    }
}

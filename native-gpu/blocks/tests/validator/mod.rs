//! The committed guest of the stateless validator in the plain machine.

use hearth_blocks::{OUTPUT_SIZE, Output};
use hearth_machine::{fault::Fault, hash::Hasher, program::Program, run::Machine};
use std::{fmt, path::Path};

/// The program, decoded once.
pub struct Validator(Program);

/// A run that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// What it wrote.
    pub output: Output,
    /// Instructions.
    pub steps: u64,
}

/// A run without an output of the validator: what no input may lead to.
#[derive(Debug)]
pub enum Broken {
    /// The input is larger than the machine's region.
    Input(usize),
    /// It faulted.
    Fault(Fault),
    /// It ended with another exit code than 0; 101 is a panic.
    ExitCode(u64),
    /// What it wrote is not 43 bytes with a validity of 0 or 1.
    Output(Vec<u8>),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(len) => write!(f, "{len} bytes are no input of the machine"),
            Self::Fault(fault) => write!(f, "{fault}"),
            Self::ExitCode(code) => write!(f, "exit code {code}"),
            Self::Output(bytes) => write!(f, "output of {} bytes, not {OUTPUT_SIZE}: {bytes:02x?}", bytes.len()),
        }
    }
}

impl Validator {
    /// Reads `guests/elf/stateless-validator.elf`.
    pub fn committed() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/elf/stateless-validator.elf");
        let elf = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(Program::from_elf(&Hasher::new(), &elf).expect("the committed file is a program"))
    }

    /// Runs it on an input; `None` if it is not at its end after `limit` instructions.
    pub fn run(&self, input: &[u8], limit: u64) -> Result<Option<Run>, Broken> {
        let mut machine = Machine::new(&self.0, input).map_err(|_| Broken::Input(input.len()))?;
        if !machine.run(limit).map_err(Broken::Fault)? {
            return Ok(None);
        }
        let outcome = machine.outcome().expect("it has halted").map_err(|_| Broken::Output(Vec::new()))?;
        if outcome.exit_code != 0 {
            return Err(Broken::ExitCode(outcome.exit_code));
        }
        let output = Output::from_bytes(&outcome.output).ok_or(Broken::Output(outcome.output))?;
        Ok(Some(Run { output, steps: machine.steps() }))
    }
}

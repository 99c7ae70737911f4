//! The program and its input as the command line names them.

use std::path::{Path, PathBuf};

use hearth_machine::hash::Hasher;
use hearth_machine::layout::INPUT_MAX;
use hearth_machine::program::Program;

use crate::failure::{self, Failure};

/// Largest ELF file that is read: debug information of a large guest included.
pub const MAX_FILE: u64 = 1 << 28;

/// A guest and what it reads.
#[derive(clap::Args)]
pub struct Guest {
    /// The guest's ELF file.
    #[arg(long, value_name = "ELF")]
    pub program: PathBuf,
    /// File that the guest reads as its input; empty input without it.
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
}

impl Guest {
    /// Reads both files.
    pub fn load(&self) -> Result<(Program, Vec<u8>), Failure> {
        Ok((load_program(&self.program)?, self.read_input()?))
    }

    /// Reads the input alone.
    pub fn read_input(&self) -> Result<Vec<u8>, Failure> {
        match &self.input {
            Some(path) => failure::read(path, INPUT_MAX),
            None => Ok(Vec::new()),
        }
    }
}

/// Reads a guest's ELF file.
pub fn load_program(path: &Path) -> Result<Program, Failure> {
    Ok(load_elf(path)?.0)
}

/// A guest's program, and the ELF file's bytes with its symbols.
pub fn load_elf(path: &Path) -> Result<(Program, Vec<u8>), Failure> {
    let file = failure::read(path, MAX_FILE)?;
    let program = Program::from_elf(&Hasher::new(), &file).map_err(|error| Failure::bad_input(path, error))?;
    Ok((program, file))
}

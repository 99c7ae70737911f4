//! A block file, imported and judged by the validator natively before anything is proved.

use std::path::PathBuf;

use hearth_blocks::{BlockFile, ImportError, Imported, import_file};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;

use crate::failure::Failure;
use crate::program::load_program;

/// The stateless validator that this binary proves: guests/stateless-validator with the keccak-f accelerator.
const VALIDATOR: &[u8] = include_bytes!("../../../guests/elf/stateless-validator.elf");

/// The validator's program: the built-in one, or another ELF file.
pub fn load_validator(elf: Option<&PathBuf>) -> Result<Program, Failure> {
    match elf {
        Some(path) => load_program(path),
        None => Program::from_elf(&Hasher::new(), VALIDATOR).map_err(|error| Failure::Internal(error.to_string())),
    }
}

/// Which block.
#[derive(clap::Args)]
pub struct Source {
    /// Block file: one block with its witness as JSON, plain or zstd (docs/blocks.md).
    file: PathBuf,
    /// Keep witness nodes that the execution does not need.
    #[arg(long)]
    keep_witness: bool,
}

impl Source {
    /// Reads and imports the block.
    pub fn import(&self) -> Result<Imported, Failure> {
        let file = BlockFile::read(&self.file).map_err(|error| self.failure(error))?;
        import_file(&file, !self.keep_witness).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: ImportError) -> Failure {
        match error {
            ImportError::Io { error, .. } => Failure::Io { path: self.file.clone(), source: error },
            error => Failure::bad_input(&self.file, error),
        }
    }
}

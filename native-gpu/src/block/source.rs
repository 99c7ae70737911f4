//! A block file, imported and judged by the validator natively before anything is proved.

use std::borrow::Cow;
use std::path::PathBuf;

use hearth_blocks::{BlockFile, ImportError, Imported, import_file};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;

use crate::failure::Failure;
use crate::program::load_elf;

/// The stateless validator that this binary proves: guests/stateless-validator with all accelerators.
const VALIDATOR: &[u8] = include_bytes!("../../../guests/elf/stateless-validator.elf");

/// The validator's program: the built-in one, or another ELF file.
pub fn load_validator(elf: Option<&PathBuf>) -> Result<Program, Failure> {
    Ok(load_validator_elf(elf)?.0)
}

/// The same with the bytes of its ELF file.
pub fn load_validator_elf(elf: Option<&PathBuf>) -> Result<(Program, Cow<'static, [u8]>), Failure> {
    if let Some(path) = elf {
        let (program, file) = load_elf(path)?;
        return Ok((program, file.into()));
    }
    let program = Program::from_elf(&Hasher::new(), VALIDATOR).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok((program, VALIDATOR.into()))
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

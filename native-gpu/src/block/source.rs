//! A block from a file or a live node, imported and judged by the validator natively before anything is proved.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use hearth_blocks::{BlockFile, ImportError, Imported, import_file, rpc};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;

use super::client;
use crate::failure::Failure;
use crate::program::load_elf;

/// The stateless validator that this binary proves: guests/stateless-validator with all accelerators.
const VALIDATOR: &[u8] = include_bytes!("../../../guests/elf/stateless-validator.elf");
/// How long an execution client may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

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
    #[arg(required_unless_present = "rpc", conflicts_with = "rpc")]
    file: Option<PathBuf>,
    /// Execution client to ask instead: http://HOST:PORT.
    #[arg(long, value_name = "URL")]
    rpc: Option<String>,
    /// Which block to ask for: a number or a name like latest.
    #[arg(long, value_name = "BLOCK", default_value = "latest", requires = "rpc")]
    block: String,
    /// Rules of the client's chain where it is no public network: a fork's name, like Cancun.
    #[arg(long, value_name = "NAME", requires = "rpc")]
    chain_rules: Option<String>,
    /// Keep witness nodes that the execution does not need.
    #[arg(long)]
    keep_witness: bool,
}

impl Source {
    /// The block with its witness.
    pub fn read(&self) -> Result<BlockFile, Failure> {
        match (&self.file, &self.rpc) {
            (Some(path), _) => BlockFile::read(path),
            (None, Some(url)) => {
                let tag = self.block.parse().map_or_else(|_| self.block.clone(), |number: u64| format!("{number:#x}"));
                rpc::fetch(&mut *client(url, PATIENCE), &tag, self.chain_rules.as_deref())
            }
            (None, None) => return Err(Failure::Usage("give a block file or --rpc".into())),
        }
        .map_err(|error| self.failure(error))
    }

    /// Reads and imports the block.
    pub fn import(&self) -> Result<Imported, Failure> {
        self.import_file(&self.read()?)
    }

    /// Imports a block that was read.
    pub fn import_file(&self, file: &BlockFile) -> Result<Imported, Failure> {
        import_file(file, !self.keep_witness).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: ImportError) -> Failure {
        let origin = self.file.clone().or_else(|| self.rpc.as_ref().map(PathBuf::from)).unwrap_or_default();
        match error {
            ImportError::Io { error, .. } => Failure::Io { path: origin, source: error },
            error => Failure::bad_input(&origin, error),
        }
    }
}

//! Why a command failed, and the exit code that says so to scripts.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A failed command. The exit codes are part of the command line's contract (docs/cli.md).
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something that should not happen, whatever the input.
    #[error("internal error: {0}")]
    Internal(String),
    /// The command line asks for something that does not exist or does not fit together.
    #[error("{0}")]
    Usage(String),
    /// A file's content is not what it should be.
    #[error("{}: {reason}", path.display())]
    BadInput {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A proof does not prove what was asked.
    #[error("proof rejected: {0}")]
    Rejected(String),
    /// The guest faulted or ended with another exit code than 0.
    #[error("guest failed: {0}")]
    Guest(String),
    /// The run or the proof would pass a budget.
    #[error("over budget: {0}")]
    OverBudget(String),
    /// Reading or writing failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

impl Failure {
    /// The exit code of this failure.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Internal(_) => 1,
            Self::Usage(_) => 2,
            Self::BadInput { .. } => 3,
            Self::Rejected(_) => 4,
            Self::Guest(_) => 5,
            Self::OverBudget(_) => 6,
            Self::Io { .. } => 7,
            Self::Interrupted => 130,
        })
    }

    /// A file whose content is wrong.
    pub fn bad_input(path: &Path, reason: impl ToString) -> Self {
        Self::BadInput { path: path.to_owned(), reason: reason.to_string() }
    }
}

/// Reads a file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let io = |source| Failure::Io { path: path.to_owned(), source };
    let length = std::fs::metadata(path).map_err(io)?.len();
    if length > limit {
        return Err(Failure::bad_input(path, format!("{length} bytes, more than the {limit} that are accepted")));
    }
    std::fs::read(path).map_err(io)
}

/// Writes a file whole or not at all: to a neighbour first, then renamed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let io = |source| Failure::Io { path: path.to_owned(), source };
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".part");
    std::fs::write(&temporary, bytes).map_err(io)?;
    std::fs::rename(&temporary, path).map_err(io)
}

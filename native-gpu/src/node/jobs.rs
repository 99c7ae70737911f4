//! Which runs: block files, or one program with its input.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hearth_blocks::{BlockFile, import_file};
use hearth_machine::program::Program;

use crate::failure::Failure;

/// The runs of a node, in order.
pub struct Jobs {
    /// The program of all of them.
    pub program: Arc<Program>,
    /// What it reads in each.
    pub inputs: Vec<Job>,
}

/// What one run reads.
pub enum Job {
    /// These bytes.
    Input {
        /// Name for reports.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The block of a file.
    Block(PathBuf),
}

/// A run that is ready to be executed.
pub struct Loaded {
    /// What the program reads.
    pub input: Vec<u8>,
    /// Height and hash, if it is a block.
    pub block: Option<(u64, String)>,
}

impl Job {
    /// The block files of a folder by name, or the one file.
    pub fn blocks(path: &Path) -> Result<Vec<Self>, Failure> {
        let io = |source| Failure::Io { path: path.to_owned(), source };
        if !fs::metadata(path).map_err(io)?.is_dir() {
            return Ok(vec![Self::Block(path.to_owned())]);
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(path).map_err(io)? {
            let file = entry.map_err(io)?.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".json") || name.ends_with(".json.zst") {
                files.push(file);
            }
        }
        files.sort();
        if files.is_empty() {
            return Err(Failure::bad_input(path, "no file *.json or *.json.zst in this folder"));
        }
        Ok(files.into_iter().map(Self::Block).collect())
    }

    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Self::Input { name, .. } => name.clone(),
            Self::Block(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.trim_end_matches(".zst").trim_end_matches(".json").to_owned()
            }
        }
    }

    /// Reads and imports; the error is for people.
    pub fn load(self) -> Result<Loaded, String> {
        match self {
            Self::Input { bytes, .. } => Ok(Loaded { input: bytes, block: None }),
            Self::Block(path) => {
                let file = BlockFile::read(&path).map_err(|error| error.to_string())?;
                let imported = import_file(&file, true).map_err(|error| error.to_string())?;
                if let Err(reason) = imported.executed {
                    return Err(format!("block {} is invalid: {reason}", imported.number));
                }
                Ok(Loaded { input: imported.input, block: Some((imported.number, imported.hash.to_string())) })
            }
        }
    }
}

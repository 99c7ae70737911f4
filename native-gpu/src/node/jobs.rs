//! Which runs: block files, one program with its input, or the blocks of an execution client as they come.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hearth_blocks::binding::Binding;
use hearth_blocks::{BlockFile, Rules, import_file, rpc};
use hearth_machine::program::Program;

use crate::block::{self, Head};
use crate::failure::Failure;
use crate::node::follow::Follow;
use crate::node::trouble::{Cause, Trouble};

/// How long an execution client may take for one answer.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The runs of a node, in order.
pub struct Jobs {
    /// The program of all of them.
    pub program: Arc<Program>,
    /// What it reads in each.
    pub inputs: VecDeque<Job>,
    /// Where further ones come from.
    pub follow: Option<Follow>,
}

impl Jobs {
    /// The next job, once there is one; `None` if there will be none or the node stops.
    pub fn next(&mut self, stopping: impl Fn() -> bool) -> Option<Job> {
        match self.inputs.pop_front() {
            Some(job) => Some(job),
            None => self.follow.as_mut()?.next(stopping),
        }
    }
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
    /// A block of an execution client.
    Client {
        /// Where the client is.
        url: String,
        /// Rules of its chain, if it is no public network.
        rules: Option<String>,
        /// Which.
        head: Head,
    },
}

/// A run that is ready to be executed.
pub struct Loaded {
    /// What the program reads.
    pub input: Vec<u8>,
    /// Which block it is, if it is one.
    pub block: Option<LoadedBlock>,
}

/// A block that is about to be proved.
#[derive(Clone)]
pub struct LoadedBlock {
    /// Height.
    pub number: u64,
    /// Gas.
    pub gas: u64,
    /// Hash: `0x` and 64 digits.
    pub hash: String,
    /// What ties the run's output to the block.
    pub binding: Binding,
    /// Whose rules it follows.
    pub rules: Rules,
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
            Self::Client { head, .. } => format!("block {}", head.number),
            Self::Block(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.trim_end_matches(".zst").trim_end_matches(".json").to_owned()
            }
        }
    }

    /// Reads and imports.
    pub fn load(self) -> Result<Loaded, Trouble> {
        match self {
            Self::Input { bytes, .. } => Ok(Loaded { input: bytes, block: None }),
            Self::Block(path) => {
                let file = BlockFile::read(&path).map_err(Trouble::of(Cause::File))?;
                load_block(&file).map_err(Trouble::of(Cause::File))
            }
            Self::Client { url, rules, head } => {
                let client = &mut *block::client(&url, PATIENCE);
                let file = rpc::fetch(client, &head.hash, rules.as_deref());
                let file = file.map_err(|error| Trouble::new(Cause::Client, format!("{url}: {error}")))?;
                load_block(&file).map_err(Trouble::of(Cause::Client))
            }
        }
    }
}

/// A block that the native validator calls valid, as the guest reads it. The error is for people.
fn load_block(file: &BlockFile) -> Result<Loaded, String> {
    let imported = import_file(file, true).map_err(|error| error.to_string())?;
    if let Err(reason) = imported.executed {
        return Err(format!("block {} is invalid: {reason}", imported.number));
    }
    let binding = Binding::new(&imported.input).map_err(|error| error.to_string())?;
    let rules = file.rules().map_err(|error| error.to_string())?;
    let block = LoadedBlock {
        number: imported.number,
        gas: imported.gas_used,
        hash: imported.hash.to_string(),
        binding,
        rules,
    };
    Ok(Loaded { input: imported.input, block: Some(block) })
}

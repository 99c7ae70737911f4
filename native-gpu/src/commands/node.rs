//! `hearth node`: proves runs together with whoever helps.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;

use crate::block::load_validator;
use crate::failure::{self, Failure};
use crate::node::{self, Job, Jobs, Options};
use crate::proving::Shape;
use hearth_machine::layout::INPUT_MAX;

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("work").required(true).args(["replay", "input", "empty_input"]))]
pub struct Arguments {
    /// Address to listen on; with port 0 a free one is taken and printed.
    #[arg(long, value_name = "ADDRESS", env = "HEARTH_LISTEN", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Block file, or folder of block files, to prove.
    #[arg(long, value_name = "PATH")]
    replay: Option<PathBuf>,
    /// File that the program reads, for one plain run.
    #[arg(long, value_name = "FILE", requires = "program")]
    input: Option<PathBuf>,
    /// One plain run with an empty input.
    #[arg(long, requires = "program")]
    empty_input: bool,
    /// The guest's ELF file; the built-in stateless validator without it.
    #[arg(long, value_name = "ELF")]
    program: Option<PathBuf>,
    #[command(flatten)]
    shape: Shape,
    /// Whether the node proves what nobody takes.
    #[arg(long, value_name = "WHETHER", env = "HEARTH_LOCAL_PROVER", default_value = "on")]
    local_prover: Switch,
    /// Folder for what outlives the process.
    #[arg(long, value_name = "FOLDER", env = "HEARTH_DATA_DIR", default_value = "hearth-data")]
    data_dir: PathBuf,
    /// Folder of the page to serve.
    #[arg(long, value_name = "FOLDER", env = "HEARTH_APP")]
    app: Option<PathBuf>,
    /// End once everything is proved.
    #[arg(long)]
    once: bool,
    /// Print one line of JSON per event.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let program = Arc::new(load_validator(arguments.program.as_ref())?);
    let inputs = match (&arguments.replay, &arguments.input) {
        (Some(path), _) => Job::blocks(path)?,
        (None, Some(path)) => vec![Job::Input { name: name_of_run(arguments), bytes: failure::read(path, INPUT_MAX)? }],
        (None, None) => vec![Job::Input { name: name_of_run(arguments), bytes: Vec::new() }],
    };
    let options = Options {
        listen: arguments.listen,
        class: arguments.shape.class()?,
        local_prover: arguments.local_prover == Switch::On,
        data: arguments.data_dir.clone(),
        app: arguments.app.clone(),
        once: arguments.once,
        json: arguments.json,
    };
    let summary = node::run(options, Jobs { program, inputs })?;
    if summary.failed > 0 {
        return Err(Failure::Guest(format!("{} of the runs cannot be proved", summary.failed)));
    }
    if summary.open > 0 {
        return Err(Failure::Interrupted);
    }
    Ok(())
}

/// The program's file name.
fn name_of_run(arguments: &Arguments) -> String {
    let name = arguments.program.as_ref().and_then(|path| path.file_stem());
    name.map_or_else(|| "run".into(), |name| name.to_string_lossy().into_owned())
}

//! `hearth node`: proves runs together with whoever helps.

mod settings;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hearth_machine::layout::INPUT_MAX;
use hearth_soundness::SizeClass;

use crate::block::load_validator;
use crate::failure::{self, Failure};
use crate::node::{self, Follow, Job, Jobs, Options};

pub use settings::{Settings, Switch};

#[derive(clap::Args)]
pub struct Arguments {
    /// TOML file with the long options as keys. The environment goes before it, and options before both.
    #[arg(long, value_name = "FILE", env = "HEARTH_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// File that the program reads, for one plain run.
    #[arg(long, value_name = "FILE", requires = "program")]
    input: Option<PathBuf>,
    /// One plain run with an empty input.
    #[arg(long, requires = "program", conflicts_with = "input")]
    empty_input: bool,
    /// The guest's ELF file; the built-in stateless validator without it.
    #[arg(long, value_name = "ELF")]
    program: Option<PathBuf>,
    /// Begin once so many workers asked for work, or after a minute.
    #[arg(long, value_name = "N", default_value_t = 0)]
    await_workers: usize,
    /// End once everything is proved.
    #[arg(long)]
    once: bool,
    /// Print one line of JSON per event.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = arguments.settings.clone().over(arguments.config.as_deref())?;
    let program = Arc::new(load_validator(arguments.program.as_ref())?);
    let plain = |bytes| vec![Job::Input { name: name_of_run(arguments), bytes }];
    let inputs = match (&arguments.input, &settings.replay) {
        (Some(path), _) => plain(failure::read(path, INPUT_MAX)?),
        (None, _) if arguments.empty_input => plain(Vec::new()),
        (None, Some(path)) => Job::blocks(path)?,
        (None, None) if settings.follow.is_some() => Vec::new(),
        (None, None) => return Err(Failure::Usage("nothing to prove: give --replay, --follow or --input".into())),
    };
    let rules = settings.chain_rules.clone();
    let is_plain = arguments.input.is_some() || arguments.empty_input;
    let follow = settings.follow.clone().filter(|_| !is_plain).map(|url| Follow::new(url, rules));
    let class = SizeClass::try_from(settings.log_cells.unwrap_or(SizeClass::Real24.id()));
    let options = Options {
        listen: settings.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0))),
        class: class.map_err(|error| Failure::Usage(error.to_string()))?,
        local_prover: settings.local_prover.unwrap_or(Switch::On) == Switch::On,
        swarm_time: Duration::from_secs(settings.swarm_time.unwrap_or(0)),
        await_workers: arguments.await_workers,
        slot: Duration::from_secs(settings.slot.unwrap_or(12)),
        drop_late: settings.late_blocks == Some(Switch::Off),
        data: settings.data_dir.clone().unwrap_or_else(|| "hearth-data".into()),
        app: settings.app.clone(),
        once: arguments.once,
        json: arguments.json,
    };
    let summary = node::run(options, Jobs { program, inputs: inputs.into(), follow })?;
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

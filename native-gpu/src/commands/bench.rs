//! `hearth bench`: what a fixed set of guests costs to prove on this machine.

use std::process::{Command, Stdio};

use crate::backend::Backend;
use crate::bench::{Guest, Setting, measure, table};
use crate::failure::Failure;
use crate::interrupt;
use crate::proving::Shape;
use crate::report;

#[derive(clap::Args)]
pub struct Arguments {
    /// Guests to measure; all of them without it.
    #[arg(long, value_enum, value_name = "GUEST")]
    guest: Vec<Guest>,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    backend: Backend,
    /// Threads that prove.
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
    /// A hundredth of the work: to try the command, not for figures.
    #[arg(long)]
    short: bool,
    /// Print one line of JSON per guest.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::install();
    let setting = Setting {
        class: arguments.shape.class()?,
        backend: arguments.backend.id(),
        threads: arguments.threads,
        short: arguments.short,
    };
    if let &[guest] = &arguments.guest[..] {
        let report = measure(guest, &setting)?;
        return report::print(arguments.json, &report, || table(std::slice::from_ref(&report)));
    }
    let guests = if arguments.guest.is_empty() { &Guest::ALL[..] } else { &arguments.guest };
    let mut reports = Vec::new();
    for &guest in guests {
        eprintln!("{} ...", guest.name());
        let line = in_a_process_of_its_own(guest, &setting)?;
        if arguments.json {
            report::line(&line)?;
        }
        reports.push(serde_json::from_str(&line).map_err(|error| Failure::Internal(error.to_string()))?);
    }
    if arguments.json { Ok(()) } else { report::line(&table(&reports)) }
}

/// The JSON of one guest. Peak memory is a figure of a whole process, and so is what earlier work has warmed up.
fn in_a_process_of_its_own(guest: Guest, setting: &Setting) -> Result<String, Failure> {
    let io = |source| Failure::Io { path: "hearth bench".into(), source };
    let mut command = Command::new(std::env::current_exe().map_err(io)?);
    command.args(["bench", "--json", "--guest", guest.name()]);
    command.args(["--log-cells", &setting.class.id().to_string(), "--threads", &setting.threads.to_string()]);
    command.args(["--backend", &setting.backend.to_string()]);
    if setting.short {
        command.arg("--short");
    }
    let output = command.stderr(Stdio::inherit()).output().map_err(io)?;
    interrupt::check()?;
    match output.status.code() {
        Some(0) => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        code => Err(Failure::Internal(format!("the measurement of {} ended with {code:?}", guest.name()))),
    }
}

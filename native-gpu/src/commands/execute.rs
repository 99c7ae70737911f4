//! `hearth execute`: a plain run.

use std::path::PathBuf;
use std::time::Instant;

use hearth_machine::run::{Machine, Outcome};
use serde::Serialize;

use crate::commands::profile::{self, Profiling};
use crate::failure::{self, Failure};
use crate::interrupt;
use crate::program::{Guest, load_elf};
use crate::report::{self, grouped};

/// Steps between two looks at Ctrl-C and the limit.
const SLICE: u64 = 1 << 24;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    guest: Guest,
    /// Write the guest's output here.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Give up after so many instructions.
    #[arg(long, value_name = "STEPS", default_value_t = 1 << 40)]
    max_steps: u64,
    #[command(flatten)]
    profiling: Profiling,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    steps: u64,
    exit_code: u64,
    output: String,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<profile::Report>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::install();
    let (program, elf) = load_elf(&arguments.guest.program)?;
    let input = arguments.guest.read_input()?;
    let mut machine = Machine::new(&program, &input).map_err(|error| Failure::Usage(error.to_string()))?;
    let start = Instant::now();
    let outcome = run_to_end(&mut machine, arguments.max_steps)?;
    let elapsed = start.elapsed();
    if let Some(path) = &arguments.out {
        failure::write(path, &outcome.output)?;
    }
    let report = Report {
        steps: machine.steps(),
        exit_code: outcome.exit_code,
        output: hex::encode(&outcome.output),
        seconds: report::seconds(elapsed),
        profile: arguments.profiling.run(&program, &elf, &input)?,
    };
    report::print(arguments.json, &report, || {
        format!(
            "steps      {}\nexit code  {}\noutput     {}\nspeed      {:.0} M steps/s{}",
            grouped(report.steps),
            report.exit_code,
            report.output,
            report.steps as f64 / elapsed.as_secs_f64() / 1e6,
            report.profile.as_ref().map_or(String::new(), |profile| format!("\n{}", profile.human()))
        )
    })?;
    exit_status(outcome.exit_code)
}

/// Runs a machine to its end, watching for Ctrl-C.
pub fn run_to_end(machine: &mut Machine, max_steps: u64) -> Result<Outcome, Failure> {
    while !machine.run(SLICE.min(max_steps - machine.steps())).map_err(guest_fault)? {
        interrupt::check()?;
        if machine.steps() >= max_steps {
            return Err(Failure::OverBudget(format!("not finished after {} steps", grouped(machine.steps()))));
        }
    }
    machine
        .outcome()
        .ok_or_else(|| Failure::Internal("halted without an outcome".into()))?
        .map_err(|error| Failure::Guest(error.to_string()))
}

/// A fault as a failure that names pc and cause.
fn guest_fault(fault: hearth_machine::fault::Fault) -> Failure {
    Failure::Guest(fault.to_string())
}

/// The command fails when its guest does.
pub fn exit_status(exit_code: u64) -> Result<(), Failure> {
    match exit_code {
        0 => Ok(()),
        code => Err(Failure::Guest(format!("exit code {code}"))),
    }
}

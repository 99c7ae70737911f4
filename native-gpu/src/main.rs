//! `hearth`: executes guest programs, proves their runs shard by shard, and verifies the proofs.

mod allocator;
mod backend;
mod bench;
mod block;
mod client;
mod commands;
mod failure;
mod interrupt;
mod node;
mod program;
mod proving;
mod report;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{execute, new, prove, shard, soundness, verify, version};
use crate::failure::Failure;

/// Prove Ethereum at home: run a RISC-V guest, prove the run in shards, verify the proof.
///
/// Exit codes: 0 ok, 1 internal error, 2 usage, 3 bad input, 4 proof rejected, 5 guest failed, 6 over budget,
/// 7 file or network error, 130 interrupted.
#[derive(Parser)]
#[command(name = "hearth", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a guest without proving anything.
    Execute(execute::Arguments),
    /// Run a guest and prove the run.
    Prove(prove::Arguments),
    /// Make one proof of the shard proofs of a run.
    Aggregate(commands::aggregate::Arguments),
    /// Verify a proof of a whole run.
    Verify(verify::Arguments),
    /// Ethereum blocks: import, execute, prove, verify, inspect.
    Block(commands::block::Arguments),
    /// Work with single shards: cut a run, prove, verify or inspect one.
    Shard(shard::Arguments),
    /// Prove runs together with whoever helps.
    Node(commands::node::Arguments),
    /// Help a node: prove shards for it.
    Worker(commands::worker::Arguments),
    /// Prove a fixed set of guests and print what it costs.
    Bench(commands::bench::Arguments),
    /// Say what a node on this machine would lack.
    Doctor(commands::doctor::Arguments),
    /// What a node did.
    Report(commands::report::Arguments),
    /// Make a guest project that builds.
    New(new::Arguments),
    /// The security of our own protocol's proofs, term by term.
    Soundness(soundness::Arguments),
    /// Version, formats and parameters.
    Version(version::Arguments),
}

fn main() -> ExitCode {
    // A panic has printed where it happened; scripts shall see an internal error and no code of the runtime's own.
    std::panic::catch_unwind(run).unwrap_or_else(|_| Failure::Internal(String::new()).exit_code())
}

fn run() -> ExitCode {
    allocator::keep_memory();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("HEARTH_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let done = match Cli::parse().command {
        Command::Execute(arguments) => execute::run(&arguments),
        Command::Prove(arguments) => prove::run(&arguments),
        Command::Aggregate(arguments) => commands::aggregate::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Block(arguments) => commands::block::run(&arguments),
        Command::Shard(arguments) => shard::run(&arguments),
        Command::Node(arguments) => commands::node::run(&arguments),
        Command::Worker(arguments) => commands::worker::run(&arguments),
        Command::Bench(arguments) => commands::bench::run(&arguments),
        Command::Doctor(arguments) => commands::doctor::run(&arguments),
        Command::Report(arguments) => commands::report::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Soundness(arguments) => soundness::run(&arguments),
        Command::Version(arguments) => version::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("hearth: {failure}");
            failure.exit_code()
        }
    }
}

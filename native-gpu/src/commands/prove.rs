//! `hearth prove`: a run, cut into shards as it goes on, each proved on this machine's CPU.

use std::path::PathBuf;
use std::time::Instant;

use hearth_machine::hash::Hasher;
use hearth_machine::program::input_digest;
use hearth_shard::chain::{ChainProof, Link};
use serde::Serialize;

use crate::backend::Backend;
use crate::commands::execute::exit_status;
use crate::failure::{self, Failure};
use crate::interrupt;
use crate::program::Guest;
use crate::proving::{Proving, Shape};
use crate::report::{self, Bits, grouped};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    guest: Guest,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    backend: Backend,
    /// Write the proof here.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    steps: u64,
    exit_code: u64,
    output: String,
    shards: usize,
    committed_cells: u64,
    proof_bytes: usize,
    seconds: f64,
    #[serde(flatten)]
    bits: Bits,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::install();
    let hasher = Hasher::new();
    let (program, input) = arguments.guest.load()?;
    let input_digest = input_digest(&hasher, &input).map_err(|error| Failure::Usage(error.to_string()))?;
    let start = Instant::now();
    let backend = arguments.backend.id();
    let mut proving = Proving::new(&hasher, &program, &input, &arguments.shape, backend, !arguments.json)?;
    let mut links = Vec::new();
    while let Some(shard) = proving.next_proof()? {
        links.push(Link::new(shard));
    }
    let (opening, cost) = proving.finish()?;
    let shards = links.len();
    let class = arguments.shape.class()?;
    let proof = ChainProof::new(class, program.key(), &input_digest, links, &opening.opening).to_bytes();
    if let Some(path) = &arguments.out {
        failure::write(path, &proof)?;
    }
    let elapsed = start.elapsed();
    let report = Report {
        steps: cost.steps,
        exit_code: opening.outcome.exit_code,
        output: hex::encode(&opening.outcome.output),
        shards,
        committed_cells: cost.cells,
        proof_bytes: proof.len(),
        seconds: report::seconds(elapsed),
        bits: Bits::of(backend),
    };
    report::print(arguments.json, &report, || {
        format!(
            "steps       {}\nexit code   {}\noutput      {}\nshards      {} of at most {} cells\ncells       {} ({:.1} per step)\nproof       {} bytes\ntime        {:.1} s ({:.1} k steps/s, {:.2} M cells/s)\nsecurity    {}",
            grouped(report.steps),
            report.exit_code,
            report.output,
            report.shards,
            class.name(),
            grouped(report.committed_cells),
            report.committed_cells as f64 / report.steps as f64,
            grouped(report.proof_bytes as u64),
            report.seconds,
            report.steps as f64 / elapsed.as_secs_f64() / 1e3,
            report.committed_cells as f64 / elapsed.as_secs_f64() / 1e6,
            report.bits,
        )
    })?;
    exit_status(report.exit_code)
}

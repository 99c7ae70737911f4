//! `hearth aggregate`: one proof of the shard proofs of a run.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hearth_proof::aggregate::{AggregateError, Aggregator, Stage};
use hearth_proof::pins::JOIN;
use hearth_shard::chain::{ChainProof, MAX_BYTES};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::backend::rejected;
use crate::failure::{self, Failure};
use crate::interrupt;
use crate::program::load_program;
use crate::report::{self, grouped};

#[derive(clap::Args)]
pub struct Arguments {
    /// The proof of a run, by its shards: what `hearth prove` writes.
    #[arg(value_name = "PATH")]
    proof: PathBuf,
    /// The guest's ELF file.
    #[arg(long, value_name = "ELF")]
    program: PathBuf,
    /// Write the one proof here.
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    shards: usize,
    /// Proofs of the tree.
    nodes: usize,
    depth: u32,
    shard_bytes: usize,
    proof_bytes: usize,
    /// To make the provers of the nodes: their circuits, and the commitments to their wiring.
    setup_seconds: f64,
    /// To prove the nodes.
    seconds: f64,
}

/// What was done, and when it began.
struct Watch {
    nodes: usize,
    depth: u32,
    since: Instant,
    is_setup: bool,
    setup: Duration,
    proving: Duration,
}

impl Watch {
    /// The stage that runs ends.
    fn lap(&mut self) {
        let of = if self.is_setup { &mut self.setup } else { &mut self.proving };
        *of += self.since.elapsed();
        self.since = Instant::now();
    }

    /// Another one begins; in words.
    fn begin(&mut self, stage: Stage) -> String {
        self.lap();
        self.is_setup = matches!(stage, Stage::Setup(_));
        match stage {
            Stage::Setup(JOIN) => "Making the prover of joins".into(),
            Stage::Setup(_) => "Making the prover of leaves".into(),
            Stage::Node(depth, children) => {
                (self.nodes, self.depth) = (self.nodes + 1, self.depth.max(depth));
                let of = if depth == 0 { "shards" } else { "nodes" };
                format!("Proving node {} above {children} {of}", self.nodes)
            }
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::install();
    let program = load_program(&arguments.program)?;
    let bytes = failure::read(&arguments.proof, MAX_BYTES as u64)?;
    let chain = ChainProof::from_bytes(&bytes).map_err(|error| Failure::bad_input(&arguments.proof, error))?;
    let class = chain.class().map_err(|error| Failure::bad_input(&arguments.proof, error))?;
    let mut aggregator = Aggregator::new(class).map_err(|error| Failure::bad_input(&arguments.proof, error))?;
    // A node above a wrong proof is a wrong proof, which takes minutes to find out.
    chain.verify(program.key(), false).map_err(|error| rejected(&error, &chain))?;

    let bar = if arguments.json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    if let Ok(style) = ProgressStyle::with_template("{spinner} [{elapsed_precise}] {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut watch = Watch {
        nodes: 0,
        depth: 0,
        since: Instant::now(),
        is_setup: true,
        setup: Duration::ZERO,
        proving: Duration::ZERO,
    };
    let root = aggregator.aggregate(program.key(), &chain, |stage| {
        bar.set_message(watch.begin(stage));
        interrupt::check().is_ok()
    });
    bar.finish_and_clear();
    watch.lap();
    let proof = root.map_err(|error| failed(&error))?.to_bytes();
    failure::write(&arguments.out, &proof)?;

    let report = Report {
        shards: chain.shards(),
        nodes: watch.nodes,
        depth: watch.depth,
        shard_bytes: bytes.len(),
        proof_bytes: proof.len(),
        setup_seconds: report::seconds(watch.setup),
        seconds: report::seconds(watch.proving),
    };
    report::print(arguments.json, &report, || {
        format!(
            "shards      {}\nnodes       {}, depth {}\nproof       {} bytes, by shards it has {}\ntime        {:.1} s, after {:.1} s to make the provers",
            report.shards,
            report.nodes,
            report.depth,
            grouped(report.proof_bytes as u64),
            grouped(report.shard_bytes as u64),
            report.seconds,
            report.setup_seconds,
        )
    })
}

fn failed(error: &AggregateError) -> Failure {
    match error {
        AggregateError::Cancelled => Failure::Interrupted,
        error => Failure::Internal(error.to_string()),
    }
}

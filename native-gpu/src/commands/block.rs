//! `hearth block`: Ethereum blocks.

use std::path::PathBuf;
use std::time::Instant;

use clap::Subcommand;
use hearth_blocks::binding::Binding;
use hearth_blocks::{BlockProof, BlockProofError, Chains, Imported, Output, Rules, validate_verbose};
use hearth_machine::hash::Hasher;
use hearth_machine::program::input_digest;
use hearth_machine::run::Machine;
use hearth_shard::chain::{ChainProof, Link, MAX_BYTES};
use serde::Serialize;

use crate::backend::Backend;
use crate::block::{Source, load_validator, load_validator_elf};
use crate::commands::execute::run_to_end;
use crate::commands::profile::{self, Profiling};
use crate::failure::{self, Failure};
use crate::interrupt;
use crate::proving::{Proving, Shape};
use crate::report::{self, Bits, grouped};

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the validator's input (schema id and SSZ StatelessInput).
    Import(Import),
    /// Run the validator on a block, natively and as a guest, and compare.
    Execute(Execute),
    /// Prove that a block is valid.
    Prove(Prove),
    /// Verify the proof of a block.
    Verify(Verify),
    /// Say which block a file holds.
    Inspect(Inspect),
}

#[derive(clap::Args)]
struct Import {
    #[command(flatten)]
    source: Source,
    /// Write the input here.
    #[arg(long, value_name = "PATH", required_unless_present = "save")]
    out: Option<PathBuf>,
    /// Write the block with its witness here, as a block file.
    #[arg(long, value_name = "PATH")]
    save: Option<PathBuf>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Execute {
    #[command(flatten)]
    source: Source,
    /// Another build of the validator.
    #[arg(long, value_name = "ELF")]
    validator: Option<PathBuf>,
    #[command(flatten)]
    profiling: Profiling,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Prove {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    backend: Backend,
    /// Another build of the validator.
    #[arg(long, value_name = "ELF")]
    validator: Option<PathBuf>,
    /// Write the proof here.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Verify {
    /// The proof.
    proof: PathBuf,
    /// The build of the validator that was proved, if not the built-in one.
    #[arg(long, value_name = "ELF")]
    validator: Option<PathBuf>,
    /// Rules of the chain where it is no public network: a fork's name, like Osaka.
    #[arg(long, value_name = "NAME")]
    rules: Option<String>,
    #[command(flatten)]
    backend: Backend,
    /// Accept the small shards that exist for tests.
    #[arg(long)]
    allow_test_params: bool,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Inspect {
    #[command(flatten)]
    source: Source,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// A block and what is known of it so far; absent fields are left out.
#[derive(Default, Serialize)]
struct Report {
    block_hash: String,
    number: u64,
    fork: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gas: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shards: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    committed_cells: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    bits: Option<Bits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<profile::Report>,
}

impl Report {
    /// The block of an imported file, judged natively.
    fn judged(imported: &Imported) -> (Self, Output) {
        let (output, judged) = validate_verbose(&imported.input);
        let mut report = Self {
            block_hash: imported.hash.to_string(),
            number: imported.number,
            fork: format!("{:?}", imported.fork),
            chain_id: Some(output.chain_id),
            input_bytes: Some(imported.input.len()),
            valid: Some(judged.is_ok()),
            ..Self::default()
        };
        match judged {
            Ok(info) => {
                report.gas = Some(info.gas_used);
                report.transactions = Some(info.transactions);
            }
            Err(reason) => report.reason = Some(reason.to_string()),
        }
        (report, output)
    }

    fn human(&self) -> String {
        let mut lines = vec![format!("block        {} {} ({})", self.number, self.block_hash, self.fork)];
        let mut line = |name: &str, value: Option<String>| {
            lines.extend(value.map(|value| format!("{name:<12} {value}")));
        };
        line("verdict", self.valid.map(|valid| if valid { "valid".into() } else { "invalid".into() }));
        line("reason", self.reason.clone());
        line("gas", self.gas.map(grouped));
        line("transactions", self.transactions.map(|count| count.to_string()));
        line("input", self.input_bytes.map(|bytes| format!("{} bytes", grouped(bytes as u64))));
        line("steps", self.steps.map(grouped));
        line("shards", self.shards.map(|shards| shards.to_string()));
        line("cells", self.committed_cells.map(grouped));
        line("proof", self.proof_bytes.map(|bytes| format!("{} bytes", grouped(bytes as u64))));
        line("output", self.output.clone());
        line("time", self.seconds.map(|seconds| format!("{seconds:.1} s")));
        line("security", self.bits.as_ref().map(ToString::to_string));
        lines.extend(self.profile.as_ref().map(profile::Report::human));
        lines.join("\n")
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::install();
    match &arguments.command {
        Command::Import(arguments) => import(arguments),
        Command::Execute(arguments) => execute(arguments),
        Command::Prove(arguments) => prove(arguments),
        Command::Verify(arguments) => verify(arguments),
        Command::Inspect(arguments) => inspect(arguments),
    }
}

fn import(arguments: &Import) -> Result<(), Failure> {
    let file = arguments.source.read()?;
    let imported = arguments.source.import_file(&file)?;
    if let Some(path) = &arguments.out {
        failure::write(path, &imported.input)?;
    }
    if let Some(path) = &arguments.save {
        let json = serde_json::to_vec(&file).map_err(|error| Failure::Internal(error.to_string()))?;
        failure::write(path, &json)?;
    }
    let (report, _) = Report::judged(&imported);
    report::print(arguments.json, &report, || report.human())
}

fn inspect(arguments: &Inspect) -> Result<(), Failure> {
    let (report, _) = Report::judged(&arguments.source.import()?);
    report::print(arguments.json, &report, || report.human())
}

fn execute(arguments: &Execute) -> Result<(), Failure> {
    let imported = arguments.source.import()?;
    let (mut report, expected) = Report::judged(&imported);
    let (program, elf) = load_validator_elf(arguments.validator.as_ref())?;
    let start = Instant::now();
    let mut machine = Machine::new(&program, &imported.input).map_err(|error| Failure::Usage(error.to_string()))?;
    let outcome = run_to_end(&mut machine, u64::MAX)?;
    if outcome.exit_code != 0 || outcome.output != expected.to_bytes() {
        let output = hex::encode(&outcome.output);
        let code = outcome.exit_code;
        return Err(Failure::Internal(format!("the guest disagrees with the native validator: {code}, {output}")));
    }
    report.steps = Some(machine.steps());
    report.output = Some(hex::encode(&outcome.output));
    report.seconds = Some(report::seconds(start.elapsed()));
    report.profile = arguments.profiling.run(&program, &elf, &imported.input)?;
    report::print(arguments.json, &report, || report.human())
}

fn prove(arguments: &Prove) -> Result<(), Failure> {
    let start = Instant::now();
    let hasher = Hasher::new();
    let imported = arguments.source.import()?;
    let (mut report, expected) = Report::judged(&imported);
    if let Some(reason) = &report.reason {
        return Err(Failure::Guest(format!("block {} is invalid: {reason}", imported.number)));
    }
    let program = load_validator(arguments.validator.as_ref())?;
    let digest = input_digest(&hasher, &imported.input).map_err(|error| Failure::Usage(error.to_string()))?;
    let binding = Binding::new(&imported.input).map_err(|error| Failure::Internal(error.to_string()))?;
    let backend = arguments.backend.id();
    let mut proving = Proving::new(&hasher, &program, &imported.input, &arguments.shape, backend, !arguments.json)?;
    let mut links = Vec::new();
    while let Some(shard) = proving.next_proof()? {
        links.push(Link::new(shard));
    }
    let (ending, cost) = proving.finish()?;
    if ending.outcome.output != expected.to_bytes() {
        return Err(Failure::Internal("the guest disagrees with the native validator".into()));
    }
    report.shards = Some(links.len());
    let run = ChainProof::new(arguments.shape.class()?, program.key(), &digest, links, &ending.opening);
    let proof = BlockProof::new(run, binding).to_bytes();
    if let Some(path) = &arguments.out {
        failure::write(path, &proof)?;
    }
    report.steps = Some(cost.steps);
    report.committed_cells = Some(cost.cells);
    report.proof_bytes = Some(proof.len());
    report.output = Some(hex::encode(&ending.outcome.output));
    report.seconds = Some(report::seconds(start.elapsed()));
    report.bits = Some(Bits::of(backend));
    report::print(arguments.json, &report, || report.human())
}

fn verify(arguments: &Verify) -> Result<(), Failure> {
    let chains = match &arguments.rules {
        Some(name) => Chains::Only(
            Rules::by_name(name).ok_or_else(|| Failure::Usage(format!("'{name}' is no known network or fork")))?,
        ),
        None => Chains::Public,
    };
    let program = load_validator(arguments.validator.as_ref())?;
    let bytes = failure::read(&arguments.proof, MAX_BYTES as u64)?;
    let start = Instant::now();
    let proof = BlockProof::from_bytes(&bytes).map_err(|error| Failure::bad_input(&arguments.proof, error))?;
    let backend = arguments.backend.id();
    let verified = proof.verify_by(backend, program.key(), chains, arguments.allow_test_params);
    let (block, verified) = verified.map_err(|error| match error {
        BlockProofError::Format => Failure::bad_input(&arguments.proof, error),
        error => Failure::Rejected(error.to_string()),
    })?;
    let report = Report {
        block_hash: block.hash.to_string(),
        number: block.number,
        fork: format!("{:?}", block.fork),
        chain_id: Some(block.chain_id),
        valid: Some(true),
        shards: Some(verified.shards),
        proof_bytes: Some(bytes.len()),
        output: Some(hex::encode(&verified.output)),
        seconds: Some(report::seconds(start.elapsed())),
        bits: Some(Bits::of(backend)),
        ..Report::default()
    };
    report::print(arguments.json, &report, || report.human())
}

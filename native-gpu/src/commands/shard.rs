//! `hearth shard`: the life of a single shard, one command per stage.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Subcommand;
use hearth_machine::cut::Cutter;
use hearth_machine::hash::Hasher;
use hearth_machine::package::Package;
use hearth_machine::trace::Statement;
use hearth_machine::wire::Wire;
use hearth_parcel::{pack, unpack};
use hearth_shard::backend::BackendId;
use hearth_shard::proof::ShardProof;
use hearth_shard::prover::{ShardError, ShardProver};
use hearth_shard::verifier::ShardVerifier;
use hearth_soundness::SizeClass;
use pollster::block_on;
use serde::Serialize;

use crate::backend::{Backend, shard_rejected};
use crate::failure::{self, Failure};
use crate::interrupt;
use crate::program::Guest;
use crate::proving::{Shape, cut_failure, shard_failure};
use crate::report::{self, Bits, digest_hex, grouped};

/// Largest file of a package or a shard proof.
const MAX_FILE: u64 = 1 << 26;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a guest and write one package per shard: NNNNN.package.
    Cut(Cut),
    /// Prove the shard of a package.
    Prove(Prove),
    /// Verify a shard proof; with its package, that it proves this shard.
    Verify(Verify),
    /// Say what a package or a shard proof is about.
    Inspect(Inspect),
}

#[derive(clap::Args)]
struct Cut {
    #[command(flatten)]
    backend: Backend,
    #[command(flatten)]
    guest: Guest,
    #[command(flatten)]
    shape: Shape,
    /// Folder for the packages.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Print one line of JSON per shard, then one with the means.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Prove {
    /// The package.
    package: PathBuf,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    backend: Backend,
    /// Write the proof here.
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Verify {
    /// The shard proof.
    proof: PathBuf,
    /// The package whose shard it must prove.
    #[arg(long, value_name = "FILE")]
    package: Option<PathBuf>,
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
    /// A package or a shard proof.
    file: PathBuf,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// A statement for people and scripts.
#[derive(Serialize)]
struct About {
    program_root: String,
    root_in: String,
    pc_in: u32,
    root_out: String,
    pc_out: u32,
    ts_end: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    predicted_cells: Option<u64>,
    /// What the proof's envelope says.
    #[serde(skip_serializing_if = "Option::is_none")]
    backend: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unpacked_bytes: Option<usize>,
    bytes: usize,
}

/// What the packages of a run weigh.
#[derive(Serialize)]
struct Means {
    shards: usize,
    mean_unpacked_bytes: usize,
    mean_bytes: usize,
}

impl About {
    /// `bytes` is the length of the file.
    fn of_package(package: &Package, predicted_cells: Option<u64>, bytes: usize) -> Self {
        let unpacked_bytes = Some(package.encode().len());
        Self { steps: Some(package.steps), predicted_cells, unpacked_bytes, ..Self::new(&package.statement, bytes) }
    }

    fn new(statement: &Statement, bytes: usize) -> Self {
        Self {
            program_root: digest_hex(&statement.program_root),
            root_in: digest_hex(&statement.root_in),
            pc_in: statement.pc_in,
            root_out: digest_hex(&statement.root_out),
            pc_out: statement.pc_out,
            ts_end: statement.ts_end,
            steps: None,
            predicted_cells: None,
            backend: None,
            unpacked_bytes: None,
            bytes,
        }
    }

    fn human(&self) -> String {
        let steps = self.steps.map(|steps| format!("steps         {}\n", grouped(steps.into()))).unwrap_or_default();
        let backend = self.backend.as_ref().map(|name| format!("backend       {name}\n")).unwrap_or_default();
        let unpacked =
            self.unpacked_bytes.map(|bytes| format!(", {} unpacked", grouped(bytes as u64))).unwrap_or_default();
        format!(
            "{steps}{backend}program root  {}\nfrom          pc {:#x}, root {}\nto            pc {:#x}, root {}\nbytes         {}{}",
            self.program_root,
            self.pc_in,
            self.root_in,
            self.pc_out,
            self.root_out,
            grouped(self.bytes as u64),
            unpacked
        )
    }
}

#[derive(Serialize)]
struct Proved {
    steps: u64,
    committed_cells: u64,
    proof_bytes: usize,
    seconds: f64,
    #[serde(flatten)]
    bits: Bits,
}

#[derive(Serialize)]
struct Verified {
    verified: bool,
    seconds: f64,
    #[serde(flatten)]
    bits: Bits,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::install();
    match &arguments.command {
        Command::Cut(arguments) => cut(arguments),
        Command::Prove(arguments) => prove(arguments),
        Command::Verify(arguments) => verify(arguments),
        Command::Inspect(arguments) => inspect(arguments),
    }
}

fn cut(arguments: &Cut) -> Result<(), Failure> {
    let hasher = Hasher::new();
    let (program, input) = arguments.guest.load()?;
    let limits = arguments.shape.limits(arguments.backend.id())?;
    let folder = &arguments.out;
    std::fs::create_dir_all(folder).map_err(|source| Failure::Io { path: folder.clone(), source })?;
    let mut cutter =
        Cutter::new(&hasher, &program, &input, limits).map_err(|error| Failure::Usage(error.to_string()))?;
    let (mut index, mut unpacked, mut packed) = (0, 0, 0);
    while let Some(shard) = cutter.next_shard().map_err(cut_failure)? {
        interrupt::check()?;
        let bytes = pack(&shard.package).map_err(|error| Failure::Internal(error.to_string()))?;
        failure::write(&folder.join(format!("{index:05}.package")), &bytes)?;
        let cells = limits.costs.cells(&shard.rows);
        let about = About::of_package(&shard.package, Some(cells), bytes.len());
        report::print(arguments.json, &about, || {
            let steps = grouped(shard.package.steps.into());
            format!("shard {index}: {steps} steps, {} cells, {} bytes", grouped(cells), grouped(bytes.len() as u64))
        })?;
        index += 1;
        unpacked += about.unpacked_bytes.unwrap_or_default();
        packed += bytes.len();
    }
    // A run has a shard at least: it ends with an instruction.
    let means =
        Means { shards: index, mean_unpacked_bytes: unpacked / index.max(1), mean_bytes: packed / index.max(1) };
    report::print(arguments.json, &means, || {
        let [unpacked, packed] = [means.mean_unpacked_bytes, means.mean_bytes].map(|bytes| grouped(bytes as u64));
        format!("{index} shards, in the mean {packed} bytes, {unpacked} unpacked")
    })
}

fn load_package(path: &Path, class: SizeClass) -> Result<Package, Failure> {
    let bytes = failure::read(path, MAX_FILE)?;
    unpack(&bytes, class.max_package_bytes()).map_err(|error| Failure::bad_input(path, error))
}

fn load_proof(path: &Path) -> Result<ShardProof, Failure> {
    let bytes = failure::read(path, MAX_FILE)?;
    ShardProof::from_bytes(&bytes).map_err(|error| Failure::bad_input(path, error))
}

fn prove(arguments: &Prove) -> Result<(), Failure> {
    let class = arguments.shape.class()?;
    let package = load_package(&arguments.package, class)?;
    let backend = arguments.backend.id();
    let prover = ShardProver::with_backend(backend, class).map_err(|error| Failure::Usage(error.to_string()))?;
    let start = Instant::now();
    let proved = block_on(prover.prove(&package, |_| interrupt::check().is_ok()));
    let (proof, cost) = proved.map_err(|error| match error {
        ShardError::Package(error) => Failure::bad_input(&arguments.package, error),
        error => shard_failure(error),
    })?;
    failure::write(&arguments.out, &proof.to_bytes())?;
    let report = Proved {
        steps: cost.steps,
        committed_cells: cost.cells,
        proof_bytes: proof.bytes.len(),
        seconds: report::seconds(start.elapsed()),
        bits: Bits::of(backend),
    };
    report::print(arguments.json, &report, || {
        format!(
            "proved {} steps, {} cells in {:.2} s: {} bytes, {}",
            grouped(report.steps),
            grouped(report.committed_cells),
            report.seconds,
            grouped(report.proof_bytes as u64),
            report.bits
        )
    })
}

fn verify(arguments: &Verify) -> Result<(), Failure> {
    let proof = load_proof(&arguments.proof)?;
    if proof.class.is_test_only() && !arguments.allow_test_params {
        return Err(Failure::Rejected(format!(
            "shards of {} exist for tests; see --allow-test-params",
            proof.class.name()
        )));
    }
    if let Some(path) = &arguments.package
        && load_package(path, proof.class)?.statement != proof.statement
    {
        return Err(Failure::Rejected(format!("it is not a proof of the shard in {}", path.display())));
    }
    let backend = arguments.backend.id();
    let verifier =
        ShardVerifier::with_backend(backend, proof.class).map_err(|error| Failure::Rejected(error.to_string()))?;
    let start = Instant::now();
    verifier.verify(&proof.statement, proof.key as u8, &proof.bytes).map_err(|error| shard_rejected(&error, &proof))?;
    let report = Verified { verified: true, seconds: report::seconds(start.elapsed()), bits: Bits::of(backend) };
    report::print(arguments.json, &report, || format!("verified in {:.3} s, {}", report.seconds, report.bits))
}

fn inspect(arguments: &Inspect) -> Result<(), Failure> {
    let path = &arguments.file;
    let bytes = failure::read(path, MAX_FILE)?;
    let about = if bytes.starts_with(&hearth_parcel::MAGIC) {
        let package = unpack(&bytes, SizeClass::Real27.max_package_bytes());
        About::of_package(&package.map_err(|error| Failure::bad_input(path, error))?, None, bytes.len())
    } else {
        let proof = ShardProof::from_bytes(&bytes).map_err(|error| Failure::bad_input(path, error))?;
        let backend = BackendId::named_by(&proof.bytes).map(|backend| backend.to_string());
        About { backend, ..About::new(&proof.statement, bytes.len()) }
    };
    report::print(arguments.json, &about, || about.human())
}

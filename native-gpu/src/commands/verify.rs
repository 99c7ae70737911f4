//! `hearth verify`: a proof of a whole run, by its shards or of one piece.

use std::path::PathBuf;
use std::time::Instant;

use hearth_machine::hash::Hasher;
use hearth_machine::layout::INPUT_MAX;
use hearth_machine::program::{ProgramKey, input_digest};
use hearth_proof::root::{self, RootProof};
use hearth_shard::chain::{ChainProof, MAX_BYTES};
use serde::Serialize;

use crate::backend::{Backend, rejected};
use crate::commands::execute::exit_status;
use crate::failure::{self, Failure};
use crate::program::load_program;
use crate::report::{self, Bits, digest_hex};

#[derive(clap::Args)]
pub struct Arguments {
    /// The proof.
    #[arg(value_name = "PATH")]
    proof: PathBuf,
    /// The guest's ELF file.
    #[arg(long, value_name = "ELF", required_unless_present = "key", conflicts_with = "key")]
    program: Option<PathBuf>,
    /// The guest's key file, instead of the ELF file.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Also check that the run read this input.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    #[command(flatten)]
    backend: Backend,
    /// Accept the small shards that exist for tests.
    #[arg(long)]
    allow_test_params: bool,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    verified: bool,
    exit_code: u64,
    output: String,
    /// Digest of the input that the run read; without `--input` it is for the reader to compare.
    input_digest: String,
    shards: usize,
    seconds: f64,
    #[serde(flatten)]
    bits: Bits,
}

/// The key that the arguments name.
fn key(arguments: &Arguments) -> Result<ProgramKey, Failure> {
    match (&arguments.program, &arguments.key) {
        (Some(path), _) => Ok(*load_program(path)?.key()),
        (None, Some(path)) => {
            let file = failure::read(path, 1 << 16)?;
            ProgramKey::from_bytes(&file).map_err(|error| Failure::bad_input(path, error))
        }
        (None, None) => Err(Failure::Usage("give --program or --key".into())),
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let key = key(arguments)?;
    let bytes = failure::read(&arguments.proof, MAX_BYTES as u64)?;
    let start = Instant::now();
    let backend = arguments.backend.id();
    let verified = if bytes.starts_with(&root::MAGIC) {
        let proof = RootProof::from_bytes(&bytes).map_err(|error| Failure::bad_input(&arguments.proof, error))?;
        proof.verify(&key).map_err(|error| Failure::Rejected(error.to_string()))?
    } else {
        let proof = ChainProof::from_bytes(&bytes).map_err(|error| Failure::bad_input(&arguments.proof, error))?;
        proof.verify_by(backend, &key, arguments.allow_test_params).map_err(|error| rejected(&error, &proof))?
    };
    if let Some(path) = &arguments.input {
        let input = failure::read(path, INPUT_MAX)?;
        let digest = input_digest(&Hasher::new(), &input).map_err(|error| Failure::bad_input(path, error))?;
        if digest != verified.input {
            return Err(Failure::Rejected(format!("the run read another input than {}", path.display())));
        }
    }
    let report = Report {
        verified: true,
        exit_code: verified.exit_code,
        output: hex::encode(&verified.output),
        input_digest: digest_hex(&verified.input),
        shards: verified.shards,
        seconds: report::seconds(start.elapsed()),
        bits: Bits::of(backend),
    };
    report::print(arguments.json, &report, || {
        format!(
            "verified    {} shards in {:.2} s\nexit code   {}\noutput      {}\ninput       {}\nsecurity    {}",
            report.shards, report.seconds, report.exit_code, report.output, report.input_digest, report.bits
        )
    })?;
    exit_status(report.exit_code)
}

//! `hearth doctor`: what a node on this machine would lack, each with what to do about it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use hearth_blocks::rpc::{CallError, head};
use hearth_machine::hash::Hasher;
use serde::Serialize;
use serde_json::json;

use crate::block::{self, load_validator};
use crate::commands::node::Settings;
use crate::failure::Failure;
use crate::report::{self, digest_hex};

/// Memory that a node needs for proofs of shards of 2^24 cells, beside the system's.
const MEMORY_KIB: u64 = 4 << 20;
/// How long an execution client may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub struct Arguments {
    /// TOML file of the node.
    #[arg(long, value_name = "FILE", env = "HEARTH_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Grade {
    Good,
    /// The node runs, with less.
    Poor,
    /// The node does not run.
    Bad,
}

/// A check.
#[derive(Clone, Debug, Serialize)]
struct Finding {
    what: &'static str,
    grade: Grade,
    /// What was found, and what to do if that is not enough.
    says: String,
}

fn finding(what: &'static str, grade: Grade, says: impl Into<String>) -> Finding {
    Finding { what, grade, says: says.into() }
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = arguments.settings.clone().over(arguments.config.as_deref())?;
    let mut findings = vec![cores(), vectors(), memory(), validator(), listen(&settings)];
    let data = settings.data_dir.clone().unwrap_or_else(|| "hearth-data".into());
    findings.push(data_folder(&data));
    findings.extend(settings.app.as_deref().map(page));
    findings.extend(settings.replay.as_deref().map(replay));
    findings.extend(settings.follow.as_deref().into_iter().flat_map(client));
    report::print(arguments.json, &findings, || human(&findings))?;
    match findings.iter().filter(|finding| finding.grade == Grade::Bad).count() {
        0 => Ok(()),
        bad => Err(Failure::Usage(format!("{bad} of {} checks failed", findings.len()))),
    }
}

fn human(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let sign = match finding.grade {
            Grade::Good => "ok  ",
            Grade::Poor => "poor",
            Grade::Bad => "BAD ",
        };
        format!("{sign}  {:<18}{}", finding.what, finding.says)
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn cores() -> Finding {
    match thread::available_parallelism().map_or(1, usize::from) {
        1 => finding(
            "cores",
            Grade::Poor,
            "1: verification of proofs waits for the node's own prover; use --local-prover off",
        ),
        cores => finding("cores", Grade::Good, format!("{cores}")),
    }
}

/// What the compiler was allowed to use, against what the CPU has.
fn vectors() -> Finding {
    let built = if cfg!(target_feature = "avx512f") {
        "AVX-512"
    } else if cfg!(target_feature = "avx2") {
        "AVX2"
    } else if cfg!(target_feature = "neon") {
        "NEON"
    } else {
        "no vectors"
    };
    #[cfg(target_arch = "x86_64")]
    let better = (std::is_x86_feature_detected!("avx512f") && !cfg!(target_feature = "avx512f"))
        || (std::is_x86_feature_detected!("avx2") && !cfg!(target_feature = "avx2"));
    #[cfg(not(target_arch = "x86_64"))]
    let better = false;
    match better {
        false => finding("vectors", Grade::Good, format!("built for {built}")),
        true => finding(
            "vectors",
            Grade::Poor,
            format!("built for {built}, the CPU has more: build with RUSTFLAGS=-Ctarget-cpu=native"),
        ),
    }
}

fn memory() -> Finding {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = info.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let free: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    match free {
        None => finding("memory", Grade::Good, "not known on this system"),
        Some(kib) if kib < MEMORY_KIB => {
            let says = format!("{} MiB free; shards of 2^24 cells need {} MiB", kib >> 10, MEMORY_KIB >> 10);
            finding("memory", Grade::Poor, says)
        }
        Some(kib) => finding("memory", Grade::Good, format!("{} MiB free", kib >> 10)),
    }
}

fn validator() -> Finding {
    match load_validator(None) {
        Ok(program) => {
            let digest = digest_hex(&program.key().digest(&Hasher::new()));
            finding("validator", Grade::Good, format!("key {}…{}", &digest[..10], &digest[digest.len() - 6..]))
        }
        Err(error) => finding("validator", Grade::Bad, error.to_string()),
    }
}

fn listen(settings: &Settings) -> Finding {
    let Some(address) = settings.listen else { return finding("address", Grade::Good, "any free port of 127.0.0.1") };
    match TcpListener::bind(address) {
        Ok(_) => finding("address", Grade::Good, format!("{address} is free")),
        Err(error) => finding("address", Grade::Bad, format!("{address}: {error}; choose another with --listen")),
    }
}

fn data_folder(folder: &Path) -> Finding {
    let probe = folder.join(format!("doctor-{}.part", std::process::id()));
    let written =
        fs::create_dir_all(folder).and_then(|()| fs::write(&probe, b"?")).and_then(|()| fs::remove_file(&probe));
    let folder = folder.display();
    match written {
        Ok(()) => finding("data folder", Grade::Good, format!("{folder} can be written")),
        Err(error) => finding("data folder", Grade::Bad, format!("{folder}: {error}; choose another with --data-dir")),
    }
}

fn page(folder: &Path) -> Finding {
    let missing: Vec<_> = ["index.html", "app.js", "verifier/index.js", "prover/client.js"]
        .into_iter()
        .filter(|file| !folder.join(file).is_file())
        .collect();
    let folder = folder.display();
    match missing.is_empty() {
        true => finding("page", Grade::Good, format!("{folder}")),
        false => finding(
            "page",
            Grade::Bad,
            format!("{folder} lacks {}; scripts/app.sh builds the page", missing.join(", ")),
        ),
    }
}

fn replay(path: &Path) -> Finding {
    match crate::node::Job::blocks(path) {
        Ok(jobs) => finding("block files", Grade::Good, format!("{} in {}", jobs.len(), path.display())),
        Err(error) => finding("block files", Grade::Bad, error.to_string()),
    }
}

/// An execution client: does it answer, and how would it give witnesses?
fn client(url: &str) -> Vec<Finding> {
    let rpc = &mut *block::client(url, PATIENCE);
    let (number, hash) = match head(rpc) {
        Ok(head) => head,
        Err(error) => {
            let says = format!("{url}: {error}; is it running, with its HTTP JSON-RPC at this address?");
            return vec![finding("execution client", Grade::Bad, says)];
        }
    };
    let mut findings = vec![finding("execution client", Grade::Good, format!("{url} is at block {number} {hash}"))];
    if !matches!(rpc.call("eth_syncing", json!([])), Ok(serde_json::Value::Bool(false))) {
        findings.push(finding("synchronised", Grade::Poor, "it is syncing: a witness may be wrong until it is done"));
    }
    let tag = format!("{number:#x}");
    let witness = rpc.call("debug_executionWitness", json!([tag]));
    findings.push(match witness {
        Ok(_) => finding("witness", Grade::Good, "debug_executionWitness"),
        Err(CallError::UnknownMethod) => match rpc
            .call("debug_traceBlockByNumber", json!([tag, { "tracer": "prestateTracer" }]))
        {
            Ok(_) => {
                finding("witness", Grade::Poor, "no debug_executionWitness; from proofs and the tracer, which is slow")
            }
            Err(error) => finding(
                "witness",
                Grade::Bad,
                format!(
                    "neither debug_executionWitness nor debug_traceBlockByNumber ({error}): allow the debug namespace"
                ),
            ),
        },
        Err(error) => finding("witness", Grade::Bad, format!("debug_executionWitness: {error}")),
    });
    findings
}

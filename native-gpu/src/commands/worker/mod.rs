//! `hearth worker`: proves shards for a node, in the same role as a browser tab.

mod channel;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hearth_machine::hash::Digest;
use hearth_parcel::unpack;
use hearth_protocol::{
    IDLE_POLL_MS, Lease, LeaseRequest, MAX_ANSWER_BYTES, MAX_PACKAGE_BYTES, PROTOCOL, Receipt, Refusal, ToNode, ToPeer,
    is_worker_name,
};
use hearth_shard::prover::{ShardError, ShardProver};
use hearth_soundness::SizeClass;
use pollster::block_on;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

use self::channel::{Channel, Gone};
use crate::block::load_validator;
use crate::client;
use crate::failure::Failure;
use crate::interrupt;
use crate::node::name_of;

/// How often Ctrl-C is looked for.
const SLICE: Duration = Duration::from_millis(100);
/// Longest wait after failed requests.
const MAX_BACKOFF: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub struct Arguments {
    /// The node: http://HOST:PORT.
    #[arg(long, value_name = "URL", env = "HEARTH_NODE")]
    node: String,
    /// Name under which the work is counted; random without it.
    #[arg(long, value_name = "NAME", env = "HEARTH_WORKER_NAME")]
    name: Option<String>,
    /// The guest whose shards are proved, and no others; the built-in stateless validator without it.
    #[arg(long, value_name = "ELF", env = "HEARTH_PROGRAM")]
    program: Option<PathBuf>,
    /// Threads; all cores without it.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Largest shard: 2^N cells.
    #[arg(long, value_name = "N", default_value_t = 24)]
    log_cells_max: u8,
    /// End after so many proofs.
    #[arg(long, value_name = "N")]
    proofs: Option<u64>,
}

/// A worker.
struct Worker {
    agent: Agent,
    node: String,
    request: LeaseRequest,
    /// Root of the code of the one program that is proved: who works for a stranger decides what for.
    program: Digest,
    prover: Option<ShardProver>,
    /// Where leases come from, while there is one.
    channel: Option<Channel>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::install();
    let name = arguments.name.clone().unwrap_or_else(|| format!("cpu-{:08x}", rand::random::<u32>()));
    if !is_worker_name(&name) {
        return Err(Failure::Usage("a worker's name has 1 to 64 letters, digits, '-', '_', '.'".into()));
    }
    if let Some(threads) = arguments.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        pool.map_err(|error| Failure::Usage(format!("--threads: {error}")))?;
    }
    let mut worker = Worker {
        agent: client::agent(),
        node: arguments.node.trim_end_matches('/').to_owned(),
        request: LeaseRequest { worker: name, protocol: PROTOCOL, log_cells_max: arguments.log_cells_max },
        program: load_validator(arguments.program.as_ref())?.key().code_root,
        prover: None,
        channel: None,
    };
    let mut proofs = 0;
    let mut failures = 0;
    while arguments.proofs.is_none_or(|wanted| proofs < wanted) {
        match worker.round() {
            Ok(Round::Proved) => {
                proofs += 1;
                failures = 0;
            }
            Ok(Round::Wait(time)) => {
                failures = 0;
                sleep(time)?;
            }
            Err(Trouble::Network(reason)) => {
                tracing::warn!("{reason}");
                failures += 1;
                sleep(Duration::from_millis(200 << failures.min(6)).min(MAX_BACKOFF))?;
            }
            Err(Trouble::Final(failure)) => return Err(failure),
        }
        interrupt::check()?;
    }
    Ok(())
}

/// What a round ended with.
enum Round {
    Proved,
    Wait(Duration),
}

/// What went wrong.
enum Trouble {
    /// It may work later.
    Network(String),
    /// It will not.
    Final(Failure),
}

impl From<ureq::Error> for Trouble {
    fn from(error: ureq::Error) -> Self {
        Self::Network(error.to_string())
    }
}

impl Worker {
    /// A shard, or for how long to wait before the next attempt: from the channel, and by a request where there is none.
    fn lease(&mut self) -> Result<Result<Lease, Duration>, Trouble> {
        if self.channel.is_none() {
            self.channel = Channel::open(&self.node, &self.request).map_err(|reason| tracing::debug!("{reason}")).ok();
        }
        let Some(channel) = &self.channel else { return self.request_lease() };
        channel.say(ToNode::Ask { log_cells_max: self.request.log_cells_max });
        loop {
            interrupt::check().map_err(Trouble::Final)?;
            match channel.hear(SLICE) {
                Ok(Some(ToPeer::Lease(lease))) => return Ok(Ok(lease)),
                Ok(Some(ToPeer::Later { ms, .. })) => return Ok(Err(Duration::from_millis(ms.clamp(100, 60_000)))),
                Ok(Some(ToPeer::Changed | ToPeer::Welcome { .. }) | None) => {}
                // The answer to a request says whether that is for ever.
                Ok(Some(ToPeer::Refused { .. })) | Err(Gone) => {
                    self.channel = None;
                    return self.request_lease();
                }
            }
        }
    }

    /// The same by a request.
    fn request_lease(&self) -> Result<Result<Lease, Duration>, Trouble> {
        let body = serde_json::to_vec(&self.request).map_err(|error| Trouble::Network(error.to_string()))?;
        let url = format!("{}/v1/lease", self.node);
        let answer = self.agent.post(&url).header("content-type", "application/json").send(&body[..])?;
        match answer.status() {
            StatusCode::OK => Ok(Ok(json(answer)?)),
            StatusCode::NO_CONTENT => {
                Ok(Err(Duration::from_millis(IDLE_POLL_MS + rand::random::<u64>() % IDLE_POLL_MS)))
            }
            StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => Err(Trouble::Final(Failure::Rejected(reason(answer)))),
            _ => {
                let seconds = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                Ok(Err(Duration::from_secs(seconds.unwrap_or(1).clamp(1, 60))))
            }
        }
    }

    /// Asks for a shard, proves it, brings the proof.
    fn round(&mut self) -> Result<Round, Trouble> {
        let lease = match self.lease()? {
            Ok(lease) => lease,
            Err(wait) => return Ok(Round::Wait(wait)),
        };
        let package = self.fetch(&lease)?;
        let start = Instant::now();
        let proof = self.prove(&lease, &package)?;
        let proved = start.elapsed();
        let answer = self.agent.put(format!("{}/v1/proof/{}", self.node, lease.lease)).send(&proof[..])?;
        match answer.status() {
            StatusCode::OK => {
                let Receipt { verdict } = json(answer)?;
                tracing::info!("shard {} of {}: {proved:.1?}, {verdict:?}", lease.shard, lease.run);
                Ok(Round::Proved)
            }
            // Too late, or the node is in trouble: the next shard may do better.
            StatusCode::GONE | StatusCode::SERVICE_UNAVAILABLE => Ok(Round::Wait(Duration::ZERO)),
            _ => Err(Trouble::Final(Failure::Rejected(reason(answer)))),
        }
    }

    /// The package of a lease, checked against its name.
    fn fetch(&self, lease: &Lease) -> Result<Vec<u8>, Trouble> {
        let answer = self.agent.get(format!("{}{}", self.node, lease.package_url)).call()?;
        if answer.status() != StatusCode::OK {
            return Err(Trouble::Network(format!("package: {}", answer.status())));
        }
        let bytes = body(answer, MAX_PACKAGE_BYTES)?;
        if lease.package_url.rsplit('/').next() != Some(name_of(&bytes).as_str()) {
            return Err(Trouble::Network("the package is not the one that the lease names".into()));
        }
        Ok(bytes)
    }

    fn prove(&mut self, lease: &Lease, package: &[u8]) -> Result<Vec<u8>, Trouble> {
        let bad =
            |error: &dyn std::fmt::Display| Trouble::Final(Failure::Rejected(format!("the node's package: {error}")));
        if lease.log_cells > self.request.log_cells_max {
            return Err(bad(&"larger than what was asked for"));
        }
        let class = SizeClass::try_from(lease.log_cells).map_err(|error| bad(&error))?;
        let package = unpack(package, class.max_package_bytes()).map_err(|error| bad(&error))?;
        if package.statement.program_root != self.program {
            return Err(bad(&"a shard of another program than this worker proves; --program names another one"));
        }
        if self.prover.as_ref().is_none_or(|prover| prover.keys().class() != class) {
            self.prover = Some(ShardProver::new(class).map_err(|error| bad(&error))?);
        }
        let Some(prover) = &self.prover else { return Err(bad(&"no prover")) };
        let proved = block_on(prover.prove(&package, |_| interrupt::check().is_ok()));
        match proved {
            Ok((proof, _)) => Ok(proof.to_bytes()),
            Err(ShardError::Cancelled) => Err(Trouble::Final(Failure::Interrupted)),
            Err(error) => Err(bad(&error)),
        }
    }
}

fn body(answer: Response<ureq::Body>, limit: usize) -> Result<Vec<u8>, Trouble> {
    client::body(answer, limit).map_err(Trouble::Network)
}

fn json<T: serde::de::DeserializeOwned>(answer: Response<ureq::Body>) -> Result<T, Trouble> {
    serde_json::from_slice(&body(answer, MAX_ANSWER_BYTES)?).map_err(|error| Trouble::Network(error.to_string()))
}

/// The reason in a refusal.
fn reason(answer: Response<ureq::Body>) -> String {
    let status = answer.status();
    json::<Refusal>(answer).map_or_else(|_| status.to_string(), |refusal| format!("{status}: {}", refusal.reason))
}

/// Sleeps in slices, so that Ctrl-C is heard.
fn sleep(time: Duration) -> Result<(), Failure> {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        interrupt::check()?;
        std::thread::sleep(left.min(SLICE));
    }
    Ok(())
}

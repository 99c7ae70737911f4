//! `hearth report run`.

use std::thread;
use std::time::{Duration, Instant};

use hearth_blocks::{Chains, Rules};
use hearth_protocol::{RunState, Status};

use super::check::check;
use super::table::Figures;
use crate::block::load_validator;
use crate::client::Client;
use crate::failure::Failure;
use crate::interrupt;

/// How often a node is asked.
const POLL: Duration = Duration::from_millis(500);
/// How often progress is printed.
const PROGRESS: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub struct Arguments {
    /// The node: http://HOST:PORT.
    #[arg(long, value_name = "URL", env = "HEARTH_NODE")]
    node: String,
    /// Wait until the node has a run and all its runs are over, for at most so many seconds.
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u64>,
    /// Rules of the chain where it is no public network: a fork's name, like Osaka.
    #[arg(long, value_name = "NAME")]
    rules: Option<String>,
    /// Accept the small shards that exist for tests.
    #[arg(long)]
    allow_test_params: bool,
    /// Print one line of JSON per run.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    interrupt::install();
    let chains = match &arguments.rules {
        Some(name) => Chains::Only(
            Rules::by_name(name).ok_or_else(|| Failure::Usage(format!("'{name}' is no known network or fork")))?,
        ),
        None => Chains::Public,
    };
    let client = Client::new(&arguments.node);
    let status = status(&client, arguments)?;
    if status.runs.is_empty() {
        return Err(Failure::Usage("the node has no run".into()));
    }
    let validator = load_validator(None)?;
    let (mut failed, mut open, mut refused) = (Vec::new(), 0, Vec::new());
    for run in &status.runs {
        let verdict = match run.state {
            RunState::Done => Some(
                check(&client, run, &validator, chains, arguments.allow_test_params)
                    .map_err(|reason| Failure::Internal(format!("{}: {reason}", arguments.node)))?,
            ),
            RunState::Failed => {
                failed.push(run.error.clone().unwrap_or_default());
                None
            }
            _ => {
                open += 1;
                None
            }
        };
        refused.extend(verdict.iter().filter(|verdict| !verdict.ok).map(|verdict| verdict.says.clone()));
        let figures = Figures::new(&status, run, verdict);
        crate::report::print(arguments.json, &figures, || figures.human())?;
    }
    match (refused.first(), failed.first(), open) {
        (Some(reason), ..) => Err(Failure::Rejected(reason.clone())),
        (None, Some(reason), _) => Err(Failure::Guest(reason.clone())),
        (None, None, 0) => Ok(()),
        (None, None, open) => Err(Failure::OverBudget(format!("{open} runs are not proved yet"))),
    }
}

/// The status, once everything is over or the time is.
fn status(client: &Client, arguments: &Arguments) -> Result<Status, Failure> {
    let start = Instant::now();
    let patience = Duration::from_secs(arguments.wait.unwrap_or(0));
    let mut shown = Instant::now();
    loop {
        interrupt::check()?;
        let status: Result<Status, String> = client.json("/v1/status");
        let over = status.as_ref().is_ok_and(|status| {
            let is_over = |run: &hearth_protocol::Run| matches!(run.state, RunState::Done | RunState::Failed);
            !status.runs.is_empty() && status.runs.iter().all(is_over)
        });
        if over || start.elapsed() >= patience {
            return status.map_err(|reason| Failure::Internal(format!("{}: {reason}", arguments.node)));
        }
        if shown.elapsed() >= PROGRESS && !arguments.json {
            shown = Instant::now();
            if let Ok(status) = &status {
                eprintln!("{}", progress(status));
            }
        }
        thread::sleep(POLL);
    }
}

/// One line on where the runs stand.
fn progress(status: &Status) -> String {
    let all: usize = status.runs.iter().map(|run| run.shards.len()).sum();
    let done = status.runs.iter().flat_map(|run| &run.shards).filter(|shard| shard.done_ms.is_some()).count();
    let workers = status.workers.iter().map(|worker| format!("{} {}", worker.name, worker.accepted));
    format!("         {done} of {all} shards proved: {}", workers.collect::<Vec<_>>().join(", "))
}

//! The node: executes runs, cuts them, has their shards proved by whoever asks and by itself, verifies every proof, and keeps
//! what is proved.
//!
//! | module | what it does |
//! |---|---|
//! | [`jobs`] | which runs: block files, or a program with its input |
//! | [`follow`] | the newest block of an execution client |
//! | [`execute`] | thread: executes and cuts one run after another |
//! | [`state`] | all that the threads share, behind one lock |
//! | [`grant`], [`channel`] | give out leases, on demand and as they come |
//! | [`judge`] | decides on a returned proof |
//! | [`local`] | thread: proves what nobody takes |
//! | [`finish`] | the proof of a whole run from those of its shards |
//! | [`store`], [`records`] | what outlives the process |
//! | [`http`], [`serve`] | the endpoints, and the connections |
//! | [`trouble`] | why a run cannot be proved, and what to do about it |
//! | [`status`], [`metrics`] | what the node says of itself |

mod channel;
mod execute;
mod finish;
mod follow;
mod grant;
mod http;
mod jobs;
mod judge;
mod local;
mod metrics;
mod records;
mod serve;
mod state;
mod status;
mod store;
mod trouble;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use hearth_soundness::SizeClass;

pub use follow::Follow;
pub use jobs::{Job, Jobs};
pub use state::Summary;
pub use store::name_of;

use crate::failure::Failure;
use crate::interrupt;
use crate::node::state::Node;
use crate::node::store::Store;
use crate::node::trouble::{Cause, Trouble};

/// How long its threads may go on once a node stops.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// How a node runs.
pub struct Options {
    /// Where it listens; port 0 means any.
    pub listen: SocketAddr,
    /// Size class of the shards.
    pub class: SizeClass,
    /// Whether it proves what nobody takes.
    pub local_prover: bool,
    /// For so long from a run's start it leaves to others what they can prove within that time.
    pub swarm_time: Duration,
    /// Workers that must have asked for work before the first run begins.
    pub await_workers: usize,
    /// From a block to its proof; later is late.
    pub slot: Duration,
    /// Whether a run that is not expected to be proved in a slot is given up.
    pub drop_late: bool,
    /// What outlives the process.
    pub data: PathBuf,
    /// Static files to serve.
    pub app: Option<PathBuf>,
    /// Whether it ends once all runs are proved.
    pub once: bool,
    /// Whether it reports in JSON.
    pub json: bool,
}

/// Runs a node until it is told to stop or, if it is to run once, all is proved.
pub fn run(options: Options, jobs: Jobs) -> Result<Summary, Failure> {
    interrupt::install();
    let store = Store::open(&options.data).map_err(|error| Failure::Internal(error.to_string()))?;
    let node = Arc::new(Node::new(&options, store)?);
    let listen = options.listen;
    let io = move |source| Failure::Io { path: listen.to_string().into(), source };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .map_err(io)?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind(listen)).map_err(io)?;
    node.say_listening(listener.local_addr().map_err(io)?);

    let workers = options.await_workers;
    let mut threads = vec![spawn(&node, "execute", move |node| {
        execute::await_workers(node, workers);
        execute::run(node, jobs);
    })];
    if options.local_prover {
        threads.push(spawn(&node, "prove", local::run));
    }
    let waiting = node.clone();
    let stop = async move {
        while interrupt::check().is_ok() && !(options.once && waiting.is_finished()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            waiting.tick();
        }
        waiting.stop();
    };
    let served = runtime.block_on(serve::serve(listener, http::router(node.clone(), options.app), stop));
    node.stop();
    let end = Instant::now() + LAST_WORDS;
    for thread in threads {
        while !thread.is_finished() && Instant::now() < end {
            thread::sleep(Duration::from_millis(10));
        }
        // One that waits for an execution client which does not answer has nothing to lose.
        if thread.is_finished() && thread.join().is_err() {
            tracing::error!("a thread of the node panicked");
        }
    }
    runtime.shutdown_timeout(Duration::from_secs(5));
    served.map_err(io)?;
    Ok(node.summary())
}

/// A thread that stops the node if it panics: a node without it would wait for ever.
fn spawn(node: &Arc<Node>, name: &str, body: impl FnOnce(&Arc<Node>) + Send + 'static) -> thread::JoinHandle<()> {
    let node = node.clone();
    let name = name.to_owned();
    thread::spawn(move || {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| body(&node)));
        if done.is_err() {
            node.give_up(&Trouble::new(Cause::Bug, format!("the {name} thread panicked")));
        }
    })
}

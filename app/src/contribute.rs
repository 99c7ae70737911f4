//! The loop that takes, proves and returns shards.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use hearth_protocol::{Lease, Verdict};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::channel::{Channel, Line};
use crate::{api, consent, text, time, workers};

/// Largest shards that a tab takes: 2^24 cells fit the memory of a tab, the next class does not.
const LOG_CELLS_MAX: u8 = 24;
/// How long to wait after a failure.
const RETRY_MS: u32 = 5000;
/// Where the name of this worker is kept.
const NAME: &str = "hearth-worker";

/// What the user wants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Work,
    /// Stop after the current shard.
    Finish,
    /// Stop now.
    Pause,
}

/// What is being done.
#[derive(Clone, PartialEq)]
enum State {
    Off,
    Waiting,
    Downloading(u32),
    Proving(u32, String),
    Uploading(u32),
    Retrying(String),
}

impl State {
    fn words(&self) -> String {
        match self {
            Self::Off => "Paused. Nothing runs until you press Start.".into(),
            Self::Waiting => "Waiting for work".into(),
            Self::Downloading(shard) => format!("Downloading shard {shard}"),
            Self::Proving(shard, stage) => format!("Proving shard {shard}: {}", stage_words(stage)),
            Self::Uploading(shard) => format!("Uploading the proof of shard {shard}"),
            Self::Retrying(reason) => format!("{reason}. Trying again in {} s.", RETRY_MS / 1000),
        }
    }
}

/// What a stage of the worker is.
fn stage_words(stage: &str) -> &str {
    match stage {
        "loading" => "loading the prover",
        "replaying" => "executing it again",
        "tracing" => "filling its tables",
        "proving" => "computing and checking the proof",
        other => other,
    }
}

/// The state and the counters.
#[derive(Clone, PartialEq)]
struct Work {
    state: State,
    wish: Wish,
    accepted: u64,
    late: u64,
    cells: f64,
    milliseconds: f64,
    bytes: u64,
    /// Shards proved by run.
    helped: BTreeMap<String, u32>,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            state: State::Off,
            wish: Wish::Pause,
            accepted: 0,
            late: 0,
            cells: 0.0,
            milliseconds: 0.0,
            bytes: 0,
            helped: BTreeMap::new(),
        }
    }
}

enum Change {
    State(State),
    Wish(Wish),
    Bytes(u32),
    /// A proof came back: the run, its verdict, cells and milliseconds.
    Proved(String, Verdict, f64, f64),
}

impl Reducible for Work {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        match change {
            Change::State(state) => next.state = state,
            Change::Wish(wish) => {
                next.wish = wish;
                if wish == Wish::Work {
                    next.state = State::Waiting;
                }
            }
            Change::Bytes(bytes) => next.bytes += u64::from(bytes),
            Change::Proved(run, verdict, cells, milliseconds) => {
                match verdict {
                    Verdict::Accepted => {
                        next.accepted += 1;
                        *next.helped.entry(run).or_default() += 1;
                    }
                    Verdict::Late => next.late += 1,
                }
                next.cells += cells;
                next.milliseconds += milliseconds;
            }
        }
        Rc::new(next)
    }
}

type Hear = UseReducerDispatcher<Work>;

/// The name of this browser's worker: made once, and of no meaning elsewhere.
fn worker_name() -> String {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    let kept = storage.as_ref().and_then(|storage| storage.get_item(NAME).ok().flatten());
    kept.filter(|name| hearth_protocol::is_worker_name(name)).unwrap_or_else(|| {
        let name = format!("tab-{:08x}", (js_sys::Math::random() * 4_294_967_296.0) as u32);
        if let Some(storage) = storage {
            // Without storage the name lives as long as the page.
            let _ = storage.set_item(NAME, &name);
        }
        name
    })
}

/// Proves one leased shard and returns the proof.
async fn prove(lease: &Lease, hear: &Hear) -> Result<(), String> {
    let say = |state| hear.dispatch(Change::State(state));
    if lease.log_cells > LOG_CELLS_MAX {
        return Err(format!("the node gave a shard of 2^{} cells, more than this tab takes", lease.log_cells));
    }
    say(State::Downloading(lease.shard));
    let package = api::package(lease).await?;
    hear.dispatch(Change::Bytes(package.length()));
    let (shard, stages) = (lease.shard, hear.clone());
    let proved = workers::prove(&package, lease.log_cells, consent::any_program(), move |stage| {
        stages.dispatch(Change::State(State::Proving(shard, stage)));
    });
    let proved = proved.await?;
    say(State::Uploading(shard));
    hear.dispatch(Change::Bytes(proved.proof.length()));
    let verdict = api::deliver(lease, &proved.proof).await?;
    hear.dispatch(Change::Proved(lease.run.clone(), verdict, proved.cells, proved.ms));
    Ok(())
}

/// What the buttons and the loop share.
struct Controls {
    wish: Cell<Wish>,
    /// The open channel, while the loop waits on it.
    line: RefCell<Option<Line>>,
}

impl Controls {
    /// Ends the wait for a shard.
    fn wake(&self) {
        if let Some(line) = self.line.take() {
            line.close();
        }
    }
}

/// A shard from the channel, which is opened if it is not; where there is none, by a request.
async fn lease(name: &str, channel: &mut Option<Channel>, controls: &Controls) -> Result<Option<Lease>, String> {
    if channel.is_none() {
        *channel = Channel::open(Some(name)).await.ok();
    }
    let Some(open) = channel else { return api::lease(name, LOG_CELLS_MAX).await };
    // A wish that changed while it was opened closed nothing.
    if controls.wish.get() != Wish::Work {
        return Ok(None);
    }
    controls.line.replace(Some(open.line()));
    let lease = open.lease(LOG_CELLS_MAX).await;
    controls.line.take();
    if lease.is_err() {
        *channel = None;
    }
    lease.map(Some)
}

/// Works until the wish is another one.
async fn work(name: String, controls: Rc<Controls>, hear: Hear) {
    let mut channel = None;
    while controls.wish.get() == Wish::Work {
        hear.dispatch(Change::State(State::Waiting));
        let result = match lease(&name, &mut channel, &controls).await {
            Ok(Some(lease)) => prove(&lease, &hear).await,
            Ok(None) if channel.is_some() => Ok(()),
            Ok(None) => {
                // At random, so that tabs do not ask all at once.
                time::sleep(api::IDLE_MS + (js_sys::Math::random() * f64::from(api::IDLE_MS)) as u32).await;
                Ok(())
            }
            Err(reason) => Err(reason),
        };
        if let Err(reason) = result
            && controls.wish.get() == Wish::Work
        {
            hear.dispatch(Change::State(State::Retrying(reason)));
            time::sleep(RETRY_MS).await;
        }
    }
    controls.wish.set(Wish::Pause);
    hear.dispatch(Change::Wish(Wish::Pause));
    hear.dispatch(Change::State(State::Off));
}

/// The page.
#[component]
pub fn Contribute() -> Html {
    let work_state = use_reducer(Work::default);
    let controls = use_memo((), |()| Controls { wish: Cell::new(Wish::Pause), line: RefCell::default() });
    let name = use_memo((), |()| worker_name());
    let wanted = |to: Wish| {
        let (controls, hear, name) = (controls.clone(), work_state.dispatcher(), name.clone());
        Callback::from(move |_: MouseEvent| {
            // The loop leaves this wish behind when it ends.
            let stopped = controls.wish.get() == Wish::Pause;
            controls.wish.set(to);
            hear.dispatch(Change::Wish(to));
            match to {
                Wish::Work if stopped => spawn_local(work((*name).clone(), controls.clone(), hear.clone())),
                Wish::Pause => {
                    controls.wake();
                    workers::cancel_proof();
                }
                Wish::Finish => controls.wake(),
                Wish::Work => {}
            }
        })
    };
    let off = work_state.state == State::Off;
    let rate = match work_state.milliseconds {
        0.0 => "not known yet".into(),
        milliseconds => format!("{:.2} M cells/s", work_state.cells / milliseconds / 1000.0),
    };
    let fact = |what: &'static str, value: String| html! { <><dt>{ what }</dt><dd>{ value }</dd></> };
    html! {
        <>
            <p class="lead">
                { "This tab can prove parts of Ethereum blocks on your CPU, one core at a time, and nothing else. It reads no files and needs no wallet. \
                   The server sees your IP address and your speed. Pause or close the tab to end everything." }
            </p>
            <p class="buttons">
                <button onclick={wanted(Wish::Work)} disabled={!off}>{ "Start" }</button>
                <button onclick={wanted(Wish::Finish)} disabled={work_state.wish != Wish::Work}>{ "Finish" }</button>
                <button onclick={wanted(Wish::Pause)} disabled={off}>{ "Pause" }</button>
            </p>
            <p class="state" role="status">
                { work_state.state.words() }
                if work_state.wish == Wish::Finish && !off { <br />{ "Stops after this shard." } }
            </p>
            <dl>
                { fact("Shards accepted", text::grouped(work_state.accepted)) }
                { fact("Proved, but second", text::grouped(work_state.late)) }
                { fact("Speed", rate) }
                { fact("Cells proved", text::grouped(work_state.cells as u64)) }
                { fact("Data in and out", text::bytes(work_state.bytes)) }
                { fact("Name of this worker", (*name).clone()) }
            </dl>
            if !work_state.helped.is_empty() {
                <h2>{ "Runs that you helped" }</h2>
                <ul>
                    { for work_state.helped.iter().map(|(run, shards)| html! {
                        <li><code title={run.clone()}>{ text::short(run) }</code>{ format!(": {shards} shards") }</li>
                    }) }
                </ul>
            }
        </>
    }
}

//! The loop that takes, proves and returns shards, within the user's limits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hearth_protocol::Lease;

use super::limits::{Hold, Limits, Now, Traffic};
use super::work::{Change, Hear, Returned, State, Task, Wish};
use crate::browser::{self, Claim};
use crate::channel::{Channel, Line};
use crate::workers::ProveError;
use crate::{api, consent, time, workers};

/// Largest shards that a tab takes: 2^24 cells fit the memory of a tab, the next class does not.
const LOG_CELLS_MAX: u8 = 24;
/// How long to wait after a first failure; each further one doubles it, up to the second number.
const RETRY_MS: (u32, u32) = (2_000, 60_000);
/// How often limits, and the other tab, are looked at again while nothing may be done.
const LOOK_MS: u32 = 2_000;
/// How often the wish is looked at in between.
const SLICE_MS: u32 = 200;

/// What the buttons and the loop share.
pub struct Controls {
    /// What the user wants.
    pub wish: Cell<Wish>,
    /// The user's limits.
    pub limits: RefCell<Limits>,
    /// The open channel, while the loop waits on it.
    line: RefCell<Option<Line>>,
}

impl Controls {
    /// Of a tab that is paused.
    pub fn new(limits: Limits) -> Self {
        Self { wish: Cell::new(Wish::Pause), limits: RefCell::new(limits), line: RefCell::default() }
    }

    /// Ends the wait for a shard.
    pub fn wake(&self) {
        if let Some(line) = self.line.take() {
            line.close();
        }
    }

    fn wants_work(&self) -> bool {
        self.wish.get() == Wish::Work
    }

    /// Waits, at most until the wish is another one.
    async fn rest(&self, milliseconds: u32) {
        let end = js_sys::Date::now() + f64::from(milliseconds);
        while self.wants_work() && js_sys::Date::now() < end {
            let left = (end - js_sys::Date::now()).max(0.0) as u32;
            time::sleep(left.min(SLICE_MS)).await;
        }
    }
}

/// Why a round had no proof.
enum Trouble {
    /// Another round may have one.
    Passing(String),
    /// None will.
    Final(String),
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Passing(reason)
    }
}

/// A session, from Start on.
struct Session {
    name: String,
    controls: Rc<Controls>,
    hear: Hear,
    start: f64,
    traffic: Traffic,
    channel: Option<Channel>,
}

/// Works until the wish is another one, or nothing can be done.
pub async fn work(name: String, controls: Rc<Controls>, hear: Hear) {
    let start = js_sys::Date::now();
    let mut session = Session { name, controls, hear, start, traffic: Traffic::default(), channel: None };
    let ended = session.run().await;
    // The last word of the channel is that it is closed.
    session.channel = None;
    session.controls.wish.set(Wish::Pause);
    session.hear.dispatch(Change::Wish(Wish::Pause));
    session.say(ended.map_or(State::Off, State::Ended));
}

impl Session {
    fn say(&self, state: State) {
        self.hear.dispatch(Change::State(state));
    }

    fn moved(&mut self, bytes: u32) {
        self.traffic.add(js_sys::Date::now(), bytes.into());
        self.hear.dispatch(Change::Bytes(bytes.into()));
    }

    /// Works; why it ended, if not by the user's wish.
    async fn run(&mut self) -> Option<String> {
        let _claim = self.claim().await?;
        let mut pause = RETRY_MS.0;
        while self.controls.wants_work() {
            match self.hold().await {
                Some(hold) if hold.passes() => {
                    self.channel = None;
                    self.say(State::Held(hold));
                    self.controls.rest(LOOK_MS).await;
                    continue;
                }
                Some(hold) => return Some(hold.words()),
                None => {}
            }
            match self.round().await {
                Ok(()) => pause = RETRY_MS.0,
                Err(Trouble::Final(reason)) => return Some(reason),
                Err(Trouble::Passing(_)) if !self.controls.wants_work() => {}
                Err(Trouble::Passing(reason)) => {
                    self.say(State::Retrying(reason, pause));
                    self.controls.rest(pause).await;
                    pause = (2 * pause).min(RETRY_MS.1);
                }
            }
        }
        None
    }

    /// Waits for the right to prove; `None` if the wish changes before.
    async fn claim(&self) -> Option<Claim> {
        while self.controls.wants_work() {
            if let Some(claim) = Claim::take().await {
                return Some(claim);
            }
            self.say(State::Elsewhere);
            self.controls.rest(LOOK_MS).await;
        }
        None
    }

    /// Which of the user's limits is reached.
    async fn hold(&mut self) -> Option<Hold> {
        let on_battery = browser::on_battery().await;
        let at = js_sys::Date::now();
        let now = Now {
            on_battery,
            hour: js_sys::Date::new_0().get_hours() as u8,
            session_ms: at - self.start,
            bytes: self.traffic.within_hour(at),
        };
        self.controls.limits.borrow().hold(&now)
    }

    /// Takes a shard, proves it, returns the proof, and rests.
    async fn round(&mut self) -> Result<(), Trouble> {
        let Some(lease) = self.lease().await? else { return Ok(()) };
        let worked = self.prove(&lease).await?;
        let rest = self.controls.limits.borrow().rest_ms(worked) as u32;
        if rest > 0 && self.controls.wants_work() {
            self.say(State::Resting(rest));
            self.controls.rest(rest).await;
        }
        Ok(())
    }

    /// A shard from the channel, which is opened if it is not; where there is none, by a request. None if the wish changed or there is
    /// nothing to do.
    async fn lease(&mut self) -> Result<Option<Lease>, String> {
        if self.channel.is_none() {
            self.say(State::Connecting);
            self.channel = Channel::open(Some(&self.name)).await.ok();
        }
        self.say(State::Waiting);
        let Some(open) = &mut self.channel else {
            let lease = api::lease(&self.name, LOG_CELLS_MAX).await?;
            if lease.is_none() {
                // At random, so that tabs do not ask all at once.
                let more = (js_sys::Math::random() * f64::from(api::IDLE_MS)) as u32;
                self.controls.rest(api::IDLE_MS + more).await;
            }
            return Ok(lease);
        };
        // A wish that changed while it was opened closed nothing.
        if !self.controls.wants_work() {
            return Ok(None);
        }
        self.controls.line.replace(Some(open.line()));
        let hear = self.hear.clone();
        let lease = open.lease(LOG_CELLS_MAX, |ms, why| hear.dispatch(Change::State(State::Later(ms, why)))).await;
        self.controls.line.take();
        if lease.is_err() {
            self.channel = None;
        }
        lease.map(Some)
    }

    /// Proves one leased shard and returns the proof; the milliseconds that it took.
    async fn prove(&mut self, lease: &Lease) -> Result<f64, Trouble> {
        if lease.log_cells > LOG_CELLS_MAX {
            let size = lease.log_cells;
            return Err(Trouble::Passing(format!("the node gave a shard of 2^{size} cells, more than this tab takes")));
        }
        let run = if lease.name.is_empty() { lease.run.clone() } else { lease.name.clone() };
        let task = Task { run, shard: lease.shard };
        self.say(State::Downloading(task.clone()));
        let package = api::package(lease).await?;
        self.moved(package.length());
        let (at_work, hear) = (task.clone(), self.hear.clone());
        let proved = workers::prove(&package, lease.log_cells, consent::any_program(), move |stage| {
            hear.dispatch(Change::State(State::Proving(at_work.clone(), stage)));
        });
        let proved = proved.await.map_err(|error| match error {
            ProveError::Unsupported(reason) => Trouble::Final(format!("Unsupported: {reason}.")),
            ProveError::WrongProof(reason) => Trouble::Final(format!(
                "Stopped: {reason}. Nothing wrong was sent. Memory that is overclocked or damaged does this."
            )),
            ProveError::Failed(reason) => Trouble::Passing(reason),
        })?;
        self.say(State::Uploading(task.clone()));
        self.moved(proved.proof.length());
        let verdict = api::deliver(lease, &proved.proof).await?;
        self.hear.dispatch(Change::Returned(Returned { task, verdict, cells: proved.cells, ms: proved.ms }));
        Ok(proved.ms)
    }
}

//! What the tab is doing, in words, and what it has done.

use std::collections::BTreeMap;
use std::rc::Rc;

use hearth_protocol::Verdict;
use serde::{Deserialize, Serialize};
use yew::prelude::*;

use super::limits::Hold;
use crate::{storage, text};

/// Where the tally is kept.
const TALLY: &str = "hearth-tally";
/// Runs that it names, the latest.
const MAX_RUNS: usize = 50;

/// What the user wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Prove.
    Work,
    /// Stop after the current shard.
    Finish,
    /// Stop now.
    Pause,
}

/// A shard, as people know it.
#[derive(Clone, PartialEq, Eq)]
pub struct Task {
    /// Name of its run.
    pub run: String,
    /// Its number.
    pub shard: u32,
}

/// What is being done.
#[derive(Clone, PartialEq)]
pub enum State {
    /// Nothing, as nobody pressed Start.
    Off,
    /// Nothing any more: why.
    Ended(String),
    /// Another tab of this profile proves.
    Elsewhere,
    /// The channel is being opened.
    Connecting,
    /// There is no work.
    Waiting,
    /// The node wants no request for so many milliseconds: why.
    Later(u32, String),
    /// A limit of the user.
    Held(Hold),
    /// The share of the time is used up: so many milliseconds of rest.
    Resting(u32),
    /// Its package comes.
    Downloading(Task),
    /// It is being proved: what the worker does.
    Proving(Task, String),
    /// Its proof goes.
    Uploading(Task),
    /// Something failed, and is tried again after so many milliseconds.
    Retrying(String, u32),
}

impl State {
    /// In words.
    pub fn words(&self) -> String {
        let of = |task: &Task| format!("shard {} of {}", task.shard, task.run);
        match self {
            Self::Off => "Paused. Nothing runs until you press Start.".into(),
            Self::Ended(why) => why.clone(),
            Self::Elsewhere => {
                "Another tab of this browser proves already. This one takes over when that one stops.".into()
            }
            Self::Connecting => "Connecting to the node".into(),
            Self::Waiting => "Waiting for work".into(),
            Self::Later(ms, why) => format!("The node wants a pause of {}: {why}", text::milliseconds((*ms).into())),
            Self::Held(hold) => hold.words(),
            Self::Resting(ms) => {
                format!("Resting for {}, as your share of the time asks for", text::milliseconds((*ms).into()))
            }
            Self::Downloading(task) => format!("Downloading {}", of(task)),
            Self::Proving(task, stage) => format!("Proving {}: {}", of(task), stage_words(stage)),
            Self::Uploading(task) => format!("Uploading the proof of {}", of(task)),
            Self::Retrying(reason, ms) => format!("{reason}. Trying again in {} s.", ms / 1000),
        }
    }

    /// Whether nothing runs and nothing will.
    pub const fn is_off(&self) -> bool {
        matches!(self, Self::Off | Self::Ended(_))
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

/// What this browser has proved so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Proofs that counted.
    pub accepted: u64,
    /// Proofs that came second.
    pub late: u64,
    /// Committed cells.
    pub cells: f64,
    /// Milliseconds that they took.
    pub milliseconds: f64,
    /// Bytes in and out.
    pub bytes: u64,
    /// Numbers of the shards by run, and when the latest of them was accepted.
    pub helped: BTreeMap<String, (f64, Vec<u32>)>,
}

impl Tally {
    /// Notes a shard that was accepted.
    fn note(&mut self, task: Task, at: f64) {
        let (latest, shards) = self.helped.entry(task.run).or_default();
        *latest = at;
        shards.push(task.shard);
        if self.helped.len() > MAX_RUNS {
            let oldest = self.helped.iter().min_by(|a, b| a.1.0.total_cmp(&b.1.0)).map(|(run, _)| run.clone());
            oldest.map(|run| self.helped.remove(&run));
        }
    }
}

/// State, wish and tally.
#[derive(Clone, PartialEq)]
pub struct Work {
    /// What is being done.
    pub state: State,
    /// What the user wants.
    pub wish: Wish,
    /// What was done.
    pub tally: Tally,
}

impl Default for Work {
    fn default() -> Self {
        Self { state: State::Off, wish: Wish::Pause, tally: storage::load(TALLY).unwrap_or_default() }
    }
}

/// A proof that came back.
pub struct Returned {
    /// Of which shard.
    pub task: Task,
    /// Whether it counted.
    pub verdict: Verdict,
    /// Committed cells.
    pub cells: f64,
    /// Milliseconds.
    pub ms: f64,
}

/// What changes.
pub enum Change {
    /// What is being done.
    State(State),
    /// What the user wants.
    Wish(Wish),
    /// Bytes went in or out.
    Bytes(u64),
    /// A proof came back.
    Returned(Returned),
    /// The user wants it forgotten.
    Forget,
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
                    next.state = State::Connecting;
                }
            }
            Change::Bytes(bytes) => next.tally.bytes += bytes,
            Change::Returned(Returned { task, verdict, cells, ms }) => {
                let tally = &mut next.tally;
                match verdict {
                    Verdict::Accepted => {
                        tally.accepted += 1;
                        tally.note(task, js_sys::Date::now());
                    }
                    Verdict::Late => tally.late += 1,
                }
                tally.cells += cells;
                tally.milliseconds += ms;
                storage::save(TALLY, tally);
            }
            Change::Forget => {
                storage::remove(TALLY);
                next.tally = Tally::default();
            }
        }
        Rc::new(next)
    }
}

/// Tells the page.
pub type Hear = UseReducerDispatcher<Work>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tally_forgets_the_run_that_was_helped_longest_ago() {
        let mut tally = Tally::default();
        for number in 0..=MAX_RUNS {
            tally.note(Task { run: format!("block {number}"), shard: 3 }, number as f64);
            tally.note(Task { run: "block 0".into(), shard: number as u32 }, number as f64);
        }
        assert_eq!(tally.helped.len(), MAX_RUNS);
        assert!(tally.helped.contains_key("block 0") && !tally.helped.contains_key("block 1"));
    }
}

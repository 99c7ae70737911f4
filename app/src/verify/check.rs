//! Fetches and verifies the proofs of the node's blocks, and asks the user's sources for them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use hearth_protocol::Block;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::channel::News;
use crate::history::{self, Past};
use crate::sources::{self, Opinion};
use crate::workers::{self, Verdict};
use crate::{api, browser, consent};

/// How often the node is asked for its blocks.
const POLL_MS: u32 = 2000;

/// Where the check of one proof stands.
#[derive(Clone, PartialEq)]
pub enum Check {
    /// The proof comes.
    Downloading,
    /// A proof of that many bytes is being verified.
    Verifying(u32),
    /// The verdict on a proof of that many bytes.
    Done(u32, Box<Verdict>),
    /// No verdict, and why.
    Failed(String),
}

/// All that the page knows.
#[derive(Clone, Default, PartialEq)]
pub struct Known {
    /// The node's blocks and other runs, oldest first.
    pub blocks: Vec<Block>,
    /// By id of the run; that of a proof which the user brings has a name of its own.
    pub checks: BTreeMap<String, Check>,
    /// What the user's sources say, by hash of the block.
    pub opinions: BTreeMap<String, Vec<(String, Opinion)>>,
    /// Why there is no list of blocks.
    pub problem: Option<String>,
    /// Blocks whose proofs were accepted before.
    pub history: Vec<Past>,
}

/// What changes.
pub enum Change {
    /// The node's list.
    Blocks(Vec<Block>),
    /// Where the check of a run's proof stands.
    Check(String, Check),
    /// What the user's sources say of the block of this hash.
    Opinions(String, Vec<(String, Opinion)>),
    /// There is no list.
    Problem(String),
    /// A block's proof was accepted.
    Remember(Past),
    /// The user wants the history gone.
    Forget,
    /// The user has other sources: what the old ones said is nothing any more.
    OtherSources,
}

impl Reducible for Known {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        match change {
            Change::Blocks(blocks) => (next.blocks, next.problem) = (blocks, None),
            Change::Check(id, check) => {
                next.checks.insert(id, check);
            }
            Change::Opinions(hash, opinions) => {
                next.opinions.insert(hash, opinions);
            }
            Change::OtherSources => next.opinions.clear(),
            Change::Problem(reason) => next.problem = Some(reason),
            Change::Remember(past) => history::remember(&mut next.history, past),
            Change::Forget => {
                history::clear();
                spawn_local(browser::forget());
                next.history.clear();
            }
        }
        Rc::new(next)
    }
}

/// Tells the page.
pub type Hear = UseReducerDispatcher<Known>;

/// Fetches the proof of a block and verifies it.
async fn check(block: &Block, hear: &Hear) {
    let (Some(proof), Some(key)) = (&block.proof_url, &block.key_url) else { return };
    let say = |check| hear.dispatch(Change::Check(block.id.clone(), check));
    say(Check::Downloading);
    let verdict = async {
        let path = proof;
        let proof = api::bytes(path).await?;
        say(Check::Verifying(proof.length()));
        let verdict = match &block.hash {
            // The node names the block; the proof and the validator that is compiled in say whether that is so.
            Some(hash) => {
                let mut verdict = workers::verify_block(&proof, consent::test_sizes()).await?;
                if verdict.ok && verdict.hash.as_ref() != Some(hash) {
                    verdict.ok = false;
                    verdict.reason = Some("it is the proof of another block than the node says".into());
                }
                verdict
            }
            None => {
                let program = api::bytes(key).await?;
                browser::keep(key, &program).await;
                workers::verify(&proof, &program, consent::test_sizes()).await?
            }
        };
        if verdict.ok {
            browser::keep(path, &proof).await;
        }
        Ok::<_, String>((proof.length(), verdict))
    };
    match verdict.await {
        Ok((bytes, verdict)) => {
            if let Some(past) = past(bytes, &verdict) {
                hear.dispatch(Change::Remember(past));
                spawn_local(compare(verdict.clone(), hear.clone()));
            }
            say(Check::Done(bytes, Box::new(verdict)));
        }
        Err(reason) => say(Check::Failed(reason)),
    }
}

/// Asks the user's sources for the block of an accepted proof.
pub async fn compare(verdict: Verdict, hear: Hear) {
    let sources = sources::load();
    let (Some(hash), Some(number), Some(chain_id)) = (verdict.hash, verdict.number, verdict.chain_id) else { return };
    if !sources.is_empty() {
        let opinions = sources::ask(&sources, chain_id, number, &hash).await;
        hear.dispatch(Change::Opinions(hash, opinions));
    }
}

/// What is kept of an accepted proof of a block.
fn past(bytes: u32, verdict: &Verdict) -> Option<Past> {
    let chain_id = verdict.chain_id?;
    verdict.ok.then_some(Past {
        hash: verdict.hash.clone()?,
        number: verdict.number?,
        chain: verdict.network.clone().unwrap_or_else(|| format!("chain {chain_id}")),
        program: verdict.program.clone().unwrap_or_default(),
        bytes,
        ms: verdict.ms,
        at: js_sys::Date::now(),
    })
}

/// Follows the node's blocks and verifies each finished one once, newest first.
pub async fn follow(hear: Hear, alive: Rc<Cell<bool>>) {
    let mut checked = std::collections::BTreeSet::new();
    let (mut news, mut listed) = (News::default(), Vec::new());
    while alive.get() {
        match api::blocks().await {
            Ok(blocks) => {
                hear.dispatch(Change::Blocks(blocks.clone()));
                if blocks != listed {
                    api::keep_blocks(&blocks).await;
                    listed.clone_from(&blocks);
                }
                for block in blocks.iter().rev().filter(|block| block.proof_url.is_some()) {
                    if alive.get() && checked.insert(block.id.clone()) {
                        check(block, &hear).await;
                    }
                }
            }
            Err(reason) => hear.dispatch(Change::Problem(reason)),
        }
        news.wait(POLL_MS).await;
    }
}

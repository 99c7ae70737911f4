//! Blocks, their proofs and the verdicts; proofs that are dropped.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use hearth_protocol::{Block, RunState};
use js_sys::Uint8Array;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FileList, HtmlInputElement};
use yew::prelude::*;

use crate::history::{self, Past};
use crate::workers::{self, Verdict};
use crate::{api, text, time};

/// How often the node is asked for its blocks.
const POLL_MS: u32 = 2000;

/// Where the check of one proof stands.
#[derive(Clone, PartialEq)]
enum Check {
    Downloading,
    Verifying(u32),
    /// The verdict on a proof of that many bytes.
    Done(u32, Box<Verdict>),
    /// No verdict, and why.
    Failed(String),
}

/// All that the page knows.
#[derive(Clone, Default, PartialEq)]
struct Known {
    blocks: Vec<Block>,
    checks: BTreeMap<String, Check>,
    problem: Option<String>,
    history: Vec<Past>,
}

enum Change {
    Blocks(Vec<Block>),
    Check(String, Check),
    Problem(String),
    /// A block's proof was accepted.
    Remember(Past),
    Forget,
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
            Change::Problem(reason) => next.problem = Some(reason),
            Change::Remember(past) => history::remember(&mut next.history, past),
            Change::Forget => {
                history::clear();
                next.history.clear();
            }
        }
        Rc::new(next)
    }
}

type Hear = UseReducerDispatcher<Known>;

/// Fetches the proof of a block and verifies it.
async fn check(block: &Block, hear: &Hear) {
    let (Some(proof), Some(key)) = (&block.proof_url, &block.key_url) else { return };
    let say = |check| hear.dispatch(Change::Check(block.id.clone(), check));
    say(Check::Downloading);
    let verdict = async {
        let proof = api::bytes(proof).await?;
        say(Check::Verifying(proof.length()));
        let verdict = match &block.hash {
            // The node names the block; the proof and the validator that is compiled in say whether that is so.
            Some(hash) => {
                let mut verdict = workers::verify_block(&proof, allowed()).await?;
                if verdict.ok && verdict.hash.as_ref() != Some(hash) {
                    verdict.ok = false;
                    verdict.reason = Some("it is the proof of another block than the node says".into());
                }
                verdict
            }
            None => workers::verify(&proof, &api::bytes(key).await?, allowed()).await?,
        };
        Ok::<_, String>((proof.length(), verdict))
    };
    match verdict.await {
        Ok((bytes, verdict)) => {
            if let Some(past) = past(bytes, &verdict) {
                hear.dispatch(Change::Remember(past));
            }
            say(Check::Done(bytes, Box::new(verdict)));
        }
        Err(reason) => say(Check::Failed(reason)),
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

/// The block that the address names: `#verify/0x...`.
fn wanted() -> Option<String> {
    let fragment = web_sys::window()?.location().hash().ok()?;
    let hash = fragment.strip_prefix("#verify/")?;
    (!hash.is_empty()).then(|| hash.to_owned())
}

/// Whether the address asks for test sizes: `?test-sizes`.
fn allowed() -> bool {
    let query = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    query.trim_start_matches('?').split('&').any(|part| part == "test-sizes")
}

/// Follows the node's blocks and verifies each finished one once, newest first.
async fn follow(hear: Hear, alive: Rc<Cell<bool>>) {
    let mut checked = std::collections::BTreeSet::new();
    while alive.get() {
        match api::blocks().await {
            Ok(blocks) => {
                hear.dispatch(Change::Blocks(blocks.clone()));
                for block in blocks.iter().rev().filter(|block| block.proof_url.is_some()) {
                    if alive.get() && checked.insert(block.id.clone()) {
                        check(block, &hear).await;
                    }
                }
            }
            Err(reason) => hear.dispatch(Change::Problem(reason)),
        }
        time::sleep(POLL_MS).await;
    }
}

/// The page.
#[component]
pub fn Verify() -> Html {
    let known = use_reducer(|| Known { history: history::load(), ..Known::default() });
    {
        let hear = known.dispatcher();
        use_effect_with((), move |()| {
            let alive = Rc::new(Cell::new(true));
            spawn_local(follow(hear, alive.clone()));
            move || alive.set(false)
        });
    }
    let wanted = wanted();
    let is_wanted = |block: &&Block| wanted.is_none() || block.hash == wanted;
    let rows = known.blocks.iter().rev().filter(is_wanted).map(|block| row(block, known.checks.get(&block.id)));
    let forget = known.dispatcher();
    html! {
        <>
            <p class="lead">
                { "Every proof below is downloaded and verified in this tab, whatever the node says of it. A proof of a block is a run \
                   of the validator that this page holds, and says the block's hash itself. For other programs the node names the \
                   program: compare its digest with the one that you know." }
            </p>
            if allowed() {
                <p class="note">{ "The small shards that exist for tests are accepted, as the address asks for." }</p>
            }
            if let Some(problem) = &known.problem {
                <p class="problem" role="alert">{ format!("No list of blocks: {problem}.") }</p>
            }
            <div class="scroll">
            <table>
                <thead><tr>
                    <th>{ "Block" }</th><th>{ "State" }</th><th>{ "Shards" }</th><th>{ "Proof" }</th>
                    <th>{ "Verdict of this tab" }</th>
                </tr></thead>
                <tbody aria-live="polite">{ for rows }</tbody>
            </table>
            </div>
            if known.blocks.is_empty() && known.problem.is_none() { <p class="note">{ "No blocks yet." }</p> }
            if let Some(hash) = &wanted {
                <p class="note">
                    { format!("Only block {} is shown. ", text::short(hash)) }
                    <a href="#verify">{ "Show all." }</a>
                </p>
            }
            <Drop />
            if !known.history.is_empty() {
                <h2>{ "Verified in this browser" }</h2>
                <div class="scroll">
                <table class="history">
                    <thead><tr>
                        <th>{ "Block" }</th><th>{ "Chain" }</th><th>{ "Proof" }</th><th>{ "Time" }</th><th>{ "When" }</th>
                    </tr></thead>
                    <tbody>{ for known.history.iter().map(past_row) }</tbody>
                </table>
                </div>
                <p class="buttons"><button onclick={move |_| forget.dispatch(Change::Forget)}>{ "Forget all" }</button></p>
            }
        </>
    }
}

fn past_row(past: &Past) -> Html {
    let when =
        String::from(js_sys::Date::new(&past.at.into()).to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED));
    html! {
        <tr key={past.hash.clone()}>
            <td><strong>{ text::grouped(past.number) }</strong>{ " " }<code title={past.hash.clone()}>{ text::short(&past.hash) }</code></td>
            <td>{ &past.chain }</td>
            <td class="number">{ text::bytes(past.bytes.into()) }</td>
            <td class="number">{ text::milliseconds(past.ms) }</td>
            <td>{ when }</td>
        </tr>
    }
}

fn state_name(state: RunState) -> &'static str {
    match state {
        RunState::Queued => "waits",
        RunState::Executing => "executing",
        RunState::Proving => "proving",
        RunState::Done => "proved",
        RunState::Failed => "failed",
    }
}

fn row(block: &Block, check: Option<&Check>) -> Html {
    let name = block.number.map_or_else(|| block.name.clone(), text::grouped);
    let hash = block.hash.as_deref().unwrap_or(&block.id);
    let state = match (block.state, block.seconds, &block.error) {
        (RunState::Failed, _, Some(error)) => format!("failed: {error}"),
        (RunState::Done, Some(seconds), _) => format!("proved in {seconds:.1} s"),
        (state, ..) => state_name(state).into(),
    };
    html! {
        <tr key={block.id.clone()}>
            <td>
                <strong>{ name }</strong><br />
                if block.hash.is_some() {
                    <a href={format!("#verify/{hash}")}><code title={hash.to_string()}>{ text::short(hash) }</code></a>
                } else {
                    <code title={hash.to_string()}>{ text::short(hash) }</code>
                }
            </td>
            <td>{ state }</td>
            <td class="number">{ format!("{} / {}", block.shards_done, block.shards_total) }</td>
            <td class="number">{ block.proof_bytes.map(text::bytes) }</td>
            <td>{ check.map(verdict) }</td>
        </tr>
    }
}

fn verdict(check: &Check) -> Html {
    match check {
        Check::Downloading => html! { <span class="busy">{ "Downloading the proof" }</span> },
        Check::Verifying(bytes) => {
            html! { <span class="busy">{ format!("Verifying {}", text::bytes((*bytes).into())) }</span> }
        }
        Check::Failed(reason) => html! { <span class="bad">{ format!("No verdict: {reason}") }</span> },
        Check::Done(_, verdict) if !verdict.ok => {
            let reason = verdict.reason.clone().unwrap_or_default();
            html! { <><span class="bad">{ "✗ Refused" }</span><br /><small>{ reason }</small></> }
        }
        Check::Done(_, verdict) => {
            let security = format!(
                "{} shards, {} bits, {}",
                verdict.shards.unwrap_or_default(),
                verdict.bits.unwrap_or_default(),
                verdict.regime.as_deref().unwrap_or_default()
            );
            let program = verdict.program.clone().unwrap_or_default();
            if let Some(hash) = &verdict.hash {
                return block_verdict(hash, verdict, &security, &program);
            }
            let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let output = digits(verdict.output.as_deref().unwrap_or_default());
            let exit = verdict.exit_code.unwrap_or_default();
            // A proof that a program failed is a proof, but of no block.
            let headline = match exit {
                0 => {
                    html! { <span class="good">{ format!("✓ Execution proved, {}", text::milliseconds(verdict.ms)) }</span> }
                }
                _ => html! { <span class="bad">{ format!("✗ Proved to fail with exit code {exit}") }</span> },
            };
            html! {
                <>
                    { headline }<br />
                    <small>
                        { security }<br />
                        { "program " }<code title={program.clone()}>{ text::short(&program) }</code>
                        { ", output " }<code title={output.clone()}>{ text::short(&output) }</code><br />
                        { "not checked against consensus" }
                    </small>
                </>
            }
        }
    }
}

/// The verdict on a block.
fn block_verdict(hash: &str, verdict: &Verdict, security: &str, program: &str) -> Html {
    let number = verdict.number.map(text::grouped).unwrap_or_default();
    let fork = verdict.fork.as_deref().unwrap_or_default();
    let chain = match (&verdict.network, verdict.chain_id) {
        (Some(network), _) => format!("{network}, rules of {fork}, which are due at its time"),
        (None, id) => format!("chain {} is no public network; judged by the rules of {fork}", id.unwrap_or_default()),
    };
    html! {
        <>
            <span class="good">{ format!("✓ Block valid, {}", text::milliseconds(verdict.ms)) }</span><br />
            <small>
                { format!("block {number}, ") }<code title={hash.to_owned()}>{ text::short(hash) }</code>{ " (from the proof)" }<br />
                { chain }<br />
                { security }<br />
                { "validator of this page " }<code title={program.to_owned()}>{ text::short(program) }</code><br />
                { "not checked against consensus" }
            </small>
        </>
    }
}

/// First bytes of a program's key and of an ELF file; every other file is taken for a proof.
const KEYS: [&[u8]; 2] = [b"HEARTHK", b"\x7fELF"];

/// The proof among the files, and the key, which only a proof of a block can do without.
async fn proof_and_key(files: Vec<File>) -> Result<(Uint8Array, Option<Uint8Array>), String> {
    let [mut proof, mut key] = [None, None];
    for file in files {
        let buffer =
            JsFuture::from(file.array_buffer()).await.map_err(|_| format!("{} is not readable", file.name()))?;
        let bytes = Uint8Array::new(&buffer);
        let start = bytes.subarray(0, 8).to_vec();
        let place = if KEYS.iter().any(|magic| start.starts_with(magic)) { &mut key } else { &mut proof };
        *place = Some(bytes);
    }
    match proof {
        Some(proof) if key.is_some() || workers::is_block_proof(&proof) => Ok((proof, key)),
        _ => Err("choose the proof of a block, or another proof with the key or the ELF file of its program".into()),
    }
}

fn listed(files: Option<FileList>) -> Vec<File> {
    files.into_iter().flat_map(|files| (0..files.length()).filter_map(move |i| files.get(i))).collect()
}

/// A place for a proof of one's own.
#[component]
fn Drop() -> Html {
    let state = use_state(|| None::<Check>);
    let start = {
        let state = state.clone();
        Callback::from(move |files: Vec<File>| {
            let state = state.clone();
            spawn_local(async move {
                let checked = async {
                    let (proof, key) = proof_and_key(files).await?;
                    state.set(Some(Check::Verifying(proof.length())));
                    let verdict = match key {
                        Some(key) if !workers::is_block_proof(&proof) => {
                            workers::verify(&proof, &key, allowed()).await?
                        }
                        _ => workers::verify_block(&proof, allowed()).await?,
                    };
                    Ok::<_, String>((proof.length(), Box::new(verdict)))
                };
                state.set(Some(match checked.await {
                    Ok((bytes, verdict)) => Check::Done(bytes, verdict),
                    Err(reason) => Check::Failed(reason),
                }));
            });
        })
    };
    let chosen = start.reform(|event: Event| listed(event.target_unchecked_into::<HtmlInputElement>().files()));
    let dropped = start.reform(|event: DragEvent| {
        event.prevent_default();
        listed(event.data_transfer().and_then(|transfer| transfer.files()))
    });
    html! {
        <div class="drop" ondragover={|event: DragEvent| event.prevent_default()} ondrop={dropped}>
            <label for="files">{ "Verify a proof of your own: drop or choose the proof of a block, or another proof together with the key or the ELF file of its program." }</label>
            <input id="files" type="file" multiple=true onchange={chosen} />
            <div aria-live="polite">{ state.as_ref().map(verdict) }</div>
        </div>
    }
}

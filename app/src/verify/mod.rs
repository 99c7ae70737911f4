//! Blocks, their proofs and the verdicts; proofs that are dropped.
//!
//! | module | what it holds |
//! |---|---|
//! | [`check`] | fetches and verifies proofs, and asks the user's sources |
//! | [`verdict`] | verdicts, as they are shown |
//! | [`sources_form`], [`drop`] | the user's sources, and proofs of the user's own |

mod check;
mod drop;
mod sources_form;
mod verdict;

use std::cell::Cell;
use std::rc::Rc;

use hearth_protocol::{Block, RunState};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use self::check::{Change, Check, Known, compare, follow};
use self::drop::Drop;
use self::sources_form::SourcesForm;
use self::verdict::verdict;
use crate::history::{self, Past};
use crate::{consent, text};

/// The block that the address names: `#verify/0x...`.
fn wanted() -> Option<String> {
    let fragment = web_sys::window()?.location().hash().ok()?;
    let hash = fragment.strip_prefix("#verify/")?;
    (!hash.is_empty()).then(|| hash.to_owned())
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
    let rows = known.blocks.iter().rev().filter(is_wanted).map(|block| row(block, &known));
    let forget = known.dispatcher();
    let other_sources = {
        let known = known.clone();
        Callback::from(move |()| {
            known.dispatch(Change::OtherSources);
            for check in known.checks.values() {
                if let Check::Done(_, verdict) = check {
                    spawn_local(compare((**verdict).clone(), known.dispatcher()));
                }
            }
        })
    };
    html! {
        <>
            <p class="lead">
                { "Every proof below is downloaded and verified in this tab, whatever the node says of it. A proof of a block is a run \
                   of the validator that this page holds, and says the block's hash itself. For other programs the node names the \
                   program: compare its digest with the one that you know." }
            </p>
            if consent::test_sizes() {
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
            <SourcesForm changed={other_sources} />
            <Drop known={known.clone()} />
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

/// Whether the proof came after the block's slot.
fn is_late(block: &Block) -> bool {
    block.hash.is_some()
        && block.phases.is_some_and(|phases| block.slot_ms.is_some_and(|slot| phases.total_ms() > slot))
}

fn row(block: &Block, known: &Known) -> Html {
    let name = block.number.map_or_else(|| block.name.clone(), text::grouped);
    let hash = block.hash.as_deref().unwrap_or(&block.id);
    let state = match (block.state, block.seconds, &block.error) {
        (RunState::Failed, _, Some(error)) => format!("failed: {error}"),
        (RunState::Done, Some(seconds), _) if is_late(block) => format!("proved late, after {seconds:.1} s"),
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
            <td>{ known.checks.get(&block.id).map(|check| verdict(check, known.opinions.get(hash))) }</td>
        </tr>
    }
}

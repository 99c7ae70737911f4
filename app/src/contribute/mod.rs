//! The page that lets a tab prove shards.
//!
//! | module | what it holds |
//! |---|---|
//! | [`run`] | the loop that takes, proves and returns shards, within the user's limits |
//! | [`limits`], [`form`] | these limits, and their form |
//! | [`work`] | what the tab is doing, in words, and what it has done |
//! | [`identity`] | the worker's name |

mod form;
mod identity;
mod limits;
mod run;
mod work;

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use self::form::Form;
use self::limits::Limits;
use self::run::Controls;
use self::work::{Change, Tally, Wish, Work};
use crate::{storage, text, workers};

/// Where the limits are kept.
const LIMITS: &str = "hearth-limits";

/// The page.
#[component]
pub fn Contribute() -> Html {
    let work = use_reducer(Work::default);
    let limits = use_state(|| storage::load::<Limits>(LIMITS).unwrap_or_default().sane());
    let name = use_state(identity::name);
    let controls = {
        let limits = limits.clone();
        use_memo((), move |()| Rc::new(Controls::new((*limits).clone())))
    };
    let wanted = |to: Wish| {
        let (controls, hear, name) = ((*controls).clone(), work.dispatcher(), name.clone());
        Callback::from(move |_: MouseEvent| {
            // The loop leaves this wish behind when it ends.
            let stopped = controls.wish.get() == Wish::Pause;
            controls.wish.set(to);
            hear.dispatch(Change::Wish(to));
            match to {
                Wish::Work if stopped => spawn_local(run::work((*name).clone(), controls.clone(), hear.clone())),
                Wish::Pause => {
                    controls.wake();
                    workers::cancel_proof();
                }
                Wish::Finish => controls.wake(),
                Wish::Work => {}
            }
        })
    };
    let change = {
        let (limits, controls) = (limits.clone(), (*controls).clone());
        Callback::from(move |changed: Limits| {
            storage::save(LIMITS, &changed);
            controls.limits.replace(changed.clone());
            limits.set(changed);
        })
    };
    let off = work.state.is_off();
    html! {
        <>
            <p class="lead">
                { "This tab can prove parts of Ethereum blocks on your CPU, one core at a time, and nothing else. It reads no files and needs no wallet. \
                   The server sees your IP address and your speed. Pause or close the tab to end everything." }
            </p>
            <p class="buttons">
                <button onclick={wanted(Wish::Work)} disabled={!off}>{ "Start" }</button>
                <button onclick={wanted(Wish::Finish)} disabled={work.wish != Wish::Work}>{ "Finish" }</button>
                <button onclick={wanted(Wish::Pause)} disabled={off}>{ "Pause" }</button>
            </p>
            <p class="state" role="status">
                { work.state.words() }
                if work.wish == Wish::Finish && !off { <br />{ "Stops after this shard." } }
            </p>
            <Form limits={(*limits).clone()} {change} />
            { tally(&work.tally, &name) }
            { own_data(&work, &name) }
            <p class="note">
                { format!("Release {}. The program that it proves, the stateless validator of Ethereum blocks, is compiled into it; shards of any \
                    other program are refused. No coins are mined, and nothing is paid.", env!("CARGO_PKG_VERSION")) }
            </p>
        </>
    }
}

/// What this browser has done.
fn tally(tally: &Tally, name: &str) -> Html {
    let rate = match tally.milliseconds {
        0.0 => "not known yet".into(),
        milliseconds => format!("{:.2} M cells/s", tally.cells / milliseconds / 1000.0),
    };
    let fact = |what: &'static str, value: String| html! { <><dt>{ what }</dt><dd>{ value }</dd></> };
    let mut helped: Vec<_> = tally.helped.iter().collect();
    helped.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    html! {
        <>
            <dl>
                { fact("Shards accepted", text::grouped(tally.accepted)) }
                { fact("Proved, but second: it helps all the same", text::grouped(tally.late)) }
                { fact("Speed", rate) }
                { fact("Cells proved", text::grouped(tally.cells as u64)) }
                { fact("Data in and out", text::bytes(tally.bytes)) }
                { fact("Name of this worker", name.to_owned()) }
            </dl>
            if !helped.is_empty() {
                <h2>{ "Blocks and other runs that you helped" }</h2>
                <ul>
                    { for helped.into_iter().map(|(run, (_, shards))| html! {
                        <li><code title={run.clone()}>{ text::short(run) }</code>{ format!(": shards {}", text::numbers(shards)) }</li>
                    }) }
                </ul>
            }
        </>
    }
}

/// What of it is kept here, to take away or to delete.
fn own_data(work: &UseReducerHandle<Work>, name: &UseStateHandle<String>) -> Html {
    let export = {
        let (work, name) = (work.clone(), name.clone());
        move |_: MouseEvent| identity::export(&name, &work.tally)
    };
    let forget = {
        let (work, name) = (work.clone(), name.clone());
        move |_: MouseEvent| {
            identity::forget();
            work.dispatch(Change::Forget);
            name.set(identity::name());
        }
    };
    html! {
        <p class="buttons">
            <button onclick={export}>{ "Save my data" }</button>
            <button onclick={forget} disabled={!work.state.is_off()}>{ "Delete my data" }</button>
        </p>
    }
}

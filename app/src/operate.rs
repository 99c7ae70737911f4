//! What the node is doing: the shards of its runs over time, and its workers.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use hearth_protocol::{Run, RunState, Shard, ShardState, Status, Worker};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::capacity::Capacity;
use crate::{api, text, time};

/// How often the node is asked.
const POLL_MS: u32 = 1000;
/// Runs that are drawn, the newest ones.
const RUNS: usize = 6;
/// Width of a timeline, height of a lane.
const WIDTH: f64 = 1000.0;
const LANE: f64 = 14.0;

/// The page.
#[component]
pub fn Operate() -> Html {
    let status = use_state(|| None::<Result<Status, String>>);
    {
        let status = status.clone();
        use_effect_with((), move |()| {
            let alive = Rc::new(Cell::new(true));
            let goes_on = alive.clone();
            spawn_local(async move {
                while goes_on.get() {
                    status.set(Some(api::status().await));
                    time::sleep(POLL_MS).await;
                }
            });
            move || alive.set(false)
        });
    }
    let node = match &*status {
        None => html! { <p class="note">{ "Asking the node." }</p> },
        Some(Err(reason)) => html! { <p class="problem" role="alert">{ format!("No status: {reason}.") }</p> },
        Some(Ok(status)) => node(status),
    };
    html! { <>{ node }<Capacity /></> }
}

fn node(status: &Status) -> Html {
    let open = status.runs.iter().flat_map(|run| &run.shards).filter(|shard| shard.state != ShardState::Done);
    let (ready, leased): (Vec<_>, Vec<_>) = open.partition(|shard| shard.state == ShardState::Ready);
    let prover = if status.local_prover { "The node proves what nobody takes." } else { "Only workers prove." };
    html! {
        <>
            <p class="lead">
                { format!("Node {}, up for {}. Shards of 2^{} cells: {} ready, {} being proved. {prover}",
                    status.version, text::milliseconds(status.now_ms as f64), status.log_cells, ready.len(), leased.len()) }
            </p>
            { for status.runs.iter().rev().take(RUNS).map(|run| timeline(run, status)) }
            { worst(&status.runs) }
            <h2>{ "Workers" }</h2>
            <div class="scroll">
            <table>
                <thead><tr>
                    <th>{ "Name" }</th><th>{ "Accepted" }</th><th>{ "Late" }</th><th>{ "Refused" }</th><th>{ "Expired" }</th>
                    <th>{ "At work on" }</th><th>{ "Speed" }</th><th>{ "Seen" }</th>
                </tr></thead>
                <tbody>{ for status.workers.iter().map(|one| worker(one, status.now_ms)) }</tbody>
            </table>
            </div>
        </>
    }
}

fn worker(worker: &Worker, now: u64) -> Html {
    let number = |number: u64| html! { <td class="number">{ text::grouped(number) }</td> };
    let speed = worker.ms_per_mcell.filter(|&ms| ms > 0.0).map(|ms| format!("{:.2} M cells/s", 1048.576 / ms));
    let quarantined = worker.quarantined_until_ms.is_some_and(|until| until > now);
    let kind = if worker.local { " (the node)" } else { "" };
    html! {
        <tr key={worker.name.clone()}>
            <td>{ &worker.name }{ kind } if quarantined { <span class="bad">{ " gets no work: wrong proof" }</span> }</td>
            { number(worker.accepted) }{ number(worker.late) }{ number(worker.rejected) }{ number(worker.expired) }
            { number(worker.leases.into()) }
            <td class="number">{ speed }</td>
            <td class="number">{ format!("{} ago", text::milliseconds(now.saturating_sub(worker.seen_ms) as f64)) }</td>
        </tr>
    }
}

/// Whether the proof of a block came after its slot, or is still missing then.
fn is_late(run: &Run, slot_ms: u64) -> bool {
    let total = run.done_ms.zip(run.start_ms).map(|(done, start)| done.saturating_sub(start));
    run.hash.is_some() && total.is_some_and(|total| total > slot_ms)
}

/// What was expected once the run was executed.
fn expected(run: &Run) -> Html {
    let Some(prediction) = &run.prediction else { return Html::default() };
    let after = prediction.proved_after_ms.map(|ms| format!("; expected after {}", text::milliseconds(ms as f64)));
    let after = after.unwrap_or_default();
    if run.hash.is_none() || prediction.in_time() {
        return html! { { after } };
    }
    let (cells, provable) = (text::grouped(prediction.cells), text::grouped(prediction.provable_cells));
    html! {
        <>
            { after }<br />
            <span class="bad">
                { format!("Not provable in this slot: {cells} cells, and everyone who was there can prove {provable}.") }
            </span>
        </>
    }
}

/// What to do about a run that failed.
fn fix(run: &Run) -> Html {
    run.fix.as_ref().map(|fix| html! { <p class="problem">{ format!("What to do: {fix}") }</p> }).unwrap_or_default()
}

/// The block that took most time for its gas.
fn worst(runs: &[Run]) -> Html {
    let per_mgas = |run: &Run| {
        let ms = run.done_ms?.saturating_sub(run.start_ms?) as f64;
        Some((run.number?, ms * 1e6 / run.gas.filter(|&gas| gas > 0)? as f64))
    };
    match runs.iter().filter_map(per_mgas).max_by(|a, b| a.1.total_cmp(&b.1)) {
        None => Html::default(),
        Some((number, ms)) => html! {
            <p class="note">
                { format!("Most time for its gas: block {}, {} for a million.", text::grouped(number), text::milliseconds(ms)) }
            </p>
        },
    }
}

/// The shards of a run over time, a lane for each worker.
fn timeline(run: &Run, status: &Status) -> Html {
    let now = status.now_ms;
    let done = run.shards.iter().filter(|shard| shard.state == ShardState::Done).count();
    let name = run.number.map_or_else(|| run.name.clone(), |number| format!("Block {}", text::grouped(number)));
    let words = match (run.state, &run.error) {
        (RunState::Failed, Some(error)) => format!("failed: {error}"),
        (RunState::Queued, _) => "waits".into(),
        (state, _) => {
            let what = match state {
                RunState::Executing => "executing",
                RunState::Done if is_late(run, status.slot_ms) => "proved late, and verified",
                RunState::Done => "proved and verified",
                _ => "proving",
            };
            format!("{what}, {done} of {} shards proved", run.shards.len())
        }
    };
    let Some(start) = run.start_ms else {
        return html! { <><h2>{ name }</h2><p class="note">{ words }</p>{ fix(run) }</> };
    };
    let end = run.done_ms.unwrap_or(now).max(start + 1);
    let mut lanes = BTreeMap::<&str, Vec<&Shard>>::new();
    for shard in &run.shards {
        if let Some(worker) = &shard.worker {
            lanes.entry(worker).or_default().push(shard);
        }
    }
    let x = |ms: u64| WIDTH * (ms.clamp(start, end) - start) as f64 / (end - start) as f64;
    let bar = |lane: usize, shard: &Shard| {
        let from = x(shard.leased_ms.unwrap_or(shard.cut_ms));
        let to = x(shard.done_ms.unwrap_or(end));
        let class = if shard.state == ShardState::Done { "done" } else { "leased" };
        html! {
            <rect class={class} x={format!("{from:.1}")} y={format!("{:.1}", lane as f64 * LANE + 1.0)}
                width={format!("{:.1}", (to - from).max(1.0))} height={format!("{:.1}", LANE - 2.0)}>
                <title>{ format!("shard {}, {} cells", shard.index, text::grouped(shard.cells)) }</title>
            </rect>
        }
    };
    let names: Vec<_> = lanes.keys().copied().collect();
    let height = LANE * names.len().max(1) as f64;
    html! {
        <>
            <h2>{ name }</h2>
            <p class="note">{ format!("{words}, {}", text::milliseconds((end - start) as f64)) }{ expected(run) }</p>
            { fix(run) }
            <div class="timeline">
                <ul>{ for names.iter().map(|name| html! { <li title={name.to_string()}>{ text::short(name) }</li> }) }</ul>
                <svg viewBox={format!("0 0 {WIDTH} {height}")} preserveAspectRatio="none" style={format!("height: {height}px")}
                    role="img" aria-label={format!("Shards over time: {words}")}>
                    { for lanes.values().enumerate().flat_map(|(lane, shards)| shards.iter().map(move |shard| bar(lane, shard))) }
                </svg>
            </div>
        </>
    }
}

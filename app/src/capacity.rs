//! How many laptops a chain would take: the scheduler's own rules with virtual laptops, simulated in this tab.

use std::cell::Cell;
use std::rc::Rc;

use hearth_scheduler::capacity::{Chain, LAPTOPS, Laptop, MAX_USD, MAX_WATTS, SLOTS};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{text, time};

/// Numbers of laptops that are simulated.
const COUNTS: [u32; 9] = [8, 16, 32, 48, 64, 96, 128, 256, 512];
/// Blocks of each simulation: few, as the tab waits for it.
const BLOCKS: u64 = 20;
/// Seed of all of them.
const SEED: u64 = 1;
/// Size of the chart without its labels.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
/// Room for the labels on the left and below.
const LEFT: f64 = 52.0;
const BELOW: f64 = 34.0;
/// Times that are shown, in slots.
const RANGE: (f64, f64) = (0.25, 8.0);

/// A simulated point: so many of `LAPTOPS[kind]` need so many milliseconds for the slowest block.
#[derive(Clone, Copy, PartialEq)]
struct Point {
    kind: usize,
    laptops: u32,
    slowest: u64,
}

/// The points of a slot, as they come.
#[derive(Clone, PartialEq, Default)]
struct Curves {
    slot: u64,
    points: Vec<Point>,
    complete: bool,
}

enum Change {
    Start(u64),
    Point(u64, Point),
    End(u64),
}

impl Reducible for Curves {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        match change {
            Change::Start(slot) => next = Self { slot, ..Self::default() },
            // What comes of a slot that is not shown any more is dropped.
            Change::Point(slot, point) if slot == self.slot => next.points.push(point),
            Change::End(slot) if slot == self.slot => next.complete = true,
            Change::Point(..) | Change::End(_) => {}
        }
        Rc::new(next)
    }
}

/// Where its speed comes from.
const fn source(laptop: &Laptop) -> &'static str {
    if laptop.is_measured { "measured" } else { "estimated" }
}

/// Whether a home has the money and the power for so many.
fn fits(laptop: &Laptop, laptops: u32) -> bool {
    laptops * laptop.usd <= MAX_USD && laptops * laptop.watts <= MAX_WATTS
}

/// Simulates one number of one kind after another, and lets the page breathe between them.
async fn simulate(slot: u64, hear: UseReducerDispatcher<Curves>, wanted: Rc<Cell<u64>>) {
    let chain = Chain { blocks: BLOCKS, ..Chain::default() };
    for laptops in COUNTS {
        for (kind, laptop) in LAPTOPS.iter().enumerate().filter(|(_, laptop)| laptop.shard.0 <= slot) {
            time::sleep(0).await;
            if wanted.get() != slot {
                return;
            }
            // So few that blocks pile up for ever have no time to show.
            if u64::from(laptops) * slot < u64::from(chain.shards(slot)) * laptop.shard.0 {
                continue;
            }
            if let Some(times) = chain.simulate(laptop, laptops, slot, SEED) {
                hear.dispatch(Change::Point(slot, Point { kind, laptops, slowest: times.p99 }));
            }
        }
    }
    hear.dispatch(Change::End(slot));
}

/// The part of the page.
#[component]
pub fn Capacity() -> Html {
    let curves = use_reducer(Curves::default);
    let wanted = use_memo((), |()| Cell::new(0));
    let choose = |slot: u64| {
        let (hear, wanted) = (curves.dispatcher(), wanted.clone());
        Callback::from(move |_: MouseEvent| {
            wanted.set(slot);
            hear.dispatch(Change::Start(slot));
            spawn_local(simulate(slot, hear.clone(), wanted.clone()));
        })
    };
    let button = |slot: u64| {
        html! {
            <button onclick={choose(slot)} aria-pressed={(curves.slot == slot).to_string()}>
                { format!("{} s slots", slot / 1000) }
            </button>
        }
    };
    html! {
        <>
            <h2>{ "Laptops that a chain would take, simulated" }</h2>
            <p class="note">
                { format!("Virtual laptops under this scheduler's rules, computed in this tab; {BLOCKS} blocks with the gas per second of \
                    Ethereum today. Speeds of GPUs are estimates: no GPU prover is there yet. Hollow: more than {} dollars or {} kW.",
                    text::grouped(MAX_USD.into()), MAX_WATTS / 1000) }
            </p>
            <p class="buttons">{ for SLOTS.map(button) }</p>
            if curves.slot > 0 { { chart(&curves) } }
        </>
    }
}

fn x(laptops: u32) -> f64 {
    let part = |count: u32| f64::from(count).ln();
    let (first, last) = (part(COUNTS[0]), part(COUNTS[COUNTS.len() - 1]));
    LEFT + WIDTH * (part(laptops) - first) / (last - first)
}

fn y(slowest: f64, slot: u64) -> f64 {
    let slots = (slowest / slot as f64).clamp(RANGE.0, RANGE.1);
    HEIGHT * (RANGE.1 / slots).ln() / (RANGE.1 / RANGE.0).ln()
}

fn chart(curves: &Curves) -> Html {
    let slot = curves.slot;
    let seconds = |slots: f64| format!("{} s", slots * slot as f64 / 1e3);
    let grid = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0].map(|slots| {
        let at = y(slots * slot as f64, slot);
        let class = if slots == 1.0 { "grid slot" } else { "grid" };
        html! {
            <>
                <line class={class} x1={LEFT.to_string()} x2={(LEFT + WIDTH).to_string()} y1={at.to_string()} y2={at.to_string()} />
                <text x={(LEFT - 6.0).to_string()} y={(at + 4.0).to_string()} text-anchor="end">{ seconds(slots) }</text>
            </>
        }
    });
    let numbers = COUNTS.map(|count| {
        html! { <text x={x(count).to_string()} y={(HEIGHT + 16.0).to_string()} text-anchor="middle">{ count }</text> }
    });
    let words = if curves.complete { "" } else { " Simulating." };
    html! {
        <figure class="capacity">
            <svg viewBox={format!("0 -8 {} {}", LEFT + WIDTH + 12.0, HEIGHT + BELOW + 8.0)} role="img"
                aria-label={format!("Simulated time to proof of the slowest block against the number of laptops, slots of {} s", slot / 1000)}>
                { for grid }
                { for numbers }
                { for LAPTOPS.iter().enumerate().map(|(kind, laptop)| curve(kind, laptop, curves)) }
            </svg>
            <figcaption>
                { format!("Seconds within which all {BLOCKS} simulated blocks are proved, against the number of laptops.{words}") }
                <ul>
                    { for LAPTOPS.iter().enumerate().map(|(kind, laptop)| html! {
                        <li class={format!("kind-{kind}")}>
                            { format!("{} ({}): {}", laptop.name, source(laptop), least(kind, laptop, curves)) }
                        </li>
                    }) }
                </ul>
            </figcaption>
        </figure>
    }
}

/// A kind's points and the line through them.
fn curve(kind: usize, laptop: &Laptop, curves: &Curves) -> Html {
    let place = |point: &Point| (x(point.laptops), y(point.slowest as f64, curves.slot));
    let points: Vec<&Point> = curves.points.iter().filter(|point| point.kind == kind).collect();
    let line: Vec<String> = points.iter().map(|point| place(point)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    html! {
        <g class={format!("kind-{kind}")}>
            <polyline points={line.join(" ")} />
            { for points.iter().map(|point| {
                let (x, y) = place(point);
                let class = if fits(laptop, point.laptops) { "" } else { "beyond" };
                html! {
                    <circle class={class} cx={format!("{x:.1}")} cy={format!("{y:.1}")} r="4">
                        <title>
                            { format!("{} of {}: {}", point.laptops, laptop.name, text::milliseconds(point.slowest as f64)) }
                        </title>
                    </circle>
                }
            }) }
        </g>
    }
}

/// The least simulated number of a kind that is in time, with its money and power.
fn least(kind: usize, laptop: &Laptop, curves: &Curves) -> String {
    let in_time = |point: &&Point| point.kind == kind && point.slowest <= curves.slot;
    match curves.points.iter().filter(in_time).map(|point| point.laptops).min() {
        None if laptop.shard.0 > curves.slot => "one shard takes longer than a slot".into(),
        None if curves.complete => "none of these numbers is in time".into(),
        None => "not known yet".into(),
        Some(laptops) => {
            let home = if fits(laptop, laptops) { "" } else { ", too much for a home" };
            format!(
                "{laptops} are in time, {} dollars and {:.1} kW{home}",
                text::grouped((laptops * laptop.usd).into()),
                f64::from(laptops * laptop.watts) / 1e3
            )
        }
    }
}

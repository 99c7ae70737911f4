//! The form of the user's limits.

use std::ops::RangeInclusive;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::limits::{Limits, MEGABYTES, SESSION_HOURS, SHARES};

/// Hours that are proposed when the time of day is limited first: a night.
const NIGHT: (u8, u8) = (22, 7);

/// The limits, and who hears of new ones.
#[derive(Properties, PartialEq)]
pub struct Properties {
    /// As they are.
    pub limits: Limits,
    /// Hears of others.
    pub change: Callback<Limits>,
}

/// The form.
#[component]
pub fn Form(Properties { limits, change }: &Properties) -> Html {
    // A field's new value goes into the limits as they are now.
    let set = |apply: fn(Limits, &str) -> Limits| {
        let limits = limits.clone();
        change.reform(move |event: Event| {
            let value = match event.target_dyn_into::<HtmlSelectElement>() {
                Some(select) => select.value(),
                None => event.target_unchecked_into::<HtmlInputElement>().value(),
            };
            apply(limits.clone(), &value).sane()
        })
    };
    let toggle = |apply: fn(Limits, bool) -> Limits| {
        let limits = limits.clone();
        change.reform(move |event: Event| {
            apply(limits.clone(), event.target_unchecked_into::<HtmlInputElement>().checked())
        })
    };
    let shares = SHARES.map(|share| {
        html! { <option value={share.to_string()} selected={limits.share == share}>{ format!("{share} %") }</option> }
    });
    let hour = |value: u8, apply: fn(Limits, &str) -> Limits, name: &'static str| {
        let hours = (0..24).map(|hour| {
            html! { <option value={hour.to_string()} selected={hour == value}>{ format!("{hour}:00") }</option> }
        });
        html! { <select aria-label={name} onchange={set(apply)}>{ for hours }</select> }
    };
    html! {
        <fieldset class="limits">
            <legend>{ "Your limits, which hold whatever the node asks for" }</legend>
            <label>{ "Share of the time" }
                <select onchange={set(|limits, value| Limits { share: value.parse().unwrap_or_default(), ..limits })}>
                    { for shares }
                </select>
            </label>
            <label>
                <input type="checkbox" checked={limits.spare_battery}
                    onchange={toggle(|limits, checked| Limits { spare_battery: checked, ..limits })} />
                { "Pause while the machine runs on its battery, where the browser tells" }
            </label>
            <label>
                <input type="checkbox" checked={limits.window.is_some()}
                    onchange={toggle(|limits, checked| Limits { window: checked.then_some(NIGHT), ..limits })} />
                { "Only at certain hours" }
            </label>
            if let Some((from, to)) = limits.window {
                <span class="hours">
                    { "from " }
                    { hour(from, |limits, value| with_window(limits, |(_, to), hour| (hour, to), value), "First hour") }
                    { " to " }
                    { hour(to, |limits, value| with_window(limits, |(from, _), hour| (from, hour), value), "Last hour") }
                </span>
            }
            <label>{ "Hours after which it ends" }
                { number(limits.session_hours, SESSION_HOURS,
                    set(|limits, value| Limits { session_hours: value.parse().unwrap_or_default(), ..limits })) }
            </label>
            <label>{ "Megabytes an hour, in and out" }
                { number(limits.megabytes_per_hour, MEGABYTES,
                    set(|limits, value| Limits { megabytes_per_hour: value.parse().unwrap_or_default(), ..limits })) }
            </label>
        </fieldset>
    }
}

/// Changes an end of the window.
fn with_window(limits: Limits, apply: fn((u8, u8), u8) -> (u8, u8), value: &str) -> Limits {
    let window = limits.window.zip(value.parse().ok()).map(|(window, hour)| apply(window, hour));
    Limits { window, ..limits }
}

fn number(value: u32, range: RangeInclusive<u32>, onchange: Callback<Event>) -> Html {
    let (min, max) = (range.start().to_string(), range.end().to_string());
    html! { <input type="number" value={value.to_string()} {min} {max} {onchange} /> }
}

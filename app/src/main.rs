//! The page: verify blocks, contribute proofs, watch a node.
//!
//! | module | what it holds |
//! |---|---|
//! | [`api`] | requests to the node, and to the user's own sources of the chain |
//! | [`channel`] | leases as they come, and what changed |
//! | [`workers`] | the wasm workers that verify and prove, as futures |
//! | [`browser`], [`storage`] | what the browser tells and keeps |
//! | [`verify`] | blocks, their proofs and the verdicts; proofs that are dropped |
//! | [`consent`] | what the user agreed to by the address |
//! | [`contribute`] | the loop that takes, proves and returns shards |
//! | [`sources`] | what the user's sources say of a block |
//! | [`history`] | verdicts that outlive the page |
//! | [`operate`] | what the node is doing |
//! | [`capacity`] | how many laptops a chain would take |
//! | [`time`], [`text`] | waiting; numbers for people |
//!
//! The node's JSON is text of a stranger: it is decoded into the protocol's types and shown as text, never as markup.

mod api;
mod browser;
mod capacity;
mod channel;
mod consent;
mod contribute;
mod history;
mod operate;
mod sources;
mod storage;
mod text;
mod time;
mod verify;
mod workers;

use yew::prelude::*;

/// The tabs, with the fragment of the address that opens each.
const TABS: [(Tab, &str, &str); 3] = [
    (Tab::Verify, "Verify", "#verify"),
    (Tab::Contribute, "Contribute", "#contribute"),
    (Tab::Operate, "Operate", "#operate"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Verify,
    Contribute,
    Operate,
}

/// The tab that the address names; the first one without.
fn tab_of_address() -> Tab {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    TABS.iter()
        .find(|(_, _, fragment)| hash.split('/').next() == Some(fragment))
        .map_or(Tab::Verify, |(tab, _, _)| *tab)
}

/// All of it. Every tab stays mounted, so that proving and verifying go on while another one is shown.
#[component]
fn App() -> Html {
    let current = use_state(tab_of_address);
    let button = |(tab, name, fragment): (Tab, &'static str, &'static str)| {
        let selected = *current == tab;
        let select = {
            let current = current.clone();
            move |_| current.set(tab)
        };
        html! { <a href={fragment} class="tab" aria-current={selected.then_some("page")} onclick={select}>{ name }</a> }
    };
    let shown = |tab| !(*current == tab);
    html! {
        <>
            <header>
                <h1>{ "Hearth" }</h1>
                <nav aria-label="Pages">{ for TABS.map(button) }</nav>
            </header>
            <main>
                <section hidden={shown(Tab::Verify)} aria-label="Verify"><verify::Verify /></section>
                <section hidden={shown(Tab::Contribute)} aria-label="Contribute"><contribute::Contribute /></section>
                <section hidden={shown(Tab::Operate)} aria-label="Operate"><operate::Operate /></section>
            </main>
        </>
    }
}

fn main() {
    yew::Renderer::<App>::new().render();
}

//! The form of the user's sources of the chain.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::sources;

/// Who hears that the sources are others.
#[derive(Properties, PartialEq)]
pub struct Properties {
    /// Hears of it.
    pub changed: Callback<()>,
}

/// The form.
#[component]
pub fn SourcesForm(Properties { changed }: &Properties) -> Html {
    let urls = use_state(sources::load);
    let problem = use_state(|| None::<&'static str>);
    let field = use_node_ref();
    let keep = {
        let (urls, changed) = (urls.clone(), changed.clone());
        move |new: Vec<String>| {
            sources::save(&new);
            urls.set(new);
            changed.emit(());
        }
    };
    let add = {
        let (urls, problem, field, keep) = (urls.clone(), problem.clone(), field.clone(), keep.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else { return };
            let url = input.value().trim().to_owned();
            let refused = if !sources::is_source(&url) {
                Some("A source begins with https://, http://127.0.0.1 or http://localhost.")
            } else if urls.contains(&url) {
                Some("It is there already.")
            } else if urls.len() >= sources::MAX {
                Some("There are enough already.")
            } else {
                None
            };
            problem.set(refused);
            if refused.is_none() {
                input.set_value("");
                keep(urls.iter().cloned().chain([url]).collect());
            }
        }
    };
    let listed = urls.iter().map(|url| {
        let (urls, keep, gone) = (urls.clone(), keep.clone(), url.clone());
        let remove = move |_: MouseEvent| keep(urls.iter().filter(|url| **url != gone).cloned().collect());
        html! {
            <li key={url.clone()}>
                <code>{ url }</code>{ " " }
                <button class="small" onclick={remove} aria-label={format!("Remove {url}")}>{ "Remove" }</button>
            </li>
        }
    });
    html! {
        <section class="panel" aria-label="Sources of the chain">
            <h2>{ "Your sources of the chain" }</h2>
            <p class="note">
                { "A proof says that a block is valid, not that it is in the chain. Execution clients that you trust, your own above all, say \
                   that: they are asked for the block of that height, and their hash is compared with the proof's. They must answer JSON-RPC \
                   to this page (CORS), and they see which blocks you ask for." }
            </p>
            <ul class="sources">{ for listed }</ul>
            <form class="buttons" onsubmit={add}>
                <input ref={field} type="url" placeholder="http://127.0.0.1:8545" aria-label="Address of a source" />
                <button type="submit">{ "Add" }</button>
            </form>
            <p class="problem" role="alert">{ problem.unwrap_or_default() }</p>
        </section>
    }
}

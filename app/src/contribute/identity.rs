//! The name of this browser's worker: made once, at random, and of no meaning elsewhere.

use serde::Serialize;

use super::work::Tally;
use crate::{browser, storage};

/// Where it is kept.
const NAME: &str = "hearth-worker-name";

/// The name.
pub fn name() -> String {
    storage::load::<String>(NAME).filter(|name| hearth_protocol::is_worker_name(name)).unwrap_or_else(|| {
        let name = format!("tab-{:08x}", (js_sys::Math::random() * 4_294_967_296.0) as u32);
        storage::save(NAME, &name);
        name
    })
}

/// Forgets it: the next call of [`name`] makes another one.
pub fn forget() {
    storage::remove(NAME);
}

/// Gives all that this browser keeps of the work to the user, as a file.
pub fn export(name: &str, tally: &Tally) {
    #[derive(Serialize)]
    struct Export<'a> {
        worker: &'a str,
        tally: &'a Tally,
    }
    if let Ok(text) = serde_json::to_string_pretty(&Export { worker: name, tally }) {
        browser::download("hearth-contribution.json", &text);
    }
}

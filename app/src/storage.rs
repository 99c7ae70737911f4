//! What this browser keeps over reloads, as JSON in its own storage.

use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::{Storage, window};

fn storage() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}

/// What is kept under a name. What another version wrote is worth no more than nothing.
pub fn load<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_str(&storage()?.get_item(name).ok().flatten()?).ok()
}

/// Keeps something. A full or forbidden storage costs what would have been kept, and nothing else.
pub fn save(name: &str, value: &impl Serialize) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) {
        let _ = storage.set_item(name, &text);
    }
}

/// Forgets what is kept under a name.
pub fn remove(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

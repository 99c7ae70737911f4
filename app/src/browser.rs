//! What the browser tells of the machine, what tabs of one profile agree on, and what is kept for times without a network.

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/static/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = onBattery)]
    fn battery() -> Promise;
    #[wasm_bindgen(js_name = claimProving)]
    fn claim() -> Promise;
    #[wasm_bindgen(js_name = keep)]
    fn keep_answer(path: &str, bytes: &Uint8Array) -> Promise;
    #[wasm_bindgen(js_name = forget)]
    fn forget_answers() -> Promise;
    /// Gives a text to the user as a file.
    pub fn download(name: &str, text: &str);
}

/// Whether the machine runs on its battery; `None` where the browser does not say.
pub async fn on_battery() -> Option<bool> {
    JsFuture::from(battery()).await.ok()?.as_bool()
}

/// The right to prove, of which there is one in a profile of the browser. Dropped, it is another tab's.
pub struct Claim(Function);

impl Claim {
    /// Takes it; `None` while another tab has it.
    pub async fn take() -> Option<Self> {
        JsFuture::from(claim()).await.ok()?.dyn_into().ok().map(Self)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // It only settles a promise.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// Keeps an answer of the node, for a time when it does not answer.
pub async fn keep(path: &str, bytes: &Uint8Array) {
    // A browser that has no room for it forgets it, and nothing else is lost.
    let _ = JsFuture::from(keep_answer(path, bytes)).await;
}

/// Forgets all of them.
pub async fn forget() {
    // As above: there is nothing left to do if the browser refuses.
    let _ = JsFuture::from(forget_answers()).await;
}

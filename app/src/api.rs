//! Requests to the node, and to the user's own sources of the chain.

use futures_util::future::{Either, select};
use hearth_protocol::{
    Block, IDLE_POLL_MS, Lease, LeaseRequest, MAX_PACKAGE_BYTES, PROTOCOL, Receipt, Refusal, Status, Verdict,
};
use js_sys::{Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, ReadableStreamDefaultReader, RequestInit, Response, window};

use crate::{browser, consent, time};

/// How long to wait after "nothing to do".
pub const IDLE_MS: u32 = IDLE_POLL_MS as u32;

/// Most bytes of a JSON answer.
const MAX_JSON: usize = 64 << 20;
/// Most bytes of a source's answer: a block of mainnet names its transactions in some 30 kB.
const MAX_SOURCE_JSON: usize = 4 << 20;
/// Most bytes of a run's proof, a bundle of shard proofs.
const MAX_PROOF: usize = 512 << 20;

/// Where the list of blocks is.
const BLOCKS: &str = "/v1/blocks";

/// Why a request failed, in words.
pub type Failure = String;

/// Sends a request to the node. A URL that leaves it is refused: what a node names is its own.
async fn send(method: &str, path: &str, body: Option<JsValue>) -> Result<Response, Failure> {
    if !path.starts_with('/') || path.starts_with("//") || path.contains('\\') {
        return Err(format!("the node names a foreign address: {path}"));
    }
    let url = consent::node().map_or_else(|| path.to_owned(), |node| format!("{node}{path}"));
    fetch(method, &url, body).await.ok_or_else(|| "the node does not answer".into())
}

/// Sends a request; `None` without an answer.
async fn fetch(method: &str, url: &str, body: Option<JsValue>) -> Option<Response> {
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = body {
        if body.is_string() {
            let headers = Headers::new().ok()?;
            headers.set("content-type", "application/json").ok()?;
            init.set_headers(&headers);
        }
        init.set_body(&body);
    }
    JsFuture::from(window()?.fetch_with_str_and_init(url, &init)).await.ok()?.dyn_into().ok()
}

/// Asks a source of the chain by JSON-RPC, within so many milliseconds.
pub async fn ask_source<T: DeserializeOwned>(url: &str, request: String, milliseconds: u32) -> Result<T, Failure> {
    let answer = async {
        let response = fetch("POST", url, Some(request.into())).await.ok_or("it does not answer")?;
        let bytes = body(&response, MAX_SOURCE_JSON).await?;
        serde_json::from_slice(&bytes.to_vec()).map_err(|error| format!("its answer is not understood: {error}"))
    };
    match select(std::pin::pin!(answer), std::pin::pin!(time::sleep(milliseconds))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err("it does not answer in time".into()),
    }
}

/// The body of an answer. A node may send without end: what passes `limit` is not read.
async fn body(response: &Response, limit: usize) -> Result<Uint8Array, Failure> {
    let Some(stream) = response.body() else { return Ok(Uint8Array::new_with_length(0)) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let (mut parts, mut length) = (Vec::<Uint8Array>::new(), 0);
    loop {
        let part = JsFuture::from(reader.read()).await.map_err(|_| "the answer broke off")?;
        let field = |name: &str| Reflect::get(&part, &name.into()).unwrap_or_default();
        if field("done").is_truthy() {
            break;
        }
        let bytes: Uint8Array = field("value").dyn_into().map_err(|_| "the answer is no bytes")?;
        length += bytes.length() as usize;
        if length > limit {
            // Whether the node hears it or not, nothing more is read.
            drop(reader.cancel());
            return Err(format!("the answer has more than {limit} bytes"));
        }
        parts.push(bytes);
    }
    let whole = Uint8Array::new_with_length(u32::try_from(length).map_err(|_| "the answer is too long")?);
    let mut offset = 0;
    for part in parts {
        whole.set(&part, offset);
        offset += part.length();
    }
    Ok(whole)
}

async fn json<T: DeserializeOwned>(response: &Response) -> Result<T, Failure> {
    serde_json::from_slice(&body(response, MAX_JSON).await?.to_vec())
        .map_err(|error| format!("the node's answer is not understood: {error}"))
}

/// The reason that a refusal gives.
async fn refusal(response: &Response) -> Failure {
    let reason = json::<Refusal>(response).await.map(|refusal| refusal.reason);
    reason.unwrap_or_else(|_| format!("the node answers {}", response.status()))
}

async fn get(url: &str) -> Result<Response, Failure> {
    let response = send("GET", url, None).await?;
    if response.ok() { Ok(response) } else { Err(refusal(&response).await) }
}

/// The node's blocks and other runs.
pub async fn blocks() -> Result<Vec<Block>, Failure> {
    json(&get(BLOCKS).await?).await
}

/// Keeps the list of blocks, for a time when the node does not answer.
pub async fn keep_blocks(blocks: &[Block]) {
    if let Ok(text) = serde_json::to_vec(blocks) {
        browser::keep(BLOCKS, &text.as_slice().into()).await;
    }
}

/// What the node is doing.
pub async fn status() -> Result<Status, Failure> {
    json(&get("/v1/status").await?).await
}

/// Bytes of a proof or a key at a URL of the node.
pub async fn bytes(url: &str) -> Result<Uint8Array, Failure> {
    body(&get(url).await?, MAX_PROOF).await
}

/// Asks for a shard to prove; `None` if there is nothing to do.
pub async fn lease(worker: &str, log_cells_max: u8) -> Result<Option<Lease>, Failure> {
    let request = LeaseRequest { worker: worker.into(), protocol: PROTOCOL, log_cells_max };
    let body = serde_json::to_string(&request).map_err(|error| error.to_string())?;
    let response = send("POST", "/v1/lease", Some(body.into())).await?;
    match response.status() {
        200 => json(&response).await.map(Some),
        204 => Ok(None),
        _ => Err(refusal(&response).await),
    }
}

/// The package of a lease.
pub async fn package(lease: &Lease) -> Result<Uint8Array, Failure> {
    body(&get(&lease.package_url).await?, MAX_PACKAGE_BYTES).await
}

/// Returns a proof.
pub async fn deliver(lease: &Lease, proof: &Uint8Array) -> Result<Verdict, Failure> {
    if !lease.lease.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("the lease has no proper name".into());
    }
    let response = send("PUT", &format!("/v1/proof/{}", lease.lease), Some(proof.clone().into())).await?;
    match response.status() {
        200 => Ok(json::<Receipt>(&response).await?.verdict),
        410 => Ok(Verdict::Late),
        _ => Err(refusal(&response).await),
    }
}

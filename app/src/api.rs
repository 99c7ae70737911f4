//! Requests to the node that serves the page.

use hearth_protocol::{
    Block, IDLE_POLL_MS, Lease, LeaseRequest, MAX_PACKAGE_BYTES, PROTOCOL, Receipt, Refusal, Status, Verdict,
};
use js_sys::Uint8Array;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response, window};

/// How long to wait after "nothing to do".
pub const IDLE_MS: u32 = IDLE_POLL_MS as u32;

/// Why a request failed, in words.
pub type Failure = String;

/// Sends a request. A URL that leaves the node is refused: what a node names is its own.
async fn send(method: &str, url: &str, body: Option<JsValue>) -> Result<Response, Failure> {
    if !url.starts_with('/') || url.starts_with("//") || url.contains('\\') {
        return Err(format!("the node names a foreign address: {url}"));
    }
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = body {
        if body.is_string() {
            let headers = Headers::new().map_err(|_| "no headers")?;
            headers.set("content-type", "application/json").map_err(|_| "no headers")?;
            init.set_headers(&headers);
        }
        init.set_body(&body);
    }
    let promise = window().ok_or("no window")?.fetch_with_str_and_init(url, &init);
    let response = JsFuture::from(promise).await.map_err(|_| "the node does not answer".to_string())?;
    response.dyn_into().map_err(|_| "no response".into())
}

async fn text(response: &Response) -> Result<String, Failure> {
    let text = response.text().map_err(|_| "no body")?;
    JsFuture::from(text).await.ok().and_then(|text| text.as_string()).ok_or_else(|| "the answer broke off".into())
}

async fn json<T: DeserializeOwned>(response: &Response) -> Result<T, Failure> {
    serde_json::from_str(&text(response).await?)
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
    json(&get("/v1/blocks").await?).await
}

/// What the node is doing.
pub async fn status() -> Result<Status, Failure> {
    json(&get("/v1/status").await?).await
}

/// Bytes at a URL of the node.
pub async fn bytes(url: &str) -> Result<Uint8Array, Failure> {
    let buffer = get(url).await?.array_buffer().map_err(|_| "no body")?;
    let buffer = JsFuture::from(buffer).await.map_err(|_| "the answer broke off")?;
    Ok(Uint8Array::new(&buffer))
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
    let package = bytes(&lease.package_url).await?;
    if package.length() as usize > MAX_PACKAGE_BYTES { Err("the package is too long".into()) } else { Ok(package) }
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

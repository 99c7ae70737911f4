//! The wasm workers that verify and prove, as futures. Their JavaScript clients are modules beside the page.

use js_sys::{Function, Promise, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/static/workers.js")]
extern "C" {
    #[wasm_bindgen(js_name = verifyRun)]
    fn verify_run(proof: &Uint8Array, key: &Uint8Array, allow_test_params: bool) -> Promise;
    #[wasm_bindgen(js_name = verifyBlock)]
    fn verify_block_proof(proof: &Uint8Array, allow_test_params: bool) -> Promise;
    #[wasm_bindgen(js_name = prove)]
    fn prove_shard(package: &Uint8Array, log_cells: u8, any_program: bool, hear: &Function) -> Promise;
    /// Stops the proof that is being made.
    #[wasm_bindgen(js_name = cancelProof)]
    pub fn cancel_proof();
}

/// What the verifier says of a block or of another run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether the proof is accepted.
    pub ok: bool,
    /// Why it is not.
    pub reason: Option<String>,
    /// Milliseconds in the worker.
    pub ms: f64,
    /// Hash of the block that is proved to be valid; none for another run.
    pub hash: Option<String>,
    /// Its height.
    pub number: Option<u64>,
    /// Chain id.
    pub chain_id: Option<u64>,
    /// Name of the public network, if it is one.
    pub network: Option<String>,
    /// Rules under which the block was judged.
    pub fork: Option<String>,
    /// Seconds since 1970.
    pub timestamp: Option<u64>,
    /// Exit code of the run.
    pub exit_code: Option<u64>,
    /// Output of the run.
    pub output: Option<Vec<u8>>,
    /// Digest of the program's key.
    pub program: Option<String>,
    /// Shards.
    pub shards: Option<u32>,
    /// Size class.
    pub log_cells: Option<u8>,
    /// Bits per shard.
    pub bits: Option<u32>,
    /// Their regime.
    pub regime: Option<String>,
}

/// A proof that was made here.
pub struct Proved {
    /// The proof.
    pub proof: Uint8Array,
    /// Committed cells.
    pub cells: f64,
    /// Milliseconds.
    pub ms: f64,
}

/// The message of a JavaScript error.
fn message(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |error| error.message().into())
}

/// Why there is no proof.
pub enum ProveError {
    /// This browser cannot prove.
    Unsupported(String),
    /// The proof that was made is wrong: this device computes wrongly.
    WrongProof(String),
    /// Anything else.
    Failed(String),
}

impl ProveError {
    /// From the error of the worker, whose name says which it is (webgpu-prover/js/worker.js).
    fn new(error: &JsValue) -> Self {
        let name = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.name()));
        let kind = match name.as_deref() {
            Some("Unsupported") => Self::Unsupported,
            Some("WrongProof") => Self::WrongProof,
            _ => Self::Failed,
        };
        kind(message(error))
    }
}

/// Verifies the proof of a run.
pub async fn verify(proof: &Uint8Array, key: &Uint8Array, allow_test_params: bool) -> Result<Verdict, String> {
    verdict(verify_run(proof, key, allow_test_params)).await
}

/// Verifies the proof of a block against the validator that is compiled into the verifier.
pub async fn verify_block(proof: &Uint8Array, allow_test_params: bool) -> Result<Verdict, String> {
    verdict(verify_block_proof(proof, allow_test_params)).await
}

async fn verdict(promise: Promise) -> Result<Verdict, String> {
    let verdict = JsFuture::from(promise).await.map_err(|error| message(&error))?;
    serde_wasm_bindgen::from_value(verdict).map_err(|error| error.to_string())
}

/// Whether these are the bytes of a block's proof; any others are of a run.
pub fn is_block_proof(bytes: &Uint8Array) -> bool {
    bytes.subarray(0, BLOCK_PROOF.len() as u32).to_vec() == BLOCK_PROOF
}

/// First bytes of a block's proof.
const BLOCK_PROOF: &[u8] = b"HEARTHB";

/// Proves a package and verifies the proof. `hear` is told of each stage. Shards of other programs than the validator are refused
/// unless `any_program`.
pub async fn prove(
    package: &Uint8Array,
    log_cells: u8,
    any_program: bool,
    hear: impl Fn(String) + 'static,
) -> Result<Proved, ProveError> {
    let hear = Closure::<dyn Fn(String)>::new(hear);
    let result = JsFuture::from(prove_shard(package, log_cells, any_program, hear.as_ref().unchecked_ref())).await;
    let result = result.map_err(|error| ProveError::new(&error))?;
    let field = |name: &str| js_sys::Reflect::get(&result, &name.into()).unwrap_or_default();
    let number = |name| field(name).as_f64().unwrap_or_default();
    let proof = field("proof").dyn_into().map_err(|_| ProveError::Failed("the worker gave no proof".into()))?;
    Ok(Proved { proof, cells: number("cells"), ms: number("ms") })
}

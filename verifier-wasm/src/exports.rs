//! What JavaScript sees. js/verifier.d.ts describes the values.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::{Options, Verdict, block, run, shard};

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the page or the worker began.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("../js/verdict.d.ts");

/// Options as JavaScript gives them; `undefined` and `null` stand for the defaults.
fn options(value: JsValue) -> Result<Options, String> {
    if value.is_undefined() || value.is_null() {
        return Ok(Options::default());
    }
    serde_wasm_bindgen::from_value(value).map_err(|error| format!("options: {error}"))
}

/// A verdict as a JavaScript object. Numbers of 64 bits are BigInts: some would not fit a Number.
fn object<T: Serialize>(verdict: &Verdict<T>) -> JsValue {
    let serializer = Serializer::new().serialize_large_number_types_as_bigints(true).serialize_maps_as_objects(true);
    // Strings, numbers and bytes always serialize.
    verdict.serialize(&serializer).unwrap_or_default()
}

/// Verifies the proof of an Ethereum block against the validator that is compiled in.
#[wasm_bindgen(unchecked_return_type = "BlockVerdict")]
pub fn verify_block(
    proof: &[u8],
    #[wasm_bindgen(unchecked_param_type = "Options | undefined")] given: JsValue,
) -> JsValue {
    object(&Verdict::of(now, || block::verify(proof, &options(given)?)))
}

/// Digest of the key of the validator that is compiled in, in hexadecimal digits.
#[wasm_bindgen]
pub fn validator() -> String {
    block::program()
}

/// Verifies the proof of a run of the program that `key` (a key file or an ELF file) names.
#[wasm_bindgen(unchecked_return_type = "RunVerdict")]
pub fn verify_run(
    proof: &[u8],
    key: &[u8],
    #[wasm_bindgen(unchecked_param_type = "Options | undefined")] given: JsValue,
) -> JsValue {
    object(&Verdict::of(now, || run::verify(proof, key, &options(given)?)))
}

/// Verifies the proof of one shard; with a package, also that it proves the shard of this package.
#[wasm_bindgen(unchecked_return_type = "ShardVerdict")]
pub fn verify_shard(
    proof: &[u8],
    package: Option<Vec<u8>>,
    #[wasm_bindgen(unchecked_param_type = "Options | undefined")] given: JsValue,
) -> JsValue {
    object(&Verdict::of(now, || shard::verify(proof, package.as_deref(), &options(given)?)))
}

/// Version of this package.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

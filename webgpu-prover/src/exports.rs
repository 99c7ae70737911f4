//! What JavaScript sees: the class `Prover`.

use hearth_shard::progress::GoOn;
use hearth_shard::prover::Stage;
use hearth_soundness::SizeClass;
use js_sys::{Function, Promise, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::device::{Device, DeviceError, Programs, inspect};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What a package asks for. */
export interface Inspection { steps: number; leaves: number; codeLeaves: number; pcIn: number; pcOut: number }
/** What the prover is doing. */
export type Stage = "replaying" | "tracing" | "proving";
"#;

/// Errors become JavaScript's `Error` with the reason as its message.
fn error(reason: impl std::fmt::Display) -> JsError {
    JsError::new(&reason.to_string())
}

/// The same, with a name for the one that a page must tell apart: a device that computes wrongly proves nothing more.
fn device_error(reason: &DeviceError) -> JsValue {
    let error = js_sys::Error::new(&reason.to_string());
    if matches!(reason, DeviceError::Wrong(_)) {
        error.set_name("WrongProof");
    }
    error.into()
}

const fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Replaying => "replaying",
        Stage::Tracing => "tracing",
        Stage::Proving | Stage::Step(_) => "proving",
    }
}

/// Whether a listener's answer says so. One that throws has given up.
async fn goes_on(answer: Result<JsValue, JsValue>) -> bool {
    let answer = match answer.map(JsCast::dyn_into::<Promise>) {
        Ok(Ok(promise)) => JsFuture::from(promise).await,
        Ok(Err(answer)) => Ok(answer),
        Err(thrown) => Err(thrown),
    };
    answer.is_ok_and(|answer| answer.as_bool() != Some(false))
}

/// Proves shards of one size class on the CPU.
#[wasm_bindgen]
pub struct Prover {
    device: Device,
    steps: f64,
    cells: f64,
}

#[wasm_bindgen]
impl Prover {
    /// A prover for shards of at most 2^log_cells cells, 2^24 unless given; the smaller classes exist for tests.
    #[wasm_bindgen(constructor)]
    pub fn new(log_cells: Option<u8>) -> Result<Self, JsError> {
        let device = Device::new(log_cells.unwrap_or(SizeClass::Real24.id())).map_err(error)?;
        Ok(Self { device, steps: 0.0, cells: 0.0 })
    }

    /// Proves a package and verifies the proof. `progress` hears of each stage, and then of each step of the proof, which has a
    /// name; it stops the work by answering `false`. It may answer by a promise, so that others have their turn meanwhile. Shards
    /// of other programs than the pinned validator are refused unless `any_program`.
    pub async fn prove(
        &mut self,
        package: Vec<u8>,
        #[wasm_bindgen(unchecked_param_type = "(stage: Stage, step?: string) => unknown")] progress: Function,
        any_program: Option<bool>,
    ) -> Result<Uint8Array, JsValue> {
        let hear = |stage| -> GoOn {
            let step = if let Stage::Step(step) = stage { step.name().into() } else { JsValue::UNDEFINED };
            let answer = progress.call2(&JsValue::NULL, &stage_name(stage).into(), &step);
            Box::pin(goes_on(answer))
        };
        let programs = if any_program == Some(true) { Programs::Any } else { Programs::Validator };
        let (proof, cost) =
            self.device.prove(&package, programs, hear).await.map_err(|reason| device_error(&reason))?;
        // Both are far below 2^53.
        (self.steps, self.cells) = (cost.steps as f64, cost.cells as f64);
        Ok(proof.to_bytes().as_slice().into())
    }

    /// Says what a package asks for.
    #[wasm_bindgen(unchecked_return_type = "Inspection")]
    pub fn inspect(package: &[u8]) -> Result<JsValue, JsError> {
        let inspection = inspect(package).map_err(error)?;
        inspection.serialize(&serde_wasm_bindgen::Serializer::new()).map_err(error)
    }

    /// Instructions of the last shard that was proved.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> f64 {
        self.steps
    }

    /// Committed cells of the last shard that was proved.
    #[wasm_bindgen(getter)]
    pub fn cells(&self) -> f64 {
        self.cells
    }
}

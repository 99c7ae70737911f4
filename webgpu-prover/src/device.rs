//! From the bytes of a package to the bytes of a shard proof, on the CPU.

use hearth_machine::hash::Digest;
use hearth_machine::program::ProgramKey;
use hearth_parcel::{UnpackError, unpack};
use hearth_shard::backend::SetupError;
use hearth_shard::progress::GoOn;
use hearth_shard::proof::ShardProof;
use hearth_shard::prover::{Cost, ShardError, ShardProver, Stage};
use hearth_shard::verifier::{ShardVerifier, VerifyError};
use hearth_soundness::{SizeClass, UnknownClass};
use serde::Serialize;

/// The key of the validator, compiled in: nobody who gives out work chooses what a tab works for.
const VALIDATOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/validator.key"));

/// Root of the code of the pinned validator; `None` if the build compiled in something else.
fn validator() -> Option<Digest> {
    ProgramKey::from_bytes(VALIDATOR).ok().map(|key| key.code_root)
}

/// Of which programs shards are proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Programs {
    /// Of the stateless validator, and so of Ethereum blocks.
    Validator,
    /// Of any, where the user asked for it.
    Any,
}

/// Why no proof was made.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No such size class.
    #[error(transparent)]
    Class(#[from] UnknownClass),
    /// No keys can be made.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The bytes are no package, or one of a larger shard.
    #[error("bad package: {0}")]
    Package(#[from] UnpackError),
    /// The package is of a program that the user did not agree to.
    #[error("the node gave a shard of another program than the validator of Ethereum blocks")]
    Program,
    /// The prover refused.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// The proof that was made is wrong: the device gives wrong results.
    #[error("this device made a wrong proof: {0}")]
    Wrong(#[from] VerifyError),
}

/// What a package asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// Instructions to execute.
    pub steps: u32,
    /// Leaves of memory that come with the package.
    pub leaves: u32,
    /// Leaves of code that come with it.
    pub code_leaves: u32,
    /// Program counter before the shard.
    pub pc_in: u32,
    /// Program counter after it.
    pub pc_out: u32,
}

/// Says what a package asks for. What it claims is checked when it is proved.
///
/// # Errors
///
/// Bytes that are no package, even of the largest shard.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, DeviceError> {
    let package = unpack(bytes, SizeClass::Real27.max_package_bytes())?;
    // No list is longer than the bytes that it was read from.
    Ok(Inspection {
        steps: package.steps,
        leaves: package.leaves.len() as u32,
        code_leaves: package.code_leaves.len() as u32,
        pc_in: package.statement.pc_in,
        pc_out: package.statement.pc_out,
    })
}

/// A CPU that proves shards of one size class.
pub struct Device {
    prover: ShardProver,
    verifier: ShardVerifier,
}

impl Device {
    /// A device for shards of at most `2^log_cells` cells.
    ///
    /// # Errors
    ///
    /// No size class of this number, or one without keys.
    pub fn new(log_cells: u8) -> Result<Self, DeviceError> {
        let class = SizeClass::try_from(log_cells)?;
        Ok(Self { prover: ShardProver::new(class)?, verifier: ShardVerifier::new(class)? })
    }

    /// Proves a package, then verifies the proof: a machine that computes wrongly learns it here and not from the node.
    ///
    /// # Errors
    ///
    /// A bad package, one of another program than `programs` allows, one that does not fit the class, `progress` answering `false`, or a proof that does not verify.
    pub async fn prove(
        &self,
        bytes: &[u8],
        programs: Programs,
        progress: impl FnMut(Stage) -> GoOn,
    ) -> Result<(ShardProof, Cost), DeviceError> {
        let package = unpack(bytes, self.prover.keys().class().max_package_bytes())?;
        if programs == Programs::Validator && validator() != Some(package.statement.program_root) {
            return Err(DeviceError::Program);
        }
        let (proof, cost) = self.prover.prove_watched(&package, progress).await?;
        self.verifier.verify(&proof.statement, proof.key as u8, &proof.bytes)?;
        Ok((proof, cost))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_kind_are_refused() {
        assert!(matches!(inspect(&[]), Err(DeviceError::Package(UnpackError::Magic))));
        let endless = [&hearth_parcel::MAGIC[..], &[1, 0, 0, 0], &[0xff; 4]].concat();
        assert!(matches!(inspect(&endless), Err(DeviceError::Package(UnpackError::TooLarge { .. }))));
        assert!(matches!(Device::new(23), Err(DeviceError::Class(UnknownClass(23)))));
    }
}

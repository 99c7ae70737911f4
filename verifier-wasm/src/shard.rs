//! The verdict on the proof of one shard.

use hearth_parcel::unpack;
use hearth_shard::proof::ShardProof;
use hearth_shard::verifier::ShardVerifier;
use serde::Serialize;

use crate::{Options, Security, hex_digest};

/// What an accepted proof of a shard says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shard {
    /// Root of the program's code tree, in hexadecimal digits.
    pub program_root: String,
    /// Memory root before the shard.
    pub root_in: String,
    /// Program counter before the shard.
    pub pc_in: u32,
    /// Memory root after the shard.
    pub root_out: String,
    /// Program counter after the shard.
    pub pc_out: u32,
    /// Size class of the shard: it commits to at most 2^this cells.
    pub log_cells: u8,
    /// Security.
    #[serde(flatten)]
    pub security: Security,
}

/// Verifies the proof of a shard; with a package, also that it proves the shard of this package.
///
/// # Errors
///
/// Why the proof is refused, in words.
pub fn verify(proof: &[u8], package: Option<&[u8]>, options: &Options) -> Result<Shard, String> {
    let proof = ShardProof::from_bytes(proof).map_err(|error| error.to_string())?;
    if proof.class.is_test_only() && !options.allow_test_params {
        return Err(format!("shards of {} cells exist for tests", proof.class.name()));
    }
    if let Some(package) = package {
        let package = unpack(package, proof.class.max_package_bytes()).map_err(|error| format!("package: {error}"))?;
        if package.statement != proof.statement {
            return Err("it is not a proof of the package's shard".into());
        }
    }
    let verifier = ShardVerifier::new(proof.class).map_err(|error| error.to_string())?;
    verifier.verify(&proof.statement, proof.key as u8, &proof.bytes).map_err(|error| error.to_string())?;
    Ok(Shard {
        program_root: hex_digest(&proof.statement.program_root),
        root_in: hex_digest(&proof.statement.root_in),
        pc_in: proof.statement.pc_in,
        root_out: hex_digest(&proof.statement.root_out),
        pc_out: proof.statement.pc_out,
        log_cells: proof.class.id(),
        security: Security::of_shards(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_kind_give_a_reason() {
        for proof in [&b""[..], b"HEARTHS\x01", b"HEARTHPK", &[0xff; 4096]] {
            assert!(verify(proof, None, &Options::default()).is_err());
        }
    }
}

//! The verdict on a proof of an Ethereum block: a run of the pinned validator, bound to a block hash.

use hearth_binding::{BlockProof, Chains, Network};
use hearth_machine::hash::Hasher;
use hearth_machine::program::ProgramKey;
use serde::Serialize;

use crate::{Options, Security, hex_digest};

/// The key of the validator, compiled in: nobody who serves a proof chooses the program.
const VALIDATOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/validator.key"));

/// What an accepted proof of a block says: the block is valid under these rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Height.
    pub number: u64,
    /// Hash: `0x` and 64 digits.
    pub hash: String,
    /// Hash of its parent.
    pub parent_hash: String,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// Chain id.
    pub chain_id: u64,
    /// Name of the public network, absent for another chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<&'static str>,
    /// The rules under which it was judged. On a public network they are those of its time.
    pub fork: String,
    /// Digest of the validator's key, in hexadecimal digits.
    pub program: String,
    /// Number of shards.
    pub shards: u32,
    /// Size class of the shards: they commit to at most 2^this cells.
    pub log_cells: u8,
    /// Security.
    #[serde(flatten)]
    pub security: Security,
}

/// The pinned validator's key.
///
/// # Errors
///
/// If the build compiled in something else.
fn validator() -> Result<ProgramKey, String> {
    ProgramKey::from_bytes(VALIDATOR).map_err(|error| format!("the pinned key: {error}"))
}

/// Digest of the pinned validator's key, in hexadecimal digits.
pub fn program() -> String {
    validator().map(|key| hex_digest(&key.digest(&Hasher::new()))).unwrap_or_default()
}

/// Verifies the proof of a block.
///
/// # Errors
///
/// Why the proof is refused, in words.
pub fn verify(proof: &[u8], options: &Options) -> Result<Block, String> {
    let key = validator()?;
    let proof = BlockProof::from_bytes(proof).map_err(|error| error.to_string())?;
    let chains = if options.any_chain { Chains::Any } else { Chains::Public };
    let (block, run) = proof.verify(&key, chains, options.allow_test_params).map_err(|error| error.to_string())?;
    Ok(Block {
        number: block.number,
        hash: block.hash.to_string(),
        parent_hash: block.parent_hash.to_string(),
        timestamp: block.timestamp,
        chain_id: block.chain_id,
        network: Network::by_chain_id(block.chain_id).map(|network| network.name),
        fork: format!("{:?}", block.fork),
        program: hex_digest(&key.digest(&Hasher::new())),
        shards: u32::try_from(run.shards).unwrap_or(u32::MAX),
        log_cells: run.class.id(),
        security: Security::of_shards(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_machine::program::Program;

    #[test]
    fn the_pinned_program_is_the_committed_validator() {
        let elf = include_bytes!("../../guests/elf/stateless-validator.elf");
        let program = Program::from_elf(&Hasher::new(), elf).expect("a guest program");
        assert_eq!(validator().as_ref(), Ok(program.key()));
    }

    #[test]
    fn bytes_of_any_kind_give_a_reason() {
        for proof in [&b""[..], b"HEARTHB\x01", b"HEARTH\x01", &[0xff; 4096]] {
            assert!(verify(proof, &Options::default()).is_err());
        }
    }
}

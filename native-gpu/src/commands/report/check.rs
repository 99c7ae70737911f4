//! A verdict of one's own on what a node calls a proof.

use std::time::Instant;

use hearth_blocks::{BlockProof, Chains};
use hearth_machine::program::{Program, ProgramKey};
use hearth_shard::chain::{ChainProof, MAX_BYTES};
use serde::Serialize;

use crate::client::Client;

/// What was verified.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// Whether the proof is accepted.
    pub ok: bool,
    /// What it proves, or why it is refused.
    pub says: String,
    /// Bytes of the proof.
    pub proof_bytes: usize,
    /// Seconds of the verification.
    pub seconds: f64,
}

/// Downloads the proof of a run and verifies it: that of a block against the validator that this binary holds, that of
/// another program against the key that the node names.
pub fn check(
    client: &Client,
    run: &hearth_protocol::Run,
    validator: &Program,
    chains: Chains,
    allow_test_sizes: bool,
) -> Result<Verdict, String> {
    let bytes = client.bytes(&format!("/v1/proof/{}", run.id), MAX_BYTES)?;
    let key = match run.hash {
        Some(_) => *validator.key(),
        None => ProgramKey::from_bytes(&client.bytes(&format!("/v1/key/{}", run.id), 1 << 16)?)
            .map_err(|error| error.to_string())?,
    };
    let start = Instant::now();
    let judged = match &run.hash {
        Some(hash) => block(&bytes, &key, hash, chains, allow_test_sizes),
        None => plain(&bytes, &key, allow_test_sizes),
    };
    let seconds = crate::report::seconds(start.elapsed());
    let ok = judged.is_ok();
    Ok(Verdict { ok, says: judged.unwrap_or_else(|reason| reason), proof_bytes: bytes.len(), seconds })
}

fn block(bytes: &[u8], key: &ProgramKey, hash: &str, chains: Chains, test_sizes: bool) -> Result<String, String> {
    let proof = BlockProof::from_bytes(bytes).map_err(|error| error.to_string())?;
    let (block, _) = proof.verify(key, chains, test_sizes).map_err(|error| error.to_string())?;
    if block.hash.to_string() != hash {
        return Err(format!("it is a proof of block {}, not of {hash}", block.hash));
    }
    Ok(format!(
        "block {} of chain {} with hash {} is valid under {:?}",
        block.number, block.chain_id, block.hash, block.fork
    ))
}

fn plain(bytes: &[u8], key: &ProgramKey, test_sizes: bool) -> Result<String, String> {
    let proof = ChainProof::from_bytes(bytes).map_err(|error| error.to_string())?;
    let verified = proof.verify(key, test_sizes).map_err(|error| error.to_string())?;
    Ok(format!("the program ended with exit code {} and {} bytes of output", verified.exit_code, verified.output.len()))
}

//! Block files: one block with its witness as JSON, plain or compressed by zstd.

use crate::error::ImportError;
use alloy_primitives::{B256, Bytes};
use hearth_binding::Rules;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

/// Most bytes of a file after decompression.
const MAX_FILE: u64 = 1 << 30;
/// First bytes of a zstd frame.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What `debug_executionWitness` returns.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct WitnessFile {
    /// Trie nodes in RLP.
    pub state: Vec<Bytes>,
    /// Bytecodes.
    pub codes: Vec<Bytes>,
    /// Ancestor headers in RLP.
    pub headers: Vec<Bytes>,
}

/// A file of the data set.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockFile {
    /// Name.
    pub name: String,
    /// Chain id.
    pub chain_id: u64,
    /// Name of the network, or of the one fork of a test chain.
    pub config: String,
    /// RLP of the whole block.
    pub block: Bytes,
    /// Keccak-256 of its header.
    pub block_hash: B256,
    /// What its execution needs.
    pub witness: WitnessFile,
    /// Whether the block is valid, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<bool>,
}

impl BlockFile {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ImportError> {
        let io = |error| ImportError::Io { path: path.display().to_string(), error };
        let mut bytes = Vec::new();
        let file = BufReader::new(File::open(path).map_err(io)?);
        file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(io)?;
        Self::parse(&bytes)
    }

    /// Reads JSON, compressed or not.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImportError> {
        let plain = if bytes.starts_with(&ZSTD_MAGIC) { decompress(bytes)? } else { bytes.to_vec() };
        if plain.len() as u64 > MAX_FILE {
            return Err(ImportError::TooLarge { limit: MAX_FILE });
        }
        Ok(serde_json::from_slice(&plain)?)
    }

    /// Whose rules the block follows.
    pub fn rules(&self) -> Result<Rules, ImportError> {
        Rules::by_name(&self.config)
            .ok_or_else(|| ImportError::field("config", format!("unknown network or fork {:?}", self.config)))
    }
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>, ImportError> {
    let problem = |error: &dyn std::fmt::Display| ImportError::field("file", format!("zstd: {error}"));
    let decoder = ruzstd::decoding::StreamingDecoder::new(bytes).map_err(|e| problem(&e))?;
    let mut out = Vec::new();
    decoder.take(MAX_FILE + 1).read_to_end(&mut out).map_err(|e| problem(&e))?;
    Ok(out)
}

//! The verdict on a proof of a whole run.

use hearth_machine::hash::Hasher;
use hearth_machine::program::{Program, ProgramKey};
use hearth_shard::chain::ChainProof;
use serde::Serialize;

use crate::{Options, Security, as_bytes, hex_digest};

/// First bytes of an ELF file.
const ELF_MAGIC: &[u8] = b"\x7fELF";

/// What an accepted proof of a run says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Exit code of the run.
    pub exit_code: u64,
    /// Output of the run.
    #[serde(serialize_with = "as_bytes")]
    pub output: Vec<u8>,
    /// Digest of the program's key, in hexadecimal digits: which program it was.
    pub program: String,
    /// Digest of the input that the run read, in hexadecimal digits.
    pub input: String,
    /// Number of shards.
    pub shards: u32,
    /// Size class of the shards: they commit to at most 2^this cells.
    pub log_cells: u8,
    /// Security.
    #[serde(flatten)]
    pub security: Security,
}

/// Reads a program's key: a key file, or the ELF file from which the key follows.
fn program_key(bytes: &[u8]) -> Result<ProgramKey, String> {
    if bytes.starts_with(ELF_MAGIC) {
        return Program::from_elf(&Hasher::new(), bytes)
            .map(|program| *program.key())
            .map_err(|e| format!("program: {e}"));
    }
    ProgramKey::from_bytes(bytes).map_err(|error| format!("key: {error}"))
}

/// Verifies the proof of a run of the program that `key` names: a key file or an ELF file.
///
/// # Errors
///
/// Why the proof is refused, in words.
pub fn verify(proof: &[u8], key: &[u8], options: &Options) -> Result<Run, String> {
    let key = program_key(key)?;
    let proof = ChainProof::from_bytes(proof).map_err(|error| error.to_string())?;
    let verified = proof.verify(&key, options.allow_test_params).map_err(|error| error.to_string())?;
    Ok(Run {
        exit_code: verified.exit_code,
        output: verified.output,
        program: hex_digest(&key.digest(&Hasher::new())),
        input: hex_digest(&verified.input),
        shards: u32::try_from(verified.shards).unwrap_or(u32::MAX),
        log_cells: verified.class.id(),
        security: Security::of_shards(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIBONACCI: &[u8] = include_bytes!("../../guests/elf/fibonacci.elf");

    #[test]
    fn a_key_is_a_key_file_or_an_elf_file() {
        let key = program_key(FIBONACCI).expect("a program");
        assert_eq!(program_key(&key.to_bytes()), Ok(key));
    }

    #[test]
    fn bytes_of_any_kind_give_a_reason() {
        let options = Options::default();
        for (proof, key) in [(&b""[..], FIBONACCI), (b"HEARTH\x01", FIBONACCI), (b"", b""), (b"", b"\x7fELF")] {
            assert!(verify(proof, key, &options).is_err());
        }
        assert!(verify(b"HEARTH", FIBONACCI, &options).unwrap_err().contains("cut off"));
        assert!(verify(b"", b"short", &options).unwrap_err().starts_with("key: "));
    }
}

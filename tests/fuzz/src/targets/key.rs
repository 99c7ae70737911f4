//! Key files of programs.

use hearth_machine::key::KeyError;
use hearth_machine::program::ProgramKey;
use hearth_machine::testing::random::Random;

use crate::run::RUN;
use crate::{ACCEPTED, Class, Target, below};

/// The target.
pub const TARGET: Target =
    Target { name: "key", judge, seeds, mutant, classes: &[ACCEPTED, "format", "range"], memory: 1 << 20 };

fn judge(bytes: &[u8]) -> Class {
    match ProgramKey::from_bytes(bytes) {
        Ok(key) => {
            assert_eq!(key.to_bytes(), bytes, "a second encoding");
            ACCEPTED
        }
        Err(KeyError::Format) => "format",
        Err(KeyError::Range) => "range",
    }
}

fn seeds() -> Vec<Vec<u8>> {
    vec![RUN.program.key().to_bytes()]
}

/// One word is another.
fn mutant(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[0].clone();
    let at = 4 * below(random, bytes.len() / 4);
    bytes[at..at + 4].copy_from_slice(&(random.word() as u32 >> random.below(32)).to_le_bytes());
    bytes
}

//! Digests and statements as canonical numbers, for the encodings of this crate.

use hearth_machine::hash::{DIGEST, Digest, Felt};
use hearth_machine::trace::Statement;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use serde::{Deserialize, Serialize};

/// A digest as canonical numbers.
pub(crate) type Words = [u32; DIGEST];

/// The numbers of a digest.
pub(crate) fn words(digest: &Digest) -> Words {
    digest.map(|felt| felt.as_canonical_u32())
}

/// The digest, if all words are canonical.
pub(crate) fn digest(words: &Words) -> Option<Digest> {
    words.iter().all(|&word| word < Felt::ORDER_U32).then(|| words.map(Felt::from_u32))
}

/// A statement as numbers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct StatementWords {
    program_root: Words,
    root_in: Words,
    pc_in: u32,
    root_out: Words,
    pc_out: u32,
    ts_end: u32,
}

impl From<&Statement> for StatementWords {
    fn from(statement: &Statement) -> Self {
        let Statement { program_root, root_in, pc_in, root_out, pc_out, ts_end } = statement;
        Self {
            program_root: words(program_root),
            root_in: words(root_in),
            pc_in: *pc_in,
            root_out: words(root_out),
            pc_out: *pc_out,
            ts_end: *ts_end,
        }
    }
}

impl StatementWords {
    /// The statement, if its digests are canonical.
    pub(crate) fn statement(&self) -> Option<Statement> {
        Some(Statement {
            program_root: digest(&self.program_root)?,
            root_in: digest(&self.root_in)?,
            pc_in: self.pc_in,
            root_out: digest(&self.root_out)?,
            pc_out: self.pc_out,
            ts_end: self.ts_end,
        })
    }
}

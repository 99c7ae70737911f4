//! Why a key, a proof or a verification was refused.

use alloc::string::String;

use hearth_soundness::SizeClass;
use thiserror::Error;

use super::BackendId;

/// Why no key can be made of these chips.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SetupError {
    /// A key needs 1 to 255 chips.
    #[error("{0} chips; a key holds 1 to 255")]
    ChipCount(usize),
    /// A chip uses what no shard proof supports.
    #[error("chip {chip}: {reason}")]
    Unsupported {
        /// Name of the chip.
        chip: String,
        /// What it uses.
        reason: &'static str,
    },
    /// A chip's height rule is empty or leaves the limits of the proof system.
    #[error("chip {chip}: its heights 2^{min} to 2^{max} are not within 2^{least} to 2^{greatest}")]
    HeightRule {
        /// Name of the chip.
        chip: String,
        /// Log2 of the least height by its rule.
        min: u8,
        /// Log2 of the greatest height by its rule.
        max: u8,
        /// Log2 of the least height of any chip.
        least: u8,
        /// Log2 of the greatest height of any chip.
        greatest: u8,
    },
    /// More than one chip reads public values.
    #[error("chips {0} and {1} both read public values; one chip alone may")]
    TwoPublicChips(String, String),
    /// Even the least heights do not fit in the size class.
    #[error("the least heights need more than 2^{} cells", .0.log_cells())]
    ClassTooSmall(SizeClass),
    /// The parameters of the size class do not fit together.
    #[error("proof system: {0}")]
    Parameters(String),
    /// This build does without the backend.
    #[error("compiled without the backend {0}")]
    Absent(BackendId),
}

/// Why a list of heights is not one that the key allows.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeightError {
    /// Not one height per chip.
    #[error("{actual} heights for {expected} chips")]
    Count {
        /// Chips in the key.
        expected: usize,
        /// Heights given.
        actual: usize,
    },
    /// One chip's height breaks its rule.
    #[error("chip {chip}: height 2^{actual} is not within 2^{min} to 2^{max}")]
    Rule {
        /// Name of the chip.
        chip: String,
        /// Log2 of the least height by its rule.
        min: u8,
        /// Log2 of the greatest height by its rule.
        max: u8,
        /// Log2 of the height given.
        actual: u8,
    },
    /// The cells do not fit in the size class.
    #[error("{cells} cells do not fit in 2^{log_cells}")]
    Cells {
        /// Cells at the given heights.
        cells: u64,
        /// Log2 of the greatest number of cells.
        log_cells: usize,
    },
    /// The weights of the messages could add up to the field's characteristic.
    #[error("the messages of all chips could wrap around the field's characteristic")]
    Multiplicities,
}

/// Why no proof was made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProveError {
    /// No key can be made.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Not one trace per chip.
    #[error("{actual} traces for {expected} chips")]
    TraceCount {
        /// Chips in the key.
        expected: usize,
        /// Traces given.
        actual: usize,
    },
    /// A trace has the wrong number of columns, or a height that is no power of two.
    #[error("chip {chip}: trace of {height} rows and {width} columns, expected 2^k rows and {expected} columns")]
    TraceShape {
        /// Name of the chip.
        chip: String,
        /// Rows given.
        height: usize,
        /// Columns given.
        width: usize,
        /// Columns of the chip.
        expected: usize,
    },
    /// The heights are not allowed by the key.
    #[error(transparent)]
    Heights(#[from] HeightError),
    /// Not as many public values as the key's chips read.
    #[error("{actual} public values, expected {expected}")]
    PublicValues {
        /// Public values that the chips read.
        expected: usize,
        /// Public values given.
        actual: usize,
    },
    /// The proof system refused its own parameters or ran out of its budget.
    #[error("proof system: {0}")]
    ProofSystem(String),
    /// The proof is longer than its size class allows.
    #[error("the proof has {0} bytes, more than its size class allows")]
    TooLong(usize),
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
}

/// Why a proof was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// No key can be made.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The bytes are longer than any proof of the class.
    #[error("{actual} bytes, more than the {limit} of the size class")]
    TooLong {
        /// Greatest length.
        limit: usize,
        /// Length given.
        actual: usize,
    },
    /// The envelope is cut short.
    #[error("the envelope ends early")]
    Truncated,
    /// The bytes do not begin like a shard proof.
    #[error("not a shard proof")]
    Magic,
    /// A version of the format that this verifier does not know.
    #[error("format version {0} is unknown")]
    Version(u8),
    /// A proof of another proof system.
    #[error("made by another backend (number {0})")]
    Backend(u8),
    /// A proof of another size class than the key's.
    #[error("made for size class {0}")]
    Class(u8),
    /// The heights are not allowed by the key.
    #[error(transparent)]
    Heights(#[from] HeightError),
    /// The body is not the encoding of a proof.
    #[error("the body can't be decoded: {0}")]
    Encoding(String),
    /// The body decodes, but is not the one encoding of what it decodes to.
    #[error("the body is not canonical")]
    NotCanonical,
    /// A part of the proof is there that should not be, or has the wrong length.
    #[error("malformed proof: {0}")]
    Shape(&'static str),
    /// Not as many public values as the key's chips read.
    #[error("{actual} public values, expected {expected}")]
    PublicValues {
        /// Public values that the chips read.
        expected: usize,
        /// Public values given.
        actual: usize,
    },
    /// At these heights the parameters certify less than the published bits.
    #[error("only {bits:?} bits are certified at these heights")]
    Security {
        /// Whole bits certified, none if a term could not be assessed.
        bits: Option<u32>,
    },
    /// The stack is too small for the parameters of the size class.
    #[error("proof system: {0}")]
    Parameters(String),
    /// The proof is wrong.
    #[error("invalid proof: {0}")]
    Invalid(String),
}

//! What can be wrong with a block file.

/// A field of the input and its defect.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// Its path.
        path: String,
        /// From the system.
        error: std::io::Error,
    },
    /// The file is larger than any block with its witness.
    #[error("file: more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// Not JSON of the expected shape; the message names the field.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A field that must be there is not.
    #[error("{0}: missing")]
    Missing(&'static str),
    /// A field does not decode.
    #[error("{field}: {problem}")]
    Field {
        /// Its name.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// The block is older than the Merge.
    #[error("number: block {0} is from before the Merge; only blocks from Paris on can be validated")]
    BeforeMerge(u64),
    /// The block has what no payload can express, so it cannot be valid under its fork.
    #[error("{field}: no block of {fork} can have this")]
    Inexpressible {
        /// The field.
        field: &'static str,
        /// The fork.
        fork: String,
    },
    /// A system contract returned something that is no list of requests. Only replaced contracts of test chains do that.
    #[error(
        "execution_requests.{list}: {len} bytes are no list of requests, so no stateless input can express the block \
             (executed as it stands: {executed})"
    )]
    InexpressibleRequests {
        /// The list.
        list: &'static str,
        /// Its bytes.
        len: usize,
        /// What executing the block says.
        executed: String,
        /// Whether that is that the block is valid.
        valid: bool,
    },
}

impl ImportError {
    /// A field with its defect.
    pub fn field(field: impl Into<String>, problem: impl ToString) -> Self {
        Self::Field { field: field.into(), problem: problem.to_string() }
    }
}

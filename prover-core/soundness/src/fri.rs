//! Parameters of the FRI backend.

use crate::SizeClass;

/// Parameters of FRI for one size class.
///
/// In the unique decoding regime one query at rate 1/2 is worth log2(4/3) = 0.415 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FriParams {
    /// Log2 of the inverse rate.
    pub log_blowup: usize,
    /// Log2 of the length of the last polynomial, sent in the clear.
    pub log_final_poly_len: usize,
    /// Log2 of the greatest folding arity.
    pub max_log_arity: usize,
    /// Number of queries.
    pub num_queries: usize,
    /// Grinding before each folding challenge, in bits.
    pub commit_pow_bits: usize,
    /// Grinding before the queries, in bits.
    pub query_pow_bits: usize,
}

impl FriParams {
    /// The parameters of a class.
    #[must_use]
    pub const fn of(_class: SizeClass) -> Self {
        Self {
            log_blowup: 1,
            log_final_poly_len: 5,
            max_log_arity: 3,
            num_queries: 284,
            commit_pow_bits: 0,
            query_pow_bits: 16,
        }
    }
}

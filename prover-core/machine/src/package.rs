//! What a worker gets for one shard: the statement, and every leaf of memory and code that the run touches.

use alloc::vec::Vec;

use crate::hash::Digest;
use crate::trace::Statement;

/// One shard's work. Positions of sibling digests follow from the leaves ([`crate::frontier`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// What the shard proof will state.
    pub statement: Statement,
    /// Instructions to execute.
    pub steps: u32,
    /// Touched memory leaves with their words before the shard, ascending by index.
    pub leaves: Vec<(u32, [u64; 8])>,
    /// Uncles of the memory tree, by level from the leaves, then index.
    pub uncles: Vec<Digest>,
    /// Code leaves from which the shard fetches, ascending by index.
    pub code_leaves: Vec<(u32, [u32; 16])>,
    /// Uncles of the code tree, by level from the leaves, then index.
    pub code_uncles: Vec<Digest>,
}

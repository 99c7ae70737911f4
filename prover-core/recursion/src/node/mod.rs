//! Nodes of the tree of proofs: what they say, and how they verify what is below them.
//!
//! Written once over a [`Context`], as the verifier of shards: recorded it is the circuit that a node's proof is about.
//!
//! A node's statement is a [`Segment`] of a run: consecutive shards, which lead from one state to the next. It says neither
//! which shards nor how they are arranged; what it says of a run that ends is read off the last root by whoever verifies the tree's
//! root. The **argument**, by induction over the depth: if a node's proof is accepted, its circuit is satisfied but for the
//! error of one proof; so it has children that are accepted under keys of the set ([`join`]) or shards that are ([`leaf`]), each
//! with a statement that begins where the one before it ends. The depth is in the statement and grows from child to
//! node, so that the induction ends; an extractor that runs down the tree has at most as many proofs to look at as the tree has.

mod join;
mod leaf;
mod run;
pub mod words;

use hearth_chips::columns;
use hearth_machine::hash::DIGEST;

pub use join::{KEYS, join, key_set};
pub use leaf::leaf;

/// Greatest depth: leaves have 0.
pub const MAX_DEPTH: usize = 8;

columns! {
    /// The statement of a node: its public values.
    pub struct Segment {
        /// Root of the code tree.
        pub program_root: [T; DIGEST],
        /// Memory root before.
        pub root_in: [T; DIGEST],
        /// pc before.
        pub pc_in: T,
        /// Memory root after.
        pub root_out: [T; DIGEST],
        /// pc after.
        pub pc_out: T,
        /// Number of shards.
        pub shards: T,
        /// Depth of the node.
        pub depth: T,
        /// Digest of the set of keys.
        pub keys: [T; DIGEST],
    }
}

impl<T> Segment<T> {
    /// The public values in their order.
    pub fn values(self) -> Vec<T> {
        let Self { program_root, root_in, pc_in, root_out, pc_out, shards, depth, keys } = self;
        let begin = program_root.into_iter().chain(root_in).chain([pc_in]);
        begin.chain(root_out).chain([pc_out, shards, depth]).chain(keys).collect()
    }
}

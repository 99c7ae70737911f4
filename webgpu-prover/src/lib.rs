//! Proves shards in a browser tab's worker.
//!
//! | module | what it holds |
//! |---|---|
//! | [`device`] | from the bytes of a package to the bytes of a shard proof, on the CPU |
//! | `exports` | what JavaScript sees of it |
//!
//! The worker that loads this is js/worker.js; the page talks to it through js/client.js.

pub mod device;
mod exports;

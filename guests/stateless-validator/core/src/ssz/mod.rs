//! The little of SSZ that the stateless input needs: decoding in place, progressive Merkle roots, encoding.

pub mod decode;
pub mod encode;
pub mod merkle;
pub mod sha256;

pub use decode::{ByteLists, Undecodable};

//! Packages on their way from node to worker: compressed with zstd, and bounded before they are unpacked.
//!
//! A parcel is [`MAGIC`], a version and the length of the package's encoding, both 32-bit little-endian numbers, then one
//! zstd frame that says the same length, without dictionary or checksum; nothing follows. The package inside has one
//! encoding; its parcel is as good as the packer made it and goes by its hash.
//!
//! `no_std`. Unpacking is pure Rust, for tabs too. Packing compiles C and is behind the feature `pack`.

#![no_std]

extern crate alloc;

#[cfg(feature = "pack")]
mod pack;
mod unpack;

#[cfg(feature = "pack")]
pub use pack::pack;
pub use unpack::{UnpackError, unpack};

/// First bytes of a parcel.
pub const MAGIC: [u8; 8] = *b"HEARTHPZ";
/// Version of the container. The package inside has its own.
pub const VERSION: u32 = 1;

//! Making parcels.

extern crate std;

use alloc::vec::Vec;
use std::io;

use hearth_machine::package::Package;
use hearth_machine::wire::Wire;

use crate::{MAGIC, VERSION};

/// Level of compression. The highest level takes ten times as long for 3 % less; a run's cutter waits for each parcel.
const LEVEL: i32 = 9;

/// Packs a package.
///
/// # Errors
///
/// The compressor has no memory, or the package is longer than any that a cutter makes.
pub fn pack(package: &Package) -> io::Result<Vec<u8>> {
    let encoded = package.encode();
    let len = u32::try_from(encoded.len()).map_err(io::Error::other)?;
    let frame = zstd::bulk::compress(&encoded, LEVEL)?;
    Ok([&MAGIC[..], &VERSION.to_le_bytes(), &len.to_le_bytes(), &frame].concat())
}

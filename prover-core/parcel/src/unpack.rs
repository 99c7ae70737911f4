//! Unpacking parcels from anyone.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hearth_machine::package::{DecodeError, Package};
use hearth_machine::wire::{Reader, Wire};
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use thiserror::Error;

use crate::{MAGIC, VERSION};

/// Why bytes are no parcel.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnpackError {
    /// The first bytes are those of something else, or missing.
    #[error("not a parcel")]
    Magic,
    /// Another version of the container.
    #[error("parcel version {0} is not supported")]
    Version(u32),
    /// The package has more bytes than that of any shard of this size.
    #[error("a package of {len} bytes; at most {limit} are unpacked")]
    TooLarge {
        /// What the parcel says.
        len: usize,
        /// The most that the caller takes.
        limit: usize,
    },
    /// The compressed bytes are damaged or want more memory than they may.
    #[error("damaged: {0}")]
    Frame(String),
    /// The frame says or holds another number of bytes than the parcel, or something follows it.
    #[error("not as long as it says")]
    Length,
    /// The bytes inside are no package.
    #[error(transparent)]
    Package(#[from] DecodeError),
}

/// The decoder's error is one of the standard library with some features and none with others.
impl From<FrameDecoderError> for UnpackError {
    fn from(error: FrameDecoderError) -> Self {
        Self::Frame(error.to_string())
    }
}

/// Unpacks a package that takes at most `limit` bytes in memory ([`Package::size`]).
///
/// What the parcel says of its length is checked first; while it is decompressed, no more than twice that and some
/// 300 KB are allocated, whatever the frame holds.
///
/// # Errors
///
/// See [`UnpackError`].
pub fn unpack(bytes: &[u8], limit: usize) -> Result<Package, UnpackError> {
    let mut header = Reader::new(bytes);
    if header.take().ok() != Some(MAGIC) {
        return Err(UnpackError::Magic);
    }
    let [version, len] = <[u32; 2]>::read(&mut header).map_err(|_| UnpackError::Length)?;
    if version != VERSION {
        return Err(UnpackError::Version(version));
    }
    let len = len as usize;
    if len > limit {
        return Err(UnpackError::TooLarge { len, limit });
    }
    Ok(Package::decode_within(&decompress(header.rest(), len)?, limit)?)
}

/// Decompresses one frame of exactly `len` bytes.
fn decompress(mut frame: &[u8], len: usize) -> Result<Vec<u8>, UnpackError> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(len as u64);
    decoder.init(&mut frame)?;
    if decoder.content_size() != len as u64 {
        return Err(UnpackError::Length);
    }
    let mut bytes = Vec::new();
    // A block yields 128 KiB at most, so that the length is passed by no more than one.
    while !decoder.is_finished() {
        decoder.decode_blocks(&mut frame, BlockDecodingStrategy::UptoBlocks(1))?;
        bytes.extend(decoder.collect().into_iter().flatten());
        if bytes.len() > len {
            return Err(UnpackError::Length);
        }
    }
    if bytes.len() == len && frame.is_empty() { Ok(bytes) } else { Err(UnpackError::Length) }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use hearth_machine::cut::{Cutter, Limits};
    use hearth_machine::hash::Hasher;
    use hearth_machine::testing;

    use super::*;
    use crate::pack;

    const LIMIT: usize = 1 << 20;

    fn package() -> Package {
        let hasher = Hasher::new();
        let program = testing::program(&hasher, &testing::torture());
        let mut cutter = Cutter::new(&hasher, &program, &[], Limits::steps(200)).unwrap();
        cutter.next_shard().unwrap().unwrap().package
    }

    /// A parcel that says `len` around a frame.
    fn parcel(len: u32, frame: &[u8]) -> Vec<u8> {
        [&MAGIC[..], &VERSION.to_le_bytes(), &len.to_le_bytes(), frame].concat()
    }

    #[test]
    fn there_and_back() {
        let package = package();
        let bytes = pack(&package).unwrap();
        assert!(bytes.len() < package.encode().len());
        assert_eq!(unpack(&bytes, LIMIT), Ok(package));
    }

    #[test]
    fn every_cut_and_every_addition_is_refused() {
        let bytes = pack(&package()).unwrap();
        for len in 0..bytes.len() {
            assert!(unpack(&bytes[..len], LIMIT).is_err(), "{len}");
        }
        assert_eq!(unpack(&[&bytes[..], &[0]].concat(), LIMIT), Err(UnpackError::Length));
        assert_eq!(unpack(b"HEARTHPK", LIMIT), Err(UnpackError::Magic));
        assert_eq!(unpack(&[&MAGIC[..], &[7; 8]].concat(), LIMIT), Err(UnpackError::Version(0x0707_0707)));
    }

    #[test]
    fn the_limit_holds_for_bytes_and_for_memory() {
        let package = package();
        let (bytes, len, size) = (pack(&package).unwrap(), package.encode().len(), package.size());
        assert!(len < size);
        let refused = |limit| unpack(&bytes, limit).unwrap_err();
        assert_eq!(refused(len - 1), UnpackError::TooLarge { len, limit: len - 1 });
        assert_eq!(refused(size - 1), UnpackError::Package(DecodeError::TooLarge));
        assert!(unpack(&bytes, size).is_ok());
    }

    /// What a frame says of itself and what it holds must be what the parcel says.
    #[test]
    fn bombs_are_refused() {
        let frame = zstd::bulk::compress(&vec![0; LIMIT], 1).unwrap();
        assert!(frame.len() < 200);
        let lie = parcel(1000, &frame);
        assert!(matches!(unpack(&lie, LIMIT), Err(UnpackError::Frame(_))));
        let long = parcel(LIMIT as u32, &frame);
        assert_eq!(unpack(&long, LIMIT), Err(UnpackError::Package(DecodeError::Magic)));
        assert!(matches!(unpack(&parcel(LIMIT as u32 + 1, &frame), LIMIT), Err(UnpackError::TooLarge { .. })));
        // One segment that says 1000 bytes and holds blocks that repeat a byte 128 Ki times.
        let block = [[0x02, 0, 0x10, 7]; 64].concat();
        let head = [0x28, 0xb5, 0x2f, 0xfd, 0x60, (1000 - 256u32) as u8, ((1000 - 256) >> 8) as u8];
        let bomb = parcel(1000, &[&head[..], &block].concat());
        assert!(matches!(unpack(&bomb, LIMIT), Err(UnpackError::Frame(_))));
    }
}

//! Parcels: decompression within bounds, then the package's decoding.

use hearth_machine::package::DecodeError;
use hearth_machine::testing::random::Random;
use hearth_machine::wire::Wire;
use hearth_parcel::{MAGIC, UnpackError, VERSION, pack, unpack};

use super::package;
use crate::run::{CLASS, RUN};
use crate::{ACCEPTED, Class, Target, below, mutate, pick};

/// The target.
pub const TARGET: Target = Target {
    name: "parcel",
    judge,
    seeds,
    mutant,
    classes: &[
        ACCEPTED,
        "no parcel",
        "parcel version",
        "too large",
        "frame",
        "other length",
        "length",
        "magic",
        "version",
        "digest",
        "index",
        "uncle",
        "too large in memory",
    ],
    // Twice the class's largest package, what its decoding takes, and the decompressor's tables.
    memory: 8 << 20,
};

fn judge(bytes: &[u8]) -> Class {
    match unpack(bytes, CLASS.max_package_bytes()) {
        Ok(package) => {
            assert!(package.size() <= CLASS.max_package_bytes());
            ACCEPTED
        }
        Err(UnpackError::Magic) => "no parcel",
        Err(UnpackError::Version(_)) => "parcel version",
        Err(UnpackError::TooLarge { .. }) => "too large",
        Err(UnpackError::Frame(_)) => "frame",
        Err(UnpackError::Length) => "other length",
        Err(UnpackError::Package(DecodeError::TooLarge)) => "too large in memory",
        Err(UnpackError::Package(error)) => package::decode_class(error),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    RUN.packages.iter().map(|package| pack(package).expect("it compresses")).collect()
}

/// A parcel that says `len` around a frame.
fn parcel(len: usize, frame: &[u8]) -> Vec<u8> {
    [&MAGIC[..], &VERSION.to_le_bytes(), &(len as u32).to_le_bytes(), frame].concat()
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    parcel(bytes.len(), &zstd::bulk::compress(bytes, 1).expect("it compresses"))
}

fn mutant(_: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    match random.below(5) {
        // A mutant of the bytes inside, well compressed.
        0 => compressed(&mutate::bytes(&[pick(random, &RUN.packages).encode()], random)),
        1 => package::wrong(random).map_or_else(Vec::new, |package| compressed(&package.encode())),
        // Leaves far from each other, zero with zeros beside them: many siblings for few bytes.
        2 => compressed(&package::scattered(1 + below(random, 1 << 13)).encode()),
        3 => {
            let (says, holds) = (below(random, 2 << 20), below(random, 2 << 20));
            parcel(says, &zstd::bulk::compress(&vec![random.below(256) as u8; holds], 1).expect("it compresses"))
        }
        _ => {
            let says = below(random, 1 << 20);
            parcel(says, &frame(says, random))
        }
    }
}

/// A frame of one segment that says `len` and holds blocks of any kind, some with bodies that mean something.
fn frame(len: usize, random: &mut Random) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    bytes.extend((len as u32).to_le_bytes());
    for left in (0..1 + random.below(20)).rev() {
        let (kind, size) = (random.below(4), random.below(1 << 17) >> random.below(17));
        let header = u32::from(left == 0) | kind << 1 | size << 3;
        bytes.extend(&header.to_le_bytes()[..3]);
        let body = if kind == 1 { 1 } else { size as usize };
        // Literals that are there, and sequences of one code each with as many extra bits as there are.
        let start = [0x00, 0x09, 0x41, 0x54, 0xff, 0x7f, 0x34, 0x10];
        let fill = *pick(random, &[0, 0x55, 0xff]);
        bytes.extend((0..body).map(|at| start.get(at).map_or(fill, |byte| byte ^ (random.below(16) == 0) as u8)));
    }
    bytes
}

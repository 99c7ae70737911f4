//! Mutants that know nothing of a format.

use hearth_machine::testing::random::Random;

use crate::{below, pick};

/// Numbers at the edges of lengths, counts and the field.
const EDGES: [u32; 12] =
    [0, 1, 2, 0x7f, 0x80, 0xffff, 0x7eff_ffff, 0x7f00_0000, 0x7f00_0001, 0x7fff_ffff, 0x8000_0000, u32::MAX];
/// Bytes that mean something to many formats.
const BYTES: [u8; 10] = [0, 1, 0x7f, 0x80, 0x81, 0xc0, 0xf8, 0xff, b'"', b'{'];
/// Numbers in groups of 7 bits: too long, with a needless group, the largest of 32 bits.
const VARINTS: [&[u8]; 3] = [&[0xff; 9], &[0x80, 0], &[0xff, 0xff, 0xff, 0xff, 0x0f]];

/// A seed with one to four changes.
pub fn bytes(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = pick(random, seeds).clone();
    for _ in 0..1 + below(random, 4) {
        change(&mut bytes, seeds, random);
    }
    bytes
}

/// One change.
pub fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let len = bytes.len();
    let at = place(len, random);
    match random.below(9) {
        0 => bytes.truncate(at),
        1 => {
            let byte = *pick(random, &BYTES);
            let more = 1 + below(random, 64);
            bytes.resize(len + more, byte);
        }
        2 if len > 0 => bytes[at] ^= 1 << random.below(8),
        3 if len > 0 => bytes[at] = *pick(random, &BYTES),
        4 => overwrite(bytes, at, &pick(random, &EDGES).to_le_bytes()),
        5 => overwrite(bytes, at, VARINTS[below(random, VARINTS.len())]),
        6 => drop(bytes.drain(at..(at + below(random, 64)).min(len))),
        7 => {
            let part = bytes[at..(at + below(random, 256)).min(len)].to_vec();
            let to = place(len, random);
            bytes.splice(to..to, part);
        }
        _ => {
            // The rest of another seed.
            let other = pick(random, seeds);
            bytes.truncate(at);
            bytes.extend(&other[at.min(other.len())..]);
        }
    }
}

/// A place: in every other case within the first 200 bytes, where headers are.
fn place(len: usize, random: &mut Random) -> usize {
    match random.below(2) {
        0 => below(random, len.min(200)),
        _ => below(random, len),
    }
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    bytes.iter_mut().skip(at).zip(with).for_each(|(byte, with)| *byte = *with);
}

//! Openings of exit code and output.

use hearth_machine::opening::{Opening, OpeningError};
use hearth_machine::testing::random::Random;
use hearth_machine::wire::{DecodeError, Wire};

use super::package::decode_class;
use crate::run::{HASHER, RUN};
use crate::{ACCEPTED, Class, Target, below, pick};

/// The target.
pub const TARGET: Target = Target {
    name: "opening",
    judge,
    seeds,
    mutant,
    classes: &[ACCEPTED, "length", "digest", "output too long", "shape", "root"],
    memory: 1 << 20,
};

fn judge(bytes: &[u8]) -> Class {
    let opening = match Opening::decode(bytes) {
        Ok(opening) => opening,
        Err(error @ (DecodeError::Length | DecodeError::Digest)) => return decode_class(error),
        Err(error) => panic!("no error of an opening: {error}"),
    };
    assert_eq!(opening.encode(), bytes, "a second encoding");
    match opening.verify(&HASHER, &RUN.last_root) {
        Ok(outcome) => {
            assert_eq!(outcome, RUN.outcome);
            ACCEPTED
        }
        Err(OpeningError::TooLong(_)) => "output too long",
        Err(OpeningError::Shape) => "shape",
        Err(OpeningError::Root) => "root",
    }
}

fn seeds() -> Vec<Vec<u8>> {
    vec![RUN.opening.encode()]
}

fn mutant(_: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut opening = RUN.opening.clone();
    let (leaves, uncles) = (opening.output.len(), opening.uncles.len());
    match random.below(6) {
        0 => opening.output[0][0] = *pick(random, &[0, 7, 9, 56, 57, 65_528, 65_529, u64::MAX]),
        1 => opening.output[below(random, leaves)][below(random, 8)] ^= 1 << random.below(64),
        2 => opening.registers[below(random, 8)] = random.word(),
        3 => opening.output.resize(below(random, 2000), [0; 8]),
        4 => opening.uncles.resize(below(random, 2 * uncles), [Default::default(); 9]),
        _ => opening.uncles.swap(below(random, uncles), below(random, uncles)),
    }
    opening.encode()
}

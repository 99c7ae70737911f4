//! Everything that reads bytes from outside, as plain functions: [`Target`]s.
//!
//! A fuzzer calls [`Target::judge`] with bytes of its own making (`fuzz/`); `cargo test` calls it with the committed
//! corpus and with seeded mutants, of which some know the format. A target answers with the class of its verdict, so
//! that a test can require that every class is met: a fuzz test that gets no further than the first check is hollow.
//!
//! | module | what it holds |
//! |---|---|
//! | [`targets`] | the targets |
//! | [`mutate`] | mutants that know nothing of a format |
//! | [`run`] | a small run with its proofs, from which seeds are taken |

pub mod mutate;
pub mod run;
pub mod targets;

use hearth_machine::testing::random::Random;

/// What the judgement of bytes came to: accepted, or the variant of the error.
pub type Class = &'static str;

/// The verdict on bytes that are right.
pub const ACCEPTED: Class = "accepted";

/// Something that reads bytes from outside.
pub struct Target {
    /// Its name, also that of its folder in the corpus.
    pub name: &'static str,
    /// Judges bytes. Panics if it accepts what it must not.
    pub judge: fn(&[u8]) -> Class,
    /// Bytes that are right, some of them large.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// A mutant of a seed that knows the format.
    pub mutant: fn(&[Vec<u8>], &mut Random) -> Vec<u8>,
    /// The classes that mutants must meet: all but those that bytes cannot reach.
    pub classes: &'static [Class],
    /// The most bytes that judging one input may hold at a time.
    pub memory: usize,
}

impl Target {
    /// One mutant: every other one knows the format.
    pub fn any_mutant(&self, seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
        match random.below(2) {
            0 => mutate::bytes(seeds, random),
            _ => (self.mutant)(seeds, random),
        }
    }
}

/// A random number below `len`, for indexes. Zero if `len` is.
pub(crate) fn below(random: &mut Random, len: usize) -> usize {
    if len == 0 { 0 } else { random.below(len as u32) as usize }
}

/// One of `values`, which must not be empty.
pub(crate) fn pick<'a, T>(random: &mut Random, values: &'a [T]) -> &'a T {
    &values[below(random, values.len())]
}

//! ELF files: loading, then some steps of the run.

use hearth_machine::elf::ElfError;
use hearth_machine::program::Program;
use hearth_machine::run::Machine;
use hearth_machine::testing::random::{self, Random};
use hearth_machine::testing::{elf, exit, torture};

use crate::run::HASHER;
use crate::{Class, Target, below, mutate, pick};

/// Steps that a program may run here.
const STEPS: u64 = 10_000;

/// The target.
pub const TARGET: Target = Target {
    name: "elf",
    judge,
    seeds,
    mutant,
    classes: &[
        "halts",
        "faults",
        "runs on",
        "truncated",
        "no ELF file",
        "machine",
        "not static",
        "compressed",
        "headers",
        "segment",
        "code",
        "entry",
    ],
    // 16 MiB of code, decoded, and the trees' tables of pages.
    memory: 320 << 20,
};

fn judge(bytes: &[u8]) -> Class {
    let program = match Program::from_elf(&HASHER, bytes) {
        Ok(program) => program,
        Err(error) => return class(error),
    };
    let mut machine = Machine::new(&program, b"input").expect("a short input");
    match machine.run(STEPS) {
        Ok(true) => "halts",
        Ok(false) => "runs on",
        Err(_) => "faults",
    }
}

fn class(error: ElfError) -> Class {
    match error {
        ElfError::Truncated => "truncated",
        ElfError::TooLong => "too long",
        ElfError::NotElf => "no ELF file",
        ElfError::Machine => "machine",
        ElfError::NotStatic => "not static",
        ElfError::Compressed => "compressed",
        ElfError::Headers => "headers",
        ElfError::Segment(_) => "segment",
        ElfError::Code(_) => "code",
        ElfError::Entry(_) => "entry",
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut random = Random(1);
    let code = [random::program(&mut random, 200, 100), exit(0)].concat();
    vec![
        elf(&torture(), &[7; 600], 4096),
        elf(&code, &random::data(&mut random), 0),
        include_bytes!("../../../../guests/elf/hello.elf").to_vec(),
    ]
}

/// Fields of the file's header and of the headers of segments: place and length.
const FIELDS: [(usize, usize); 9] = [(16, 2), (18, 2), (24, 8), (32, 8), (48, 4), (54, 2), (56, 2), (4, 1), (5, 1)];
const SEGMENT_FIELDS: [(usize, usize); 6] = [(0, 4), (4, 4), (8, 8), (16, 8), (32, 8), (40, 8)];

fn mutant(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = pick(random, seeds).clone();
    for _ in 0..1 + random.below(2) {
        let (at, len) = match random.below(3) {
            0 => *pick(random, &FIELDS),
            1 => {
                let (at, len) = *pick(random, &SEGMENT_FIELDS);
                (64 + 56 * below(random, 2) + at, len)
            }
            _ => {
                mutate::change(&mut bytes, seeds, random);
                continue;
            }
        };
        let Some(field) = bytes.get_mut(at..at + len) else { continue };
        let old = field.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte));
        let new = match random.below(5) {
            0 => old.wrapping_add(u64::from(random.below(9))).wrapping_sub(4),
            1 => 1 << random.below(64),
            2 => old ^ 1 << random.below(26),
            3 => u64::MAX >> random.below(64),
            _ => random.below(8).into(),
        };
        field.copy_from_slice(&new.to_le_bytes()[..len]);
    }
    bytes
}

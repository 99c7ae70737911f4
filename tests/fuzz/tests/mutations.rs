//! Seeded mutants and the committed corpus through every target: typed errors only, within memory and time, to every
//! class of verdict.
//!
//! `HEARTH_FULL=1` tries ten times as many.

mod allocator;
mod clock;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use hearth_fuzz::{ACCEPTED, Class, Target, targets};
use hearth_machine::testing::random::Random;

/// The longest that judging one input may compute.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one target was seen to do.
#[derive(Default)]
struct Seen {
    classes: BTreeMap<Class, usize>,
    inputs: usize,
    /// Most bytes held at a time.
    memory: usize,
    slowest: Duration,
}

impl Seen {
    /// Judges one input, which `name` names.
    fn judge(&mut self, target: &Target, bytes: &[u8], name: &str) -> Class {
        let judge = || catch_unwind(AssertUnwindSafe(|| (target.judge)(bytes)));
        let ((judged, memory), took) = clock::time(|| allocator::peak(judge));
        let Ok(class) = judged else { panic!("{}: {name}: panics", target.name) };
        assert!(memory <= target.memory, "{}: {name}: {memory} bytes held ({class})", target.name);
        assert!(took <= PATIENCE, "{}: {name}: {took:?} ({class})", target.name);
        *self.classes.entry(class).or_default() += 1;
        self.inputs += 1;
        self.memory = self.memory.max(memory);
        self.slowest = self.slowest.max(took);
        class
    }
}

/// Judges the corpus, the seeds and `count` mutants of them.
#[track_caller]
fn attack(target: &Target, count: u64) {
    let mut seen = Seen::default();
    let seeds = (target.seeds)();
    seen.judge(target, &seeds[0], "the first seed");
    if target.classes.contains(&ACCEPTED) {
        assert_eq!(seen.classes.get(ACCEPTED), Some(&1), "the first seed is right");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    for file in std::fs::read_dir(folder).expect("each target has a corpus") {
        let path = file.expect("it is there").path();
        seen.judge(target, &std::fs::read(&path).expect("it is a file"), &path.display().to_string());
    }
    let full = std::env::var_os("HEARTH_FULL").is_some_and(|value| value == "1");
    for number in 0..count * if full { 10 } else { 1 } {
        let mut random = random(number);
        let bytes = target.any_mutant(&seeds, &mut random);
        seen.judge(target, &bytes, &format!("mutant {number}"));
    }
    let Seen { classes, inputs, memory, slowest } = &seen;
    println!("{}: {inputs} inputs, {} KiB, {slowest:.1?}, {classes:?}", target.name, memory >> 10);
    let missed: Vec<_> = target.classes.iter().filter(|class| !classes.contains_key(*class)).collect();
    assert!(missed.is_empty(), "{}: no input met {missed:?}", target.name);
}

/// Random numbers for mutant `number`: a seed of well mixed bits (splitmix64), since neighbours would draw alike.
fn random(number: u64) -> Random {
    let sum = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (sum ^ sum >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    Random(mixed ^ mixed >> 31)
}

#[test]
fn blocks() {
    attack(&targets::block::TARGET, 1500);
}

#[test]
fn chain_proofs() {
    attack(&targets::chain_proof::TARGET, 400);
}

#[test]
fn elf_files() {
    attack(&targets::elf::TARGET, 2000);
}

#[test]
fn keys() {
    attack(&targets::key::TARGET, 1000);
}

#[test]
fn openings() {
    attack(&targets::opening::TARGET, 1500);
}

#[test]
fn packages() {
    attack(&targets::package::TARGET, 3000);
}

#[test]
fn parcels() {
    attack(&targets::parcel::TARGET, 2000);
}

#[test]
fn protocol_messages() {
    attack(&targets::protocol::TARGET, 1000);
}

#[test]
fn shard_proofs() {
    attack(&targets::shard_proof::TARGET, 500);
}

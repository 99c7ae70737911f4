//! Mutants of valid blocks, judged by the committed guest and by the native validator.
//!
//! For each: the guest ends with an output and no fault or panic; the native validator gives the same output; schema id and
//! chain id of the output are those of the input; and it is valid only where that is right (see [`Expected`]), with a
//! block hash that the header has which the consensus crates make of the payload.
//!
//! The blocks are made here, one of each shape of block. `HEARTH_FULL=1` tries ten times as many mutants of them, and as
//! many as it else tries of each of them, of each small valid block of the folder that HEARTH_BLOCKS names.

mod chain;
mod mutants;
mod parts;
#[path = "../validator/mod.rs"]
mod validator;

use hearth_blocks::{BlockFile, Fork, Output, binding::Binding, import_file, validate};
use hearth_machine::testing::random::Random;
use mutants::{CLASSES, Class, Expected, Mutant, Seed};
use parts::Parts;
use std::{
    collections::BTreeMap,
    path::Path,
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use validator::Validator;

/// One fork for each shape of an input, and the newest.
const FORKS: [Fork; 5] = [Fork::Paris, Fork::Shanghai, Fork::Cancun, Fork::Prague, Fork::Bpo2];
/// Mutants of each seed for each unit of a class's weight.
const PER_WEIGHT: usize = 36;
/// Files of a folder up to this size are seeds.
const SMALL: u64 = 100_000;
/// No seed takes more instructions; no mutant may take more than the second.
const SEED_STEPS: u64 = 2_000_000;
const MUTANT_STEPS: u64 = 1 << 28;

/// How mutants of a class were answered.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    valid: usize,
    invalid: usize,
    undecodable: usize,
    steps: u64,
}

fn seed(name: String, input: Vec<u8>, validator: &Validator) -> Result<Seed, String> {
    let run = validator.run(&input, SEED_STEPS).map_err(|broken| format!("{name}: {broken}"))?;
    let run = run.ok_or_else(|| format!("{name}: more than {SEED_STEPS} steps"))?;
    if !run.output.successful_validation || run.output != validate(&input) {
        return Err(format!("{name}: not valid"));
    }
    let parts = Parts::of(&input).ok_or_else(|| format!("{name}: does not decode"))?;
    if parts.encode() != input {
        return Err(format!("{name}: put together again it is another input"));
    }
    println!("{name}: {} bytes, {} transactions, {} steps", input.len(), parts.transactions.len(), run.steps);
    Ok(Seed { name, input, parts, output: run.output })
}

/// The small valid blocks of a folder.
fn files(folder: &Path, validator: &Validator) -> Result<Vec<Seed>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.retain(|path| path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() < SMALL));
    let mut seeds = Vec::new();
    for path in paths {
        let file = BlockFile::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let imported = (file.valid == Some(true)).then(|| import_file(&file, true)).and_then(Result::ok);
        // What is too long or cannot be expressed is judged by the other tests.
        seeds.extend(imported.and_then(|imported| seed(file.name, imported.input, validator).ok()));
    }
    Ok(seeds)
}

/// Judges a mutant; an error says what must not be.
fn judge(seed: &Seed, mutant: &Mutant, validator: &Validator, tally: &mut Tally) -> Result<(), String> {
    let run = validator.run(&mutant.input, MUTANT_STEPS).map_err(|broken| broken.to_string())?;
    let run = run.ok_or_else(|| format!("not at its end after {MUTANT_STEPS} steps"))?;
    tally.steps += run.steps;
    let (output, native) = (run.output, validate(&mutant.input));
    if output != native {
        return Err(format!("guest: {output:?}, native: {native:?}"));
    }
    if output == Output::SENTINEL {
        tally.undecodable += 1;
    } else if output.successful_validation {
        tally.valid += 1;
    } else {
        tally.invalid += 1;
    }
    let right = match mutant.expected {
        Expected::SameBlock => output == seed.output,
        Expected::Refused => !output.successful_validation,
        Expected::NoOtherBlock => !output.successful_validation || is_of(seed, &mutant.input, &output)?,
        Expected::AnotherBlock => !output.successful_validation || !is_of(seed, &mutant.input, &output)?,
    };
    if !right {
        return Err(format!("expected {:?}, but {output:?}", mutant.expected));
    }
    if output == Output::SENTINEL {
        return Ok(());
    }
    agrees(&mutant.input, &output)
}

/// Whether a valid output is that of the seed's block, by its binding.
fn is_of(seed: &Seed, input: &[u8], output: &Output) -> Result<bool, String> {
    let binding = Binding::new(input).map_err(|error| error.to_string())?;
    let block = binding.verify_branches(output).map_err(|error| error.to_string())?;
    Ok(block.hash.0 == seed.parts.block_hash)
}

/// Rules follow from the ids of the output, and a valid block is the header's.
fn agrees(input: &[u8], output: &Output) -> Result<(), String> {
    let (schema, chain) = (input.get(..2), input.get(10..18));
    if schema != Some(&output.schema_id.to_be_bytes()) || chain != Some(&output.chain_id.to_le_bytes()) {
        return Err(format!("the output names schema {:#06x} and chain {}", output.schema_id, output.chain_id));
    }
    if !output.successful_validation {
        return Ok(());
    }
    let parts = Parts::of(input).ok_or("valid, but it does not decode")?;
    let hash = parts.header().hash_slow();
    let binding = Binding::new(input).map_err(|error| error.to_string())?;
    let block = binding.verify_branches(output).map_err(|error| error.to_string())?;
    if block.hash == hash && parts.block_hash == hash.0 { Ok(()) } else { Err(format!("the header hashes to {hash}")) }
}

/// A class on a seed.
struct Job<'a> {
    number: usize,
    seed: &'a Seed,
    class: &'static Class,
    mutants: usize,
}

impl Job<'_> {
    fn run(&self, validator: &Validator, tally: &mut Tally) -> Result<usize, String> {
        let mut random = Random(self.number as u64 + 1);
        let mut judged = 0;
        for attempt in 0..self.mutants {
            let Some(mutant) = (self.class.mutant)(self.seed, &mut random) else { continue };
            judge(self.seed, &mutant, validator, tally).map_err(|problem| {
                format!("{}, {}, attempt {attempt}, {}: {problem}", self.seed.name, self.class.name, mutant.what)
            })?;
            judged += 1;
        }
        Ok(judged)
    }
}

fn run() -> Result<(), String> {
    let full = std::env::var_os("HEARTH_FULL").is_some_and(|value| value == "1");
    let validator = Validator::committed();
    let mut seeds = Vec::new();
    for fork in FORKS {
        seeds.push(seed(format!("made for {fork:?}"), chain::input(fork), &validator)?);
    }
    if let Some(folder) = std::env::var_os("HEARTH_BLOCKS").filter(|_| full) {
        seeds.extend(files(folder.as_ref(), &validator)?);
    }
    let per_weight = |at: usize| if full && at < FORKS.len() { 10 * PER_WEIGHT } else { PER_WEIGHT };
    let pairs = seeds.iter().enumerate().flat_map(|(at, seed)| CLASSES.iter().map(move |class| (at, seed, class)));
    let jobs: Vec<Job<'_>> = pairs
        .enumerate()
        .map(|(number, (at, seed, class))| Job { number, seed, class, mutants: per_weight(at) * class.weight })
        .collect();

    let start = Instant::now();
    let (next, problems) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let tallies = Mutex::new(BTreeMap::<&str, Tally>::new());
    let work = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut tally = Tally::default();
            if let Err(problem) = job.run(&validator, &mut tally) {
                problems.lock().unwrap_or_else(|error| error.into_inner()).push(problem);
            }
            let mut tallies = tallies.lock().unwrap_or_else(|error| error.into_inner());
            let sum = tallies.entry(job.class.name).or_default();
            sum.valid += tally.valid;
            sum.invalid += tally.invalid;
            sum.undecodable += tally.undecodable;
            sum.steps += tally.steps;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });

    let tallies = tallies.into_inner().unwrap_or_else(|error| error.into_inner());
    println!("{:<42}{:>8}{:>8}{:>8}{:>12}", "class", "valid", "invalid", "no SSZ", "M steps");
    let (mut total, mut steps) = (0, 0);
    for class in &CLASSES {
        let tally = tallies.get(class.name).copied().unwrap_or_default();
        let row = [tally.valid, tally.invalid, tally.undecodable];
        println!("{:<42}{:>8}{:>8}{:>8}{:>12}", class.name, row[0], row[1], row[2], tally.steps / 1_000_000);
        total += row.iter().sum::<usize>();
        steps += tally.steps;
        if row == [0; 3] {
            return Err(format!("{}: no mutant was judged", class.name));
        }
    }
    println!("{total} mutants of {} blocks, {} M steps, {:.1?}", seeds.len(), steps / 1_000_000, start.elapsed());
    let problems = problems.into_inner().unwrap_or_else(|error| error.into_inner());
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }
    if total < 10_000 {
        return Err(format!("{total} mutants are fewer than 10,000"));
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("WRONG: {problem}");
            ExitCode::FAILURE
        }
    }
}

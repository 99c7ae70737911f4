//! The committed guests give the outputs that `guests/vectors.py` computed.

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_machine::run::{Machine, Outcome};
use std::collections::BTreeMap;
use std::path::Path;

/// Inputs of one guest, each with what it must lead to.
type Vectors = Vec<(Vec<u8>, Outcome)>;

fn vectors() -> BTreeMap<String, Vectors> {
    let file = std::fs::read(guests().join("vectors.json")).unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&file).unwrap();
    let mut vectors = BTreeMap::<_, Vectors>::new();
    for row in rows {
        let outcome =
            Outcome { exit_code: row["exit_code"].as_u64().unwrap(), output: hex(row["output"].as_str().unwrap()) };
        let input = hex(row["input"].as_str().unwrap());
        vectors.entry(row["guest"].as_str().unwrap().to_owned()).or_default().push((input, outcome));
    }
    vectors
}

fn guests() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../guests"))
}

fn program(hasher: &Hasher, name: &str) -> Program {
    let file = std::fs::read(guests().join("elf").join(name).with_extension("elf")).unwrap();
    Program::from_elf(hasher, &file).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn plain_runs_give_the_expected_outputs() {
    let hasher = Hasher::new();
    for (name, vectors) in vectors() {
        let program = program(&hasher, &name);
        for (input, expected) in vectors {
            let mut machine = Machine::new(&program, &input).unwrap();
            assert!(machine.run(u64::MAX).unwrap());
            assert_eq!(machine.outcome().unwrap().unwrap(), expected, "{name}");
        }
    }
}

#[test]
fn cut_runs_give_the_expected_outputs_and_replay() {
    let hasher = Hasher::new();
    for (name, vectors) in vectors() {
        let program = program(&hasher, &name);
        let (input, expected) = &vectors[vectors.len().min(2) - 1];
        let mut cutter = Cutter::new(&hasher, &program, input, Limits::steps(5000)).unwrap();
        for shard in &mut cutter {
            let package = shard.unwrap().package;
            assert_eq!(replay(&hasher, &package).unwrap().statement, package.statement);
        }
        assert_eq!(&cutter.outcome().unwrap().unwrap(), expected, "{name}");
    }
}

/// Steps of the recovery of one key.
#[test]
fn a_recovery_is_cheap() {
    let hasher = Hasher::new();
    let program = program(&hasher, "ecrecover");
    let (input, _) = &vectors()["ecrecover"][1];
    let steps = |input: &[u8]| {
        let mut machine = Machine::new(&program, input).unwrap();
        assert!(machine.run(u64::MAX).unwrap());
        machine.steps()
    };
    let records = input.len() / 97;
    let mean = (steps(input) - steps(&[])) / records as u64;
    assert!((20_000..25_000).contains(&mean), "{mean}");
}

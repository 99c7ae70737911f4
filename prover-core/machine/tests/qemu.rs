//! Differential tests: random programs run here and under `qemu-riscv64`, and their memories are compared.
//!
//! The programs dump all registers into memory again and again, so the memories hold the whole history.

#![cfg(unix)]

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_machine::rows::Rows;
use hearth_machine::run::Machine;
use hearth_machine::testing::random::{DUMP_AT, DUMP_BYTES, EDGES, FORMS, Random, data, edges, program};
use hearth_machine::testing::{DATA_BASE, ECALL, addi, elf, exit, li};

/// The same program ending in our `exit(0)`, and in Linux's `write(1, data, len)` and `exit(0)`.
fn pair(body: Vec<u32>, data: &[u8], len: u64) -> (Vec<u8>, Vec<u8>) {
    let ours = [body.clone(), exit(0)].concat();
    let write = [li(11, DATA_BASE), li(12, len), vec![addi(10, 0, 1), addi(17, 0, 64), ECALL]];
    let theirs = [body, write.concat(), exit(0)].concat();
    let zeros = len - data.len() as u64;
    (elf(&ours, data, zeros), elf(&theirs, data, zeros))
}

fn random_pair(seed: u64, rounds: u64) -> (Vec<u8>, Vec<u8>) {
    let mut random = Random(seed);
    let data = data(&mut random);
    let body = program(&mut random, 4000, rounds);
    pair(body, &data, DUMP_AT + rounds * DUMP_BYTES)
}

/// Standard output of a program under qemu; `None` if there is no qemu.
fn qemu(name: &str, elf: &[u8]) -> Option<Vec<u8>> {
    let path = std::env::temp_dir().join(format!("hearth-qemu-{}-{name}", std::process::id()));
    std::fs::write(&path, elf).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    let output = Command::new("qemu-riscv64").arg(&path).output();
    std::fs::remove_file(&path).unwrap();
    match output {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("skipped: there is no qemu-riscv64");
            None
        }
        output => {
            let output = output.unwrap();
            assert!(output.status.success(), "{output:?}");
            Some(output.stdout)
        }
    }
}

/// Steps of our run, and the memory from [`DATA_BASE`] on.
fn ours(elf: &[u8], len: usize) -> (u64, Vec<u8>) {
    let program = Program::from_elf(&Hasher::new(), elf).unwrap();
    let mut machine = Machine::new(&program, &[]).unwrap();
    assert!(machine.run(u64::MAX).unwrap());
    let memory = machine.memory().read_bytes(DATA_BASE, len);
    (machine.steps(), memory)
}

fn word(memory: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(memory[at..at + 8].try_into().unwrap())
}

#[test]
fn random_programs_agree_with_qemu() {
    let mut total = 0;
    for seed in 0..8 {
        let (our_elf, their_elf) = random_pair(seed, 60);
        let Some(theirs) = qemu("random", &their_elf) else {
            return;
        };
        let (steps, ours) = ours(&our_elf, theirs.len());
        total += steps;
        for at in (DUMP_AT as usize..theirs.len()).step_by(8) {
            let (round, register) = ((at - DUMP_AT as usize) / 248, (at - DUMP_AT as usize) % 248 / 8 + 1);
            let place = format!("x{register} after round {round} of program {seed}");
            assert_eq!(word(&ours, at), word(&theirs, at), "{place}");
        }
        assert!(ours == theirs, "scratch memory of program {seed}");
    }
    println!("{total} instructions");
    assert!(total > 1_000_000);
}

#[test]
fn edge_values_agree_with_qemu() {
    let results = FORMS.len() * EDGES.len() * EDGES.len();
    let (our_elf, their_elf) = pair(edges(), &[], DUMP_AT + 8 * results as u64);
    let Some(theirs) = qemu("edges", &their_elf) else {
        return;
    };
    let (_, ours) = ours(&our_elf, theirs.len());
    for at in 0..results {
        let (form, pair) = (FORMS[at % FORMS.len()], at / FORMS.len());
        let (a, b) = (EDGES[pair / EDGES.len()], EDGES[pair % EDGES.len()]);
        let place = DUMP_AT as usize + 8 * at;
        assert_eq!(word(&ours, place), word(&theirs, place), "{form:x?} of {a:#x}, {b:#x}");
    }
}

/// The interpreter is one source for all hosts: cut run and replay do what the plain run does.
#[test]
fn random_programs_replay() {
    let hasher = Hasher::new();
    let mut operations = std::collections::BTreeMap::new();
    for seed in 0..4 {
        let (ours, _) = random_pair(seed, 5);
        let program = Program::from_elf(&hasher, &ours).unwrap();
        let mut machine = Machine::new(&program, &[]).unwrap();
        assert!(machine.run(u64::MAX).unwrap());
        let mut cutter = Cutter::new(&hasher, &program, &[], Limits::steps(3000)).unwrap();
        for shard in &mut cutter {
            let shard = shard.unwrap();
            let trace = replay(&hasher, &shard.package).unwrap();
            assert_eq!(shard.rows, Rows::of(&trace));
            for (family, steps) in trace.steps.iter().enumerate() {
                for step in steps {
                    let key = (step.instruction.op, step.instruction.is_imm, family);
                    *operations.entry(key).or_insert(0) += 1;
                }
            }
        }
        assert_eq!(cutter.steps(), machine.steps());
        assert_eq!(cutter.outcome(), machine.outcome());
    }
    // 48 operations, 13 of them with an immediate too, 8 loads and stores misaligned too.
    assert_eq!(operations.len(), 48 + 13 + 8);
}

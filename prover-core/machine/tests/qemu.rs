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
use hearth_machine::testing::random::{DUMP_AT, DUMP_BYTES, Random, data, program};
use hearth_machine::testing::{DATA_BASE, ECALL, addi, elf, exit, li};

/// The same program ending in our `exit(0)`, and in Linux's `write(1, data)` and `exit(0)`.
fn pair(seed: u64, len: usize, rounds: u64) -> (Vec<u8>, Vec<u8>) {
    let mut random = Random(seed);
    let data = data(&mut random);
    let body = program(&mut random, len, rounds);
    let ours = [body.clone(), exit(0)].concat();
    let write = [
        li(11, DATA_BASE),
        li(12, DUMP_AT + rounds * DUMP_BYTES),
        vec![addi(10, 0, 1), addi(17, 0, 64), ECALL],
    ];
    let theirs = [body, write.concat(), exit(0)].concat();
    let zeros = rounds * DUMP_BYTES;
    (elf(&ours, &data, zeros), elf(&theirs, &data, zeros))
}

#[test]
fn random_programs_agree_with_qemu() {
    let hasher = Hasher::new();
    let directory = std::env::temp_dir().join(format!("hearth-qemu-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let mut steps = 0;
    for seed in 0..8 {
        let rounds = 60;
        let (ours, theirs) = pair(seed, 4000, rounds);
        let path = directory.join("program.elf");
        std::fs::write(&path, theirs).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        let output = match Command::new("qemu-riscv64").arg(&path).output() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                println!("skipped: there is no qemu-riscv64");
                return;
            }
            output => output.unwrap(),
        };
        assert!(output.status.success(), "{output:?}");

        let program = Program::from_elf(&hasher, &ours).unwrap();
        let mut machine = Machine::new(&program, &[]).unwrap();
        assert!(machine.run(u64::MAX).unwrap());
        steps += machine.steps();
        let memory = machine.memory().read_bytes(DATA_BASE, output.stdout.len());
        for round in 0..rounds {
            let at = (DUMP_AT + round * DUMP_BYTES) as usize;
            for register in 0..31 {
                let at = at + 8 * register;
                assert_eq!(
                    memory[at..at + 8],
                    output.stdout[at..at + 8],
                    "x{} after round {round} of program {seed}",
                    register + 1
                );
            }
        }
        assert!(memory == output.stdout);
    }
    std::fs::remove_dir_all(&directory).unwrap();
    println!("{steps} instructions");
    assert!(steps > 1_000_000);
}

/// The interpreter is one source for all hosts: cut run and replay do what the plain run does.
#[test]
fn random_programs_replay() {
    let hasher = Hasher::new();
    let mut operations = std::collections::BTreeMap::new();
    for seed in 0..4 {
        let (ours, _) = pair(seed, 4000, 5);
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

//! Honest runs of accelerator calls.

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_machine::testing::{DATA_BASE, ECALL, elf, exit, li};
use hearth_machine::trace::ShardTrace;

use crate::audit::BENCH;

/// Affine coordinates of secp256k1's generator.
const GENERATOR: [u64; 8] = [
    0x59f2_815b_16f8_1798,
    0x029b_fcdb_2dce_28d9,
    0x55a0_6295_ce87_0b07,
    0x79be_667e_f9dc_bbac,
    0x9c47_d08f_fb10_d4b8,
    0xfd17_b448_a685_5419,
    0x5da4_fbfc_0e11_08a8,
    0x483a_da77_26a3_c465,
];

/// The program of these accelerator calls, `a7` of each, on two generators of secp256k1 in the data. What a call changes
/// is at its start; modular calls take their modulus there too, and y as the factor that is below it.
pub fn program(numbers: &[u64]) -> Program {
    let pointers = [(10, 0), (11, 64), (12, 96), (13, 128), (14, 0)];
    let mut code: Vec<u32> = pointers.into_iter().flat_map(|(register, at)| li(register, DATA_BASE + at)).collect();
    for &number in numbers {
        code.extend([li(17, number), vec![ECALL]].concat());
    }
    code.extend(exit(0));
    let points: Vec<u8> = [GENERATOR; 2].as_flattened().iter().flat_map(|word| word.to_le_bytes()).collect();
    Program::from_elf(&BENCH.hasher, &elf(&code, &points, 256)).expect("a valid program")
}

/// The honest run of a program without input, in one shard.
pub fn run(program: &Program) -> ShardTrace {
    let mut cutter = Cutter::new(&BENCH.hasher, program, &[], Limits::steps(u32::MAX)).expect("no input");
    let shard = cutter.next_shard().expect("no fault").expect("one shard");
    replay(&BENCH.hasher, &shard.package).expect("the package replays")
}

/// The honest run of these calls.
pub fn calls(numbers: &[u64]) -> ShardTrace {
    run(&program(numbers))
}

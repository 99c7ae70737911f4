//! Pins the program that a tab works for: the key of the stateless validator's ELF file is compiled in.

use std::path::PathBuf;
use std::{env, fs};

use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;

const ELF: &str = "../guests/elf/stateless-validator.elf";

fn main() {
    println!("cargo::rerun-if-changed={ELF}");
    let elf = fs::read(ELF).expect("the validator's ELF file is part of the repository");
    let program = Program::from_elf(&Hasher::new(), &elf).expect("the validator is a guest program");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    fs::write(out.join("validator.key"), program.key().to_bytes()).expect("the folder can be written");
}

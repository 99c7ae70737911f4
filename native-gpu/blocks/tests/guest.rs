//! Runs the guest on block files and compares its output with the native validator's; prints the instructions it takes.
//!
//! Needs HEARTH_BLOCKS (folder of block files) and HEARTH_VALIDATOR (the guest's ELF file). Arguments pick files whose
//! names contain one of them; without arguments, files whose input is small enough for a short run are taken.

use hearth_blocks::{BlockFile, OUTPUT_SIZE, import_file, validate};
use hearth_machine::{hash::Hasher, program::Program, run::Machine};
use std::{error::Error, path::PathBuf, process::ExitCode};

/// Inputs up to this size run in seconds, apart from blocks made to be slow.
const SMALL: usize = 200_000;
/// Instructions after which a run without arguments is given up.
const LIMIT: u64 = 1 << 28;

fn compare(program: &Program, input: &[u8], limit: u64) -> Result<String, Box<dyn Error>> {
    let mut machine = Machine::new(program, input)?;
    if !machine.run(limit)? {
        return Ok(format!("not finished after {limit} instructions"));
    }
    let outcome = machine.outcome().ok_or("halted without an outcome")??;
    let native = validate(input).to_bytes();
    if outcome.exit_code != 0 || outcome.output != native {
        return Err(format!("guest: code {}, {:02x?}; native: {native:02x?}", outcome.exit_code, outcome.output).into());
    }
    let validity = if native[32] == 1 { "valid" } else { "invalid" };
    Ok(format!("{validity}, {} instructions", machine.steps()))
}

fn run() -> Result<bool, Box<dyn Error>> {
    let (Some(folder), Some(elf)) = (std::env::var_os("HEARTH_BLOCKS"), std::env::var_os("HEARTH_VALIDATOR")) else {
        println!("skipped: HEARTH_BLOCKS or HEARTH_VALIDATOR is unset");
        return Ok(true);
    };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let program = Program::from_elf(&Hasher::new(), &std::fs::read(elf)?)?;
    let mut paths = std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<Vec<PathBuf>, _>>()?;
    paths.sort();
    let mut good = true;
    let mut inputs = vec![("no input".to_string(), Vec::new()), ("garbage".to_string(), vec![0x11; OUTPUT_SIZE])];
    for path in paths {
        let name = path.file_name().unwrap_or_default().display().to_string();
        let picked = if wanted.is_empty() {
            path.metadata()?.len() < SMALL as u64
        } else {
            wanted.iter().any(|w| name.contains(w))
        };
        if let Some(imported) = picked.then(|| import_file(&BlockFile::read(&path)?, true)).transpose().ok().flatten()
            && (imported.input.len() < SMALL || !wanted.is_empty())
        {
            inputs.push((name, imported.input));
        }
    }
    let limit = if wanted.is_empty() { LIMIT } else { u64::MAX };
    for (name, input) in inputs {
        match compare(&program, &input, limit) {
            Ok(found) => println!("{name}: {found}"),
            Err(error) => {
                good = false;
                println!("{name}: WRONG: {error}");
            }
        }
    }
    Ok(good)
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

//! Judges every block file of the folder that HEARTH_BLOCKS names: valid blocks must be found valid, invalid ones invalid,
//! blocks from before the Merge refused, and every valid block's output must bind to its hash. The native validator judges
//! all; the committed guest must give the same output for all whose run is short, with HEARTH_FULL=1 for all.
//!
//! Arguments pick files whose names contain one of them.

mod validator;

use hearth_blocks::{BlockFile, ImportError, Output, Rules, binding::Binding, import_file, validate_verbose};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use validator::Validator;

/// The guest's runs up to this many instructions are short.
const SHORT: u64 = 1 << 26;

/// What the guest said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guest {
    /// The same as the native validator, after so many instructions.
    Same(u64),
    /// Its run was given up.
    TooLong,
    /// No input can express the block.
    NoInput,
}

/// A file that was judged rightly.
struct Judged {
    native: String,
    guest: Guest,
}

impl Judged {
    fn natively(native: String) -> Self {
        Self { native, guest: Guest::NoInput }
    }
}

/// What was found, or what is wrong with it.
fn judge(path: &Path, validator: &Validator, limit: u64) -> Result<Judged, String> {
    let file = BlockFile::read(path).map_err(|error| error.to_string())?;
    let valid = file.valid.ok_or("valid: missing")?;
    let imported = match import_file(&file, true) {
        Ok(imported) => imported,
        Err(error @ ImportError::BeforeMerge(_)) => return Ok(Judged::natively(format!("refused: {error}"))),
        Err(error @ ImportError::Inexpressible { .. }) if !valid => {
            return Ok(Judged::natively(format!("invalid: {error}")));
        }
        Err(error @ ImportError::InexpressibleRequests { valid: executed, .. }) if executed == valid => {
            return Ok(Judged::natively(format!("judged by execution only: {error}")));
        }
        Err(error) => return Err(error.to_string()),
    };
    let start = Instant::now();
    let (output, result) = validate_verbose(&imported.input);
    let millis = start.elapsed().as_millis();
    if result.is_ok() != output.successful_validation || output.successful_validation != valid {
        return Err(format!("judged {result:?}, but the file says valid = {valid}"));
    }
    if output.chain_id != file.chain_id || output.schema_id != imported.fork.schema_id() {
        return Err("output names another chain or fork".into());
    }
    let native = match result {
        Ok(info) => {
            check_binding(&file, &imported.input, &output)?;
            format!("valid: {:?}, {} gas, {} bytes, {millis} ms", info.fork, info.gas_used, imported.input.len())
        }
        Err(reason) => match imported.executed {
            Err(first) if first != reason => format!("invalid: {reason} (executed as it stands: {first})"),
            _ => format!("invalid: {reason}"),
        },
    };
    let guest = match validator.run(&imported.input, limit).map_err(|broken| format!("guest: {broken}"))? {
        None => Guest::TooLong,
        Some(run) if run.output == output => Guest::Same(run.steps),
        Some(run) => return Err(format!("guest: {:?}, native: {output:?}", run.output)),
    };
    Ok(Judged { native, guest })
}

fn check_binding(file: &BlockFile, input: &[u8], output: &Output) -> Result<(), String> {
    let binding = Binding::new(input).map_err(|error| error.to_string())?;
    let block = match file.rules().map_err(|error| error.to_string())? {
        Rules::Network(network) => binding.verify(output, &network),
        Rules::Fixed(_) => binding.verify_branches(output),
    };
    let block = block.map_err(|error| error.to_string())?;
    if block.hash == file.block_hash { Ok(()) } else { Err(format!("binds to {}", block.hash)) }
}

/// The folder's files whose names contain one of the arguments, if there are any.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let entries = std::fs::read_dir(folder).map_err(|error| format!("HEARTH_BLOCKS {}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    paths.retain(|path| wanted.is_empty() || wanted.iter().any(|part| name(path).contains(part)));
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().display().to_string()
}

/// All judgements, by file; prints each as it comes.
fn judge_all(paths: &[PathBuf], validator: &Validator, limit: u64) -> BTreeMap<PathBuf, Result<Judged, String>> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = judge(path, validator, limit);
            let line = match &result {
                Err(problem) => format!("WRONG: {problem}"),
                Ok(Judged { native, guest: Guest::Same(steps) }) => format!("{native}; guest: the same, {steps} steps"),
                Ok(Judged { native, guest: Guest::TooLong }) => format!("{native}; guest: more than {limit} steps"),
                Ok(Judged { native, guest: Guest::NoInput }) => native.clone(),
            };
            println!("{}: {line}", name(path));
            results.lock().unwrap_or_else(|error| error.into_inner()).insert(path.clone(), result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    results.into_inner().unwrap_or_else(|error| error.into_inner())
}

fn run() -> Result<bool, String> {
    let Some(folder) = std::env::var_os("HEARTH_BLOCKS") else {
        println!("skipped: HEARTH_BLOCKS names no folder of block files");
        return Ok(true);
    };
    let full = std::env::var_os("HEARTH_FULL").is_some_and(|value| value == "1");
    let limit = if full { u64::MAX } else { SHORT };
    let paths = files(folder.as_ref())?;
    let results = judge_all(&paths, &Validator::committed(), limit);

    let judged: Vec<&Judged> = results.values().filter_map(|result| result.as_ref().ok()).collect();
    let guests = |wanted: fn(&Guest) -> bool| judged.iter().filter(|judged| wanted(&judged.guest)).count();
    let same = guests(|guest| matches!(guest, Guest::Same(_)));
    let (too_long, no_input) = (guests(|guest| *guest == Guest::TooLong), guests(|guest| *guest == Guest::NoInput));
    println!("by the guest too: {same}; longer than {SHORT} steps, so left to HEARTH_FULL=1: {too_long}; ");
    println!("without an input that could express them: {no_input}");
    println!("judged {} of {}", judged.len(), paths.len());
    Ok(judged.len() == paths.len() && same + too_long + no_input == paths.len() && same > 0)
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}

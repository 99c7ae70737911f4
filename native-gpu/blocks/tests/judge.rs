//! Judges every block file of the folder that HEARTH_BLOCKS names: valid blocks must be found valid, invalid ones invalid,
//! blocks from before the Merge refused, and every valid block's output must bind to its hash.

use hearth_blocks::{BlockFile, ImportError, Output, Rules, binding::Binding, import_file, validate_verbose};
use std::{path::Path, process::ExitCode, time::Instant};

/// What was found, or what is wrong with it.
fn judge(path: &Path) -> Result<String, String> {
    let file = BlockFile::read(path).map_err(|error| error.to_string())?;
    let valid = file.valid.ok_or("valid: missing")?;
    let imported = match import_file(&file, true) {
        Ok(imported) => imported,
        Err(error @ ImportError::BeforeMerge(_)) => return Ok(format!("refused: {error}")),
        Err(error @ ImportError::Inexpressible { .. }) if !valid => return Ok(format!("invalid: {error}")),
        Err(error @ ImportError::InexpressibleRequests { valid: executed, .. }) if executed == valid => {
            return Ok(format!("judged by execution only: {error}"));
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
    match result {
        Ok(info) => {
            check_binding(&file, &imported.input, &output)?;
            Ok(format!("valid: {:?}, {} gas, {} bytes, {millis} ms", info.fork, info.gas_used, imported.input.len()))
        }
        Err(reason) => Ok(match imported.executed {
            Err(first) if first != reason => format!("invalid: {reason} (executed as it stands: {first})"),
            _ => format!("invalid: {reason}"),
        }),
    }
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

fn main() -> ExitCode {
    let Some(folder) = std::env::var_os("HEARTH_BLOCKS") else {
        println!("skipped: HEARTH_BLOCKS names no folder of block files");
        return ExitCode::SUCCESS;
    };
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) => {
            println!("HEARTH_BLOCKS {}: {error}", folder.display());
            return ExitCode::FAILURE;
        }
    };
    let mut paths: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    paths.sort();
    let mut judged = 0;
    for path in &paths {
        let name = path.file_name().unwrap_or_default().display();
        match judge(path) {
            Ok(found) => {
                judged += 1;
                println!("{name}: {found}");
            }
            Err(problem) => println!("{name}: WRONG: {problem}"),
        }
    }
    println!("judged {judged} of {}", paths.len());
    if judged == paths.len() && judged > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

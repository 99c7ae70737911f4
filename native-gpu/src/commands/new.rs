//! `hearth new`: a guest project that builds.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::failure::Failure;
use crate::report;

static TEMPLATE: Dir = include_dir!("$CARGO_MANIFEST_DIR/../guests/template");
static LIBRARY: Dir = include_dir!("$CARGO_MANIFEST_DIR/../guests/lib");
const TARGET: (&str, &str) = ("riscv64im-hearth-elf.json", include_str!("../../../guests/riscv64im-hearth-elf.json"));
/// The template's own name.
const NAME: &str = "my-guest";

#[derive(clap::Args)]
pub struct Arguments {
    /// Name of the project, and of its folder unless one is given.
    name: String,
    /// Folder to make.
    #[arg(long, value_name = "PATH")]
    folder: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = &arguments.name;
    let valid = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if !valid {
        return Err(Failure::Usage(format!("'{name}' is no crate name: use a-z, 0-9, - and _, a letter first")));
    }
    let folder = arguments.folder.clone().unwrap_or_else(|| PathBuf::from(name));
    if folder.exists() {
        return Err(Failure::Usage(format!("{} exists; nothing was changed", folder.display())));
    }
    copy(&TEMPLATE, &folder, name)?;
    copy(&LIBRARY, &folder.join("hearth-guest"), name)?;
    write(&folder.join(TARGET.0), TARGET.1.as_bytes())?;
    report::line(&format!("{} is ready; its README.md says how to build and run it", folder.display()))
}

/// Writes the files of `from` into `folder`, with the project's name in place of the template's.
fn copy(from: &Dir, folder: &Path, name: &str) -> Result<(), Failure> {
    for entry in from.entries() {
        if let Some(dir) = entry.as_dir() {
            // Build output of a checkout is no part of the library.
            if !dir.path().ends_with("target") {
                copy(dir, &folder.join(file_name(dir.path())), name)?;
            }
        } else if let Some(file) = entry.as_file() {
            let path = match file_name(file.path()) {
                "gitignore" => folder.join(".gitignore"),
                other => folder.join(other),
            };
            let renamed = file.contents_utf8().map(|text| text.replace(NAME, name));
            write(&path, renamed.as_deref().map_or(file.contents(), str::as_bytes))?;
        }
    }
    Ok(())
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let io = |source| Failure::Io { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(io)?;
    }
    std::fs::write(path, content).map_err(io)
}

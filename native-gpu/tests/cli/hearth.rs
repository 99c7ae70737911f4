//! Runs the binary.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The result of a test.
pub type Try<T = ()> = Result<T, Box<dyn Error>>;

/// A folder of files for one test, made anew.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Try<Self> {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// The path of a file.
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Writes a file.
    pub fn file(&self, name: &str, content: &[u8]) -> Try<String> {
        fs::write(self.0.join(name), content)?;
        Ok(self.path(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left for the next run to remove if that fails.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A committed guest.
pub fn guest(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../guests/elf/{name}.elf"));
    path.display().to_string()
}

/// The binary with these arguments.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
    command.args(arguments);
    command
}

/// Runs it.
pub fn run(arguments: &[&str]) -> Try<Output> {
    Ok(command(arguments).output()?)
}

/// Its exit code must be `code`; gives what it said on standard error.
#[track_caller]
pub fn fails(arguments: &[&str], code: i32) -> String {
    let output = run(arguments).expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

/// It must succeed; gives its last line as JSON.
#[track_caller]
pub fn json(arguments: &[&str]) -> Value {
    let output = run(arguments).expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().expect("a line");
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

//! Every exit code of docs/cli.md.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::hearth::{Folder, Try, command, fails, guest, json, run};

#[test]
fn ok_is_0() -> Try {
    assert_eq!(run(&["version"])?.status.code(), Some(0));
    assert_eq!(run(&["--help"])?.status.code(), Some(0));
    let report = json(&["execute", "--program", &guest("hello"), "--json"]);
    assert_eq!(report["exit_code"], 0);
    Ok(())
}

/// No thread can have a stack as large as the address space, so the prover finds no threads.
#[test]
fn internal_error_is_1() -> Try {
    let mut command = command(&["prove", "--program", &guest("hello"), "--log-cells", "20"]);
    let output = command.env("RUST_MIN_STACK", (1u64 << 47).to_string()).output()?;
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[test]
fn usage_is_2() {
    fails(&[], 2);
    fails(&["prove"], 2);
    fails(&["no-such-command"], 2);
    fails(&["prove", "--program", &guest("hello"), "--backend", "snark"], 2);
    fails(&["prove", "--program", &guest("hello"), "--log-cells", "19"], 2);
    // A class in which the tables do not fit.
    fails(&["prove", "--program", &guest("hello"), "--log-cells", "18"], 2);
    fails(&["bench", "--guest", "hello"], 2);
}

#[test]
fn bad_input_is_3() -> Try {
    let folder = Folder::new("bad-input")?;
    let text = folder.file("text", b"not what it should be")?;
    fails(&["execute", "--program", &text], 3);
    fails(&["verify", &text, "--program", &guest("hello")], 3);
    fails(&["shard", "prove", &text, "--out", &folder.path("out")], 3);
    fails(&["shard", "verify", &text], 3);
    fails(&["shard", "inspect", &text], 3);
    Ok(())
}

#[test]
fn rejected_is_4() -> Try {
    let folder = Folder::new("rejected")?;
    let (proof, hello) = (folder.path("proof"), guest("hello"));
    json(&["prove", "--program", &hello, "--log-cells", "20", "--out", &proof, "--json"]);
    let verify = ["verify", &proof, "--program", &hello, "--json", "--allow-test-params"];
    json(&verify);
    // Of a class that exists for tests; of another program.
    assert!(fails(&verify[..5], 4).contains("--allow-test-params"));
    fails(&["verify", &proof, "--program", &guest("sort"), "--allow-test-params"], 4);
    // Another input than the one that was read.
    let other = folder.file("other", b"other")?;
    fails(&[&verify[..], &["--input", &other]].concat(), 4);
    // One changed bit in the last quarter, where the shard proof is.
    let mut bytes = fs::read(&proof)?;
    let at = bytes.len() * 3 / 4;
    bytes[at] ^= 1;
    fs::write(&proof, bytes)?;
    fails(&verify, 4);
    Ok(())
}

#[test]
fn guest_failure_is_5() {
    let said = fails(&["execute", "--program", &guest("panic")], 5);
    assert!(said.contains("101"), "{said}");
    // Its input is empty, and it wants eight bytes.
    fails(&["execute", "--program", &guest("fibonacci")], 5);
}

#[test]
fn over_budget_is_6() -> Try {
    let folder = Folder::new("over-budget")?;
    let input = folder.file("input", &1_000_000u64.to_le_bytes())?;
    let fibonacci = guest("fibonacci");
    fails(&["execute", "--program", &fibonacci, "--input", &input, "--max-steps", "100"], 6);
    // A shard that is larger than the class to prove it in.
    let input = folder.file("input", &20_000u64.to_le_bytes())?;
    let packages = folder.path("packages");
    json(&[
        "shard",
        "cut",
        "--program",
        &fibonacci,
        "--input",
        &input,
        "--log-cells",
        "22",
        "--out",
        &packages,
        "--json",
    ]);
    let package = format!("{packages}/00000.package");
    let said = fails(&["shard", "prove", &package, "--log-cells", "20", "--out", &folder.path("proof")], 6);
    assert!(said.contains("--log-cells"), "{said}");
    Ok(())
}

#[test]
fn file_error_is_7() -> Try {
    let folder = Folder::new("file-error")?;
    fails(&["execute", "--program", &folder.path("nothing")], 7);
    fails(&["verify", &folder.path("nothing"), "--program", &guest("hello")], 7);
    let nowhere = folder.path("no/folder");
    fails(&["execute", "--program", &guest("hello"), "--out", &nowhere], 7);
    Ok(())
}

/// A reader that has gone away is an error like that of a file, and no panic.
#[cfg(target_os = "linux")]
#[test]
fn full_output_is_7() -> Try {
    let full = fs::File::options().write(true).open("/dev/full")?;
    let status = command(&["version"]).stdout(full).status()?;
    assert_eq!(status.code(), Some(7));
    Ok(())
}

#[cfg(unix)]
#[test]
fn interrupted_is_130() -> Try {
    let folder = Folder::new("interrupted")?;
    // Far more than is executed before the signal.
    let input = folder.file("input", &(1u64 << 40).to_le_bytes())?;
    let (fibonacci, proof) = (guest("fibonacci"), folder.path("proof"));
    let mut child =
        command(&["prove", "--program", &fibonacci, "--input", &input, "--log-cells", "20", "--out", &proof])
            .stderr(Stdio::null())
            .spawn()?;
    // The handler is the first thing that the command installs.
    thread::sleep(Duration::from_secs(1));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status()?;
    assert!(sent.success());
    let start = Instant::now();
    let status = child.wait()?;
    println!("stopped {:.1} s after the signal", start.elapsed().as_secs_f64());
    assert_eq!(status.code(), Some(130));
    assert!(!fs::exists(&proof)?);
    Ok(())
}

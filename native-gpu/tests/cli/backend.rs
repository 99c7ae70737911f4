//! All backends from the run to the verdict.

use serde_json::Value;

use crate::hearth::{Folder, Try, fails, guest, json};

const TEST: [&str; 2] = ["--log-cells", "20"];

#[track_caller]
fn names(report: &Value, backend: &str) {
    assert_eq!(report["backend"], backend, "{report}");
    assert_eq!(report["security_bits"], if backend == "stark" { 128 } else { 123 }, "{report}");
    assert_eq!(report["regime"], "unique decoding", "{report}");
}

#[test]
fn run_under_all_backends() -> Try {
    let folder = Folder::new("backend-run")?;
    let input = folder.file("input", &6_000u64.to_le_bytes())?;
    let fibonacci = guest("fibonacci");
    let program = ["--program", &fibonacci, "--json"];
    for (backend, other) in [("stark", "whir"), ("whir", "fri"), ("fri", "stark")] {
        let proof = folder.path(backend);
        let with = ["--backend", backend, "--input", &input];
        let proved = json(&[&["prove", "--out", &proof], &program[..], &with, &TEST].concat());
        names(&proved, backend);
        assert!(proved["shards"].as_u64() >= Some(2), "{proved}");

        let verify = [&["verify", &proof, "--allow-test-params"], &program[..]].concat();
        let verified = json(&[&verify[..], &with].concat());
        names(&verified, backend);
        assert_eq!(verified["output"], proved["output"]);
        let said = fails(&[&verify[..], &["--backend", other]].concat(), 4);
        assert!(said.contains(&format!("--backend {backend}")), "{said}");
    }
    // The default is our own.
    let verify = |proof: &str| [&["verify", proof, "--allow-test-params"], &program[..]].concat().join(" ");
    names(&json(&verify(&folder.path("stark")).split(' ').collect::<Vec<_>>()), "stark");
    fails(&verify(&folder.path("fri")).split(' ').collect::<Vec<_>>(), 4);
    Ok(())
}

#[test]
fn shard_under_all_backends() -> Try {
    let folder = Folder::new("backend-shard")?;
    let packages = folder.path("packages");
    json(&[&["shard", "cut", "--program", &guest("hello"), "--out", &packages, "--json"], &TEST[..]].concat());
    let package = format!("{packages}/00000.package");
    for (backend, other) in [("stark", "whir"), ("whir", "fri"), ("fri", "stark")] {
        let proof = folder.path(backend);
        let with = ["--backend", backend, "--json"];
        names(&json(&[&["shard", "prove", &package, "--out", &proof], &with[..], &TEST].concat()), backend);
        assert_eq!(json(&["shard", "inspect", &proof, "--json"])["backend"], backend);
        let verify = ["shard", "verify", &proof, "--package", &package, "--allow-test-params"];
        names(&json(&[&verify[..], &with].concat()), backend);
        let said = fails(&[&verify[..], &["--backend", other]].concat(), 4);
        assert!(said.contains(&format!("--backend {backend}")), "{said}");
    }
    Ok(())
}

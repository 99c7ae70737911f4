//! One proof of a run: of full-size shards, because there are no trees above others.

use crate::hearth::{Folder, Try, fails, guest, json};

#[test]
fn a_run_has_one_proof() -> Try {
    let folder = Folder::new("aggregate")?;
    let input = folder.file("input", &30u64.to_le_bytes())?;
    let (program, shards, root) = (guest("fibonacci"), folder.path("shards"), folder.path("root"));
    let proved = json(&["prove", "--program", &program, "--input", &input, "--out", &shards, "--json"]);
    let made = json(&["aggregate", &shards, "--program", &program, "--out", &root, "--json"]);
    assert_eq!((&made["shards"], &made["nodes"], &made["depth"]), (&1.into(), &1.into(), &0.into()));

    let verified = json(&["verify", &root, "--program", &program, "--input", &input, "--json"]);
    assert_eq!(verified["verified"], true);
    for field in ["exit_code", "output", "shards"] {
        assert_eq!(verified[field], proved[field], "{field}");
    }
    // Of another program, of another input, damaged, cut off.
    assert!(fails(&["verify", &root, "--program", &guest("hello")], 4).contains("another program"));
    let other = folder.file("other", &31u64.to_le_bytes())?;
    assert!(fails(&["verify", &root, "--program", &program, "--input", &other], 4).contains("another input"));
    let mut bytes = std::fs::read(&root)?;
    let half = bytes.len() / 2;
    bytes[half] ^= 1;
    fails(&["verify", &folder.file("damaged", &bytes)?, "--program", &program], 4);
    fails(&["verify", &folder.file("short", &bytes[..half])?, "--program", &program], 3);
    Ok(())
}

/// Shards that exist for tests have no tree.
#[test]
fn small_shards_are_not_aggregated() -> Try {
    let folder = Folder::new("aggregate-small")?;
    let (program, shards, root) = (guest("hello"), folder.path("shards"), folder.path("root"));
    json(&["prove", "--program", &program, "--log-cells", "20", "--out", &shards, "--json"]);
    assert!(fails(&["aggregate", &shards, "--program", &program, "--out", &root], 3).contains("no trees"));
    Ok(())
}

//! PAR-1: the bits of our own protocol, as scripts and continuous integration read them.

use crate::hearth::{Try, json, run};

/// Every key is at its gate, and so are as many proofs as a chain may have; the totals are those of the printed terms.
#[test]
fn bits_are_at_their_gates() {
    let report = json(&["soundness", "--json"]);
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    assert!(number(&report["total_bits"]) >= 128.0);
    assert_eq!(report["proofs"], 8192);
    assert_eq!(report["regime"], "unique decoding");
    let circuits = report["circuits"].as_array().expect("circuits");
    assert_eq!(circuits.len(), 12, "four classes, three keys");
    let (mut weakest, mut worst) = (f64::INFINITY, f64::INFINITY);
    for circuit in circuits {
        let terms = circuit["terms"].as_array().expect("terms");
        let bits = || terms.iter().map(|term| number(&term["bits"]));
        let union = -bits().map(|bits| (-bits).exp2()).sum::<f64>().log2();
        let total = number(&circuit["total_bits"]);
        assert!(total >= 142.0 && (union - total).abs() < 0.002, "{union} {total}");
        weakest = weakest.min(total);
        worst = worst.min(bits().fold(f64::INFINITY, f64::min));
        // PAR-2: grinding is named with the term that it is credited to.
        for site in circuit["grinding"].as_array().expect("sites") {
            assert!(site["bits"].as_u64().is_some_and(|bits| bits <= 24));
            let credited = terms.iter().find(|term| term["name"] == site["name"] && term["oracle"] == site["oracle"]);
            assert_eq!(credited.map(|term| &term["grinding"]), Some(&site["bits"]));
        }
    }
    assert!((weakest - 13.0 - number(&report["total_bits"])).abs() < 0.002);
    assert!((worst - number(&report["random_oracle_bits"])).abs() < 1e-9);
    assert!(number(&report["hash"]["generic_collision_bits"]) > 139.0);
    assert_eq!(report["hash"]["claimed_bits"], 128);
}

/// The same numbers for people and as TOML.
#[test]
fn forms_agree() -> Try {
    let total = json(&["soundness", "--json"])["total_bits"].as_f64().expect("a number");
    let toml: toml::Table = String::from_utf8(run(&["soundness", "--toml"])?.stdout)?.parse()?;
    assert_eq!(toml["total_bits"].as_float(), Some(total));
    assert_eq!(toml["circuits"].as_array().map(Vec::len), Some(12));
    let text = String::from_utf8(run(&["soundness"])?.stdout)?;
    assert!(text.starts_with(&format!("{total:.2} bits (A)")), "{text}");
    Ok(())
}

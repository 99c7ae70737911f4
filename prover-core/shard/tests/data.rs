//! What needs no proof: encodings and costs.
//!
//! Not in the library, which would be compiled once more for it, with three proof systems in it.

use hearth_chips::tables::Table as Chip;
use hearth_machine::package::MAX_SIZE;
use hearth_machine::replay::MAX_STEPS;
use hearth_machine::rows::Table;
use hearth_shard::backend::BackendId;
use hearth_shard::costs::{COUNTED, costs, most_steps};
use hearth_shard::encoding::{bounded, decode};
use hearth_soundness::SizeClass;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Short(#[serde(deserialize_with = "bounded::<_, _, 3>")] Vec<u32>);

#[test]
fn a_value_has_one_encoding() {
    let value = vec![5u32, 300, 7];
    let bytes = postcard::to_allocvec(&value).expect("numbers encode");
    assert_eq!(decode(&bytes), Some(value));
    assert_eq!(decode::<Vec<u32>>(&[&bytes[..], &[0]].concat()), None);
    assert_eq!(decode::<Vec<u32>>(&bytes[..bytes.len() - 1]), None);
    // 5 in two bytes.
    assert_eq!(decode::<Vec<u32>>(&[1, 0x85, 0]), None);
}

#[test]
fn lists_end_at_their_bound() {
    assert_eq!(decode(&[3, 1, 2, 3]), Some(Short(vec![1, 2, 3])));
    assert_eq!(decode::<Short>(&[4, 1, 2, 3, 4]), None);
}

/// The bound on packages refuses none of a shard that fits: whatever a package holds has as many cells as bytes.
#[test]
fn packages_are_no_larger_than_their_tables() {
    assert_eq!(SizeClass::Real27.max_package_bytes(), MAX_SIZE);
    let width = |table| u64::from(costs(BackendId::default(), SizeClass::Real24).tables[table].width);
    let steps = COUNTED.iter().filter(|(table, _)| matches!(table, Table::Family(_)));
    let step = steps.map(|(_, chip)| chip.columns() as u64).min().expect("there are some");
    let (leaf, digest) = (4 + 64, 36);
    assert!(width(Table::Leaf) + step >= leaf);
    assert!(width(Table::CodeLeaf) + width(Table::Decode) + step >= leaf);
    assert!(width(Table::Uncle) + width(Table::Node) >= digest);
    // Siblings in the code tree have a node each, of a few cells less; no leaf has more siblings than levels, and each
    // has an instruction that ran. Only `exit` has a narrower row; it runs once, and the fixed tables outweigh it.
    let others = COUNTED.iter().filter(|(table, chip)| matches!(table, Table::Family(_)) && *chip != Chip::Ecall);
    let ran = others.map(|(_, chip)| chip.columns() as u64).min().expect("there are some");
    let code = width(Table::CodeLeaf) + width(Table::Decode) + 24 * width(Table::CodeNode) + ran;
    assert!(code >= leaf + 24 * digest);
}

#[test]
fn steps_are_bounded_by_the_class() {
    assert!(most_steps(SizeClass::Test20) < 40_000);
    assert!((1 << 19..MAX_STEPS).contains(&most_steps(SizeClass::Real24)));
}

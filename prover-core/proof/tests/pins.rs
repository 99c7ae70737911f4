//! The pinned digests are those of the circuits of this tree. All of them take minutes; without `HEARTH_FULL=1` it is the join, which is the
//! kind of every root of more than a few shards, and which depends on every gate.
//!
//! `HEARTH_FULL=1 cargo test -p hearth-proof --profile ci --test pins -- --nocapture` prints them.

use hearth_proof::aggregate::Aggregator;
use hearth_proof::pins::{JOIN, KINDS, Pins};
use hearth_soundness::SizeClass;
use p3_field::PrimeField32;

#[test]
fn pins_are_those_of_the_circuits() {
    let is_full = std::env::var_os("HEARTH_FULL").is_some();
    let mut wrong = Vec::new();
    let mut join = None;
    for class in SizeClass::REAL {
        let pins = Pins::of(class).unwrap();
        for kind in 0..KINDS {
            if kind != JOIN && !is_full {
                continue;
            }
            let digest = match join {
                // One join for all classes.
                Some((slots, digest)) if kind == JOIN && slots == pins.slots[JOIN] => digest,
                _ => Aggregator::prover_of(class, &pins, kind).unwrap().node_key().key(pins.node).unwrap().digest,
            };
            if kind == JOIN {
                join = Some((pins.slots[JOIN], digest));
            }
            println!("{}, kind {kind}: {:?}", class.name(), digest.map(|element| element.as_canonical_u32()));
            if digest != pins.digests[kind] {
                wrong.push((class.name(), kind));
            }
        }
    }
    assert_eq!(wrong, []);
}

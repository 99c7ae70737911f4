//! The published bits are the ones that the parameters give, in every size class.

use hearth_shard::backend::{HeightRule, WhirKey};
use hearth_soundness::{SHARD_CLAIM, SizeClass};

use crate::toy::chips;

const BITS: u8 = 10;

/// The greatest height of the step chip that fits in a class, and the least.
fn heights(class: SizeClass) -> [Vec<u8>; 2] {
    let greatest = u8::try_from(class.log_cells() - 5).expect("a small number");
    [vec![7, greatest, BITS], vec![7, 7, BITS]]
}

#[test]
fn every_class_certifies_what_is_published() {
    for class in SizeClass::ALL {
        let key = WhirKey::setup(chips(BITS), class).expect("the toy chips make a key");
        for log_heights in heights(class) {
            let report = key.security(&log_heights).expect("allowed heights");
            for term in &report.terms {
                println!("{:10} {:40} {:.2}", class.name(), term.label, term.bits);
            }
            println!("{:10} {:40} {:.2}", class.name(), "union", report.bits.unwrap_or(f64::NAN));
            assert_eq!(report.whole_bits(), Some(SHARD_CLAIM.bits), "{class:?} at {log_heights:?}");
        }
    }
}

#[test]
fn the_digest_alone_forbids_124_bits() {
    let key = WhirKey::setup(chips(BITS), SizeClass::Test18).expect("the toy chips make a key");
    let report = key.security(&[7, 7, BITS]).expect("allowed heights");
    let least = report.terms.iter().map(|term| term.bits).fold(f64::INFINITY, f64::min);
    assert_eq!(report.terms.last().map(|term| term.bits), Some(least));
    assert!(least < f64::from(SHARD_CLAIM.bits + 1));
}

#[test]
fn messages_that_could_wrap_around_are_no_key() {
    // 17 range checks and state messages of weight 1 on 2^22 rows stay far below p; the rule is
    // exercised by a step chip of 2^23 rows in the largest class, which its cells forbid first.
    let mut tall = chips(BITS);
    tall[1].height = HeightRule::Fixed(23);
    assert!(WhirKey::setup(tall, SizeClass::Real26).is_err());
}

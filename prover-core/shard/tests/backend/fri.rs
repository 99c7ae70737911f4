//! The FRI backend on the toy machine.

use hearth_shard::backend::{FriKey, VerifyError, WhirKey};
use hearth_soundness::SizeClass;
use p3_field::PrimeCharacteristicRing;

use hearth_shard::backend::F;

use crate::toy::{Toy, chips, run};

const BITS: u8 = 8;

fn key() -> FriKey<Toy> {
    FriKey::setup(chips(BITS), SizeClass::Test18).expect("the toy chips make a key")
}

#[test]
fn the_same_run_is_accepted_and_another_end_is_not() {
    let key = key();
    let run = run(200, 9, BITS);
    let bytes = key.prove(&run.traces, &run.public_values).expect("a proof comes out");
    assert_eq!(key.verify(&run.public_values, &bytes), Ok(vec![7, 9, BITS]));
    for index in 0..run.public_values.len() {
        let mut other = run.public_values.clone();
        other[index] += F::ONE;
        assert!(matches!(key.verify(&other, &bytes), Err(VerifyError::Invalid(_))), "public value {index}");
    }
}

#[test]
fn proofs_of_one_backend_are_refused_by_the_other() {
    let fri = key();
    let whir = WhirKey::setup(chips(BITS), SizeClass::Test18).expect("the toy chips make a key");
    let run = run(20, 7, BITS);
    let bytes = fri.prove(&run.traces, &run.public_values).expect("a proof comes out");
    assert_eq!(whir.verify(&run.public_values, &bytes), Err(VerifyError::Backend(2)));
    let bytes = whir.prove(run.traces, &run.public_values).expect("a proof comes out");
    assert_eq!(fri.verify(&run.public_values, &bytes), Err(VerifyError::Backend(1)));
}

#[test]
fn changed_headers_truncations_and_bytes_are_refused() {
    let key = key();
    let run = run(20, 7, BITS);
    let bytes = key.prove(&run.traces, &run.public_values).expect("a proof comes out");
    for position in (0..64).chain((64..bytes.len()).step_by(bytes.len() / 64)) {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        assert!(key.verify(&run.public_values, &changed).is_err(), "byte {position}");
        assert!(key.verify(&run.public_values, &bytes[..position]).is_err(), "length {position}");
    }
}

use alloc::vec::Vec;

use hearth_machine::hash::Digest;
use hearth_machine::trace::Statement;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use super::{BoundaryChip, Public, public_values};
use crate::Felt;
use crate::check::{report, survivors};

fn digest(seed: u32) -> Digest {
    core::array::from_fn(|i| Felt::from_u32(100 * seed + i as u32))
}

fn statement() -> Statement {
    Statement {
        program_root: digest(1),
        root_in: digest(2),
        pc_in: 0x10_0000,
        root_out: digest(3),
        pc_out: 0x10_0040,
        ts_end: 68,
    }
}

#[test]
fn first_row_sends_the_public_values_once() {
    let public = public_values(&statement());
    assert_eq!(public.len(), Public::WIDTH);
    let report = report::<BoundaryChip>(&BoundaryChip::table(8), &public);
    assert!(report.is_honest());
    assert_eq!(report.interactions, 5);
    let messages: Vec<_> =
        report.messages.iter().map(|((bus, fields), &count)| (bus.as_str(), &fields[..], count)).collect();
    let root = |head: &[u32], seed| [head, &digest(seed).map(|felt| felt.as_canonical_u32())].concat();
    let minus_one = -Felt::ONE;
    assert_eq!(
        messages,
        [
            ("code", &root(&[24, 0], 1)[..], Felt::ONE),
            ("node", &root(&[0, 27, 0], 2)[..], Felt::ONE),
            ("node", &root(&[1, 27, 0], 3)[..], minus_one),
            ("state", &[0x10_0000, 4], Felt::ONE),
            ("state", &[0x10_0040, 68], minus_one),
        ]
    );
}

/// Bug classes 6 and 11, condition 1: no second boundary, none missing, on no row.
#[test]
fn every_cell_is_pinned() {
    assert_eq!(survivors::<BoundaryChip>(&BoundaryChip::table(4), &public_values(&statement())), []);
}

/// Condition 20: each public value is in a message.
#[test]
fn every_public_value_counts() {
    let public = public_values(&statement());
    let honest = report::<BoundaryChip>(&BoundaryChip::table(2), &public);
    for i in 0..public.len() {
        let mut other = public.clone();
        other[i] += Felt::ONE;
        assert!(report::<BoundaryChip>(&BoundaryChip::table(2), &other).is_rejected_against(&honest), "{i}");
    }
}

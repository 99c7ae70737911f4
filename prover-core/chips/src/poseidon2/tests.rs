use alloc::vec::Vec;
use core::borrow::BorrowMut;

use hearth_machine::hash::{BLOCK, DIGEST, Hasher, Tag};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use super::{HashCall, Poseidon2, Poseidon2Chip};
use crate::Felt;
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::RecordChip;

const DOMAINS: [(Tag, u32); 4] = [(Tag::MemoryNode, 27), (Tag::MemoryLeaf, 0), (Tag::CodeNode, 1), (Tag::CodeLeaf, 0)];

fn hash_call(tag: Tag, level: u32, input: [Felt; BLOCK], uses: u32) -> HashCall {
    HashCall { tag: Felt::from_u8(tag as u8), level: Felt::from_u32(level), input, uses }
}

fn calls() -> Vec<HashCall> {
    let input = |seed: u32| core::array::from_fn(|i| Felt::from_u64(u64::from(seed) * 0x9e37_79b9 * (i as u64 + 1)));
    DOMAINS.into_iter().enumerate().map(|(i, (tag, level))| hash_call(tag, level, input(i as u32), i as u32)).collect()
}

#[test]
fn rows_are_the_permutation_of_the_library() {
    let calls = calls();
    let table = Poseidon2Chip::table(&calls, 8);
    let report = report::<Poseidon2Chip>(&table, &[]);
    assert!(report.is_honest(), "{:?}", report.violations);
    assert_eq!(report.interactions, 1);
    assert_eq!(Poseidon2::WIDTH, 222);
    // What it provides is what `Hasher::compress` computes, as often as it is used.
    let hasher = Hasher::new();
    let expected: Vec<(Vec<u32>, Felt)> = calls
        .iter()
        .zip(DOMAINS)
        .filter(|(call, _)| call.uses > 0)
        .map(|(call, (tag, level))| {
            let output = hasher.compress(tag, level, &call.input);
            let head = [tag as u32, level];
            let tail = call.input.iter().chain(&output).map(|felt| felt.as_canonical_u32());
            (head.into_iter().chain(tail).collect(), -Felt::from_u32(call.uses))
        })
        .collect();
    let provided: Vec<_> = report.messages.into_iter().map(|((_, fields), count)| (fields, count)).collect();
    assert_eq!(provided.len(), expected.len());
    for entry in expected {
        assert!(provided.contains(&entry));
    }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<Poseidon2Chip>());
}

/// Bug classes 7 and 13: no cell of a row in use is free.
#[test]
fn every_cell_is_pinned() {
    let table = Poseidon2Chip::table(&calls()[1..2], 1);
    assert_eq!(survivors::<Poseidon2Chip>(&table, &[]), []);
}

/// Bug class 6: a padding row provides nothing, even with a consistent permutation of another kind in it.
#[test]
fn padding_provides_nothing() {
    let call = hash_call(Tag::MemoryNode, 3, [Felt::ONE; BLOCK], 1);
    let mut table = Poseidon2Chip::table(&[call], 2);
    table.values[Poseidon2::WIDTH + 1] = Felt::ONE; // `uses` of the zero row
    let report = report::<Poseidon2Chip>(&table, &[]);
    assert_eq!(report.violations.iter().map(|violation| violation.0).collect::<Vec<_>>(), [1]);
}

/// Every constraint is load-bearing: one S-box with another result and all that follows from it, and an output of its own.
/// Each is refused by one constraint.
#[test]
fn every_constraint_is_needed() {
    let honest = Poseidon2Chip::table(&calls()[1..2], 1);
    for at in 0..super::SBOXES {
        let mut table = honest.clone();
        let row: &mut Poseidon2<Felt> = table.values.as_mut_slice().borrow_mut();
        let mut state = super::state(row.tag, row.level, row.input);
        let mut columns = row.sboxes.iter_mut().enumerate();
        super::permute(&mut state, Felt::ONE, |cube| match columns.next() {
            Some((number, column)) => {
                *column = if number == at { cube + Felt::ONE } else { cube };
                *column
            }
            None => cube,
        });
        let outputs = row.output.len();
        row.output.copy_from_slice(&state[..outputs]);
        assert_eq!(report::<Poseidon2Chip>(&table, &[]).violations, [(0, 2 + at)]);
    }
    for at in 0..DIGEST {
        let mut table = honest.clone();
        let row: &mut Poseidon2<Felt> = table.values.as_mut_slice().borrow_mut();
        row.output[at] += Felt::ONE;
        assert_eq!(report::<Poseidon2Chip>(&table, &[]).violations, [(0, 2 + super::SBOXES + at)]);
    }
}

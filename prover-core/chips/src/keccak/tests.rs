use alloc::vec::Vec;

use hearth_machine::layout::{ECALL_KECCAK_F, REGISTER_WORD};
use hearth_machine::trace::{Access, KeccakRecord};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::{KeccakCallChip, KeccakRound, KeccakRoundChip};
use crate::Felt;
use crate::check::{mutants, report, survivors, zero_row_is_neutral};
use hearth_machine::keccak::{ROUNDS, State, keccak_f};

fn state() -> State {
    core::array::from_fn(|i| 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(i as u64 + 1).rotate_left(i as u32))
}

fn call(pointer: u64) -> KeccakRecord {
    let register = |r, value| Access { word: REGISTER_WORD + r, prev_ts: 0, prev: value, next: value };
    let before = state();
    let mut after = before;
    keccak_f(&mut after);
    KeccakRecord {
        pc: 0x1000,
        ts: 400,
        code: register(17, ECALL_KECCAK_F),
        pointer: register(10, pointer),
        words: core::array::from_fn(|i| Access {
            word: (pointer / 8) as u32 + i as u32,
            prev_ts: 7 * i as u32,
            prev: before[i],
            next: after[i],
        }),
    }
}

/// The all-zero state permuted once: the first lanes of the vector in the Keccak team's `KeccakF-1600-IntermediateValues`.
#[test]
fn permutation_has_the_published_vector() {
    let mut state = [0; 25];
    keccak_f(&mut state);
    assert_eq!(state[..3], [0xf125_8f79_40e1_dde7, 0x84d5_ccf9_33c0_478a, 0xd598_261e_a65a_a9ee]);
    assert_eq!(state[24], 0xeaf1_ff7b_5cec_a249);
}

#[test]
fn zero_rows_send_nothing() {
    assert!(zero_row_is_neutral::<KeccakCallChip>());
    assert!(zero_row_is_neutral::<KeccakRoundChip>());
}

/// A call and its rounds balance: every message on bus `keccak` has the net count 0.
#[test]
fn call_and_rounds_balance() {
    let record = call(0x2000_0008);
    let calls = report::<KeccakCallChip>(&KeccakCallChip::table(&[record], 2), &[]);
    let rounds = report::<KeccakRoundChip>(&KeccakRoundChip::table(&[(record.ts, state())], 32), &[]);
    assert!(calls.is_honest(), "{:?} {:?}", calls.violations, calls.bad_lookups);
    assert!(rounds.is_honest(), "{:?}", rounds.violations);
    assert_eq!((calls.interactions, rounds.interactions), (102, 2));
    let mut net = calls.messages;
    for (message, count) in rounds.messages {
        *net.entry(message).or_insert(Felt::ZERO) += count;
    }
    net.retain(|(bus, _), count| bus == "keccak" && *count != Felt::ZERO);
    assert!(net.is_empty(), "{} messages left", net.len());
}

/// Classes 5, 7 and 13: every cell of a call is pinned, and every padding cell but `real` is free.
#[test]
fn every_call_cell_is_pinned() {
    let table = KeccakCallChip::table(&[call(0x2000_0008)], 2);
    let survivors = survivors::<KeccakCallChip>(&table, &[]);
    assert!(survivors.iter().all(|&(row, column)| row == 1 && column > 0), "{survivors:?}");
}

/// Class 8 and 13: every cell of the first and of the last round is pinned (two rows are 4944 cells; all rows share one `eval`).
#[test]
fn every_round_cell_is_pinned() {
    let table = KeccakRoundChip::table(&[(400, state())], 32);
    for round in [0, ROUNDS - 1] {
        let row = &table.values[round * KeccakRound::WIDTH..][..KeccakRound::WIDTH];
        let honest = report::<KeccakRoundChip>(&RowMajorMatrix::new(row.to_vec(), row.len()), &[]);
        assert!(honest.is_honest());
        let mut survivors = Vec::new();
        for column in 0..row.len() {
            for mutant in mutants(row[column]).into_iter().take(3) {
                let mut forged = row.to_vec();
                forged[column] = mutant;
                let forged = report::<KeccakRoundChip>(&RowMajorMatrix::new(forged, row.len()), &[]);
                if !forged.is_rejected_against(&honest) {
                    survivors.push(column);
                }
            }
        }
        assert!(survivors.is_empty(), "{survivors:?}");
    }
}

/// Conditions 9 and 19: misaligned, too high and 64-bit pointers have no row.
#[test]
fn bad_pointers_have_no_row() {
    for pointer in [0x2000_0001, 0x2000_0004, 0xffff_0000, 0xffff_ff38, 0x1_2000_0008, 0x8000_0000_2000_0008] {
        let table = KeccakCallChip::table(&[call(pointer)], 2);
        assert!(!report::<KeccakCallChip>(&table, &[]).is_honest(), "{pointer:#x}");
    }
}

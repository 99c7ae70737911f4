use alloc::vec::Vec;
use core::borrow::BorrowMut;

use hearth_machine::layout::{ECALL_SHA256, REGISTER_WORD};
use hearth_machine::sha256::{ROWS, compress_memory, from_memory, round, schedule};
use hearth_machine::trace::{Access, Sha256Record};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::{Sha256Call, Sha256CallChip, Sha256Round, Sha256RoundChip};
use crate::Felt;
use crate::check::{Messages, Report, mutants, report, survivors, zero_row_is_neutral};
use crate::chip::RecordChip;

const STATE: u64 = 0x2000_0008;
const BLOCK: u64 = 0x4000_0018;

fn words<const N: usize>(seed: u64) -> [u64; N] {
    core::array::from_fn(|i| 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(seed + i as u64).rotate_left(i as u32))
}

fn accesses<const N: usize>(pointer: u64, before: &[u64; N], after: &[u64; N]) -> [Access; N] {
    core::array::from_fn(|i| Access {
        word: (pointer / 8) as u32 + i as u32,
        prev_ts: 7 * i as u32,
        prev: before[i],
        next: after[i],
    })
}

fn call_on(pointers: [u64; 2], state: [u64; 4], block: [u64; 8]) -> Sha256Record {
    let register = |r, value| Access { word: REGISTER_WORD + r, prev_ts: 0, prev: value, next: value };
    Sha256Record {
        pc: 0x1000,
        ts: 400,
        code: register(17, ECALL_SHA256),
        pointers: [register(10, pointers[0]), register(11, pointers[1])],
        block: accesses(pointers[1], &block, &block),
        state: accesses(pointers[0], &state, &compress_memory(&state, &block)),
    }
}

fn call() -> Sha256Record {
    call_on([STATE, BLOCK], words(1), words(77))
}

fn call_report(table: &RowMajorMatrix<Felt>) -> Report {
    report::<Sha256CallChip>(table, &[])
}

fn round_report(table: &RowMajorMatrix<Felt>) -> Report {
    report::<Sha256RoundChip>(table, &[])
}

/// What remains of the messages between the two chips.
fn net(call: &Report, rounds: &Report) -> Messages {
    let mut net = call.messages.clone();
    for (message, &count) in &rounds.messages {
        *net.entry(message.clone()).or_insert(Felt::ZERO) += count;
    }
    net.retain(|(bus, _), count| bus.starts_with("sha256") && *count != Felt::ZERO);
    net
}

#[test]
fn zero_rows_send_nothing() {
    assert!(zero_row_is_neutral::<Sha256CallChip>());
    assert!(zero_row_is_neutral::<Sha256RoundChip>());
}

/// A call and its rounds balance on both buses, for all kinds of bits.
#[test]
fn call_and_rounds_balance() {
    let contents = [(words(1), words(77)), ([0; 4], [0; 8]), ([u64::MAX; 4], [u64::MAX; 8])];
    for (state, block) in contents {
        let record = call_on([STATE, BLOCK], state, block);
        let calls = call_report(&Sha256CallChip::table(&[record], 2));
        let rounds = round_report(&Sha256RoundChip::table(&[record], 32));
        assert!(calls.is_honest(), "{:?} {:?}", calls.violations, calls.bad_lookups);
        assert!(rounds.is_honest(), "{:?}", rounds.violations);
        assert_eq!((calls.interactions, rounds.interactions), (127, 4));
        assert!(net(&calls, &rounds).is_empty());
    }
}

/// Classes 5, 7 and 13: every cell of a call is pinned, and every padding cell but `real` is free.
#[test]
fn every_call_cell_is_pinned() {
    let table = Sha256CallChip::table(&[call()], 1);
    assert_eq!(survivors::<Sha256CallChip>(&table, &[]), []);
}

/// Classes 8 and 13: every cell of the first, a middle and the last row is pinned.
#[test]
fn every_round_cell_is_pinned() {
    let table = Sha256RoundChip::table(&[call()], ROWS);
    for r in [0, 7, ROWS - 1] {
        let row = &table.values[r * Sha256Round::WIDTH..][..Sha256Round::WIDTH];
        let honest = round_report(&RowMajorMatrix::new(row.to_vec(), row.len()));
        assert!(honest.is_honest());
        let mut survivors = Vec::new();
        for column in 0..row.len() {
            for mutant in mutants(row[column]).into_iter().take(5) {
                let mut forged = row.to_vec();
                forged[column] = mutant;
                let forged = round_report(&RowMajorMatrix::new(forged, row.len()));
                if !forged.is_rejected_against(&honest) {
                    survivors.push(column);
                }
            }
        }
        assert!(survivors.is_empty(), "{survivors:?}");
    }
}

/// Conditions 9 and 19: misaligned, too high and 64-bit pointers have no row, neither as state nor as block.
#[test]
fn bad_pointers_have_no_row() {
    for pointer in [0x2000_0001, 0x2000_0004, 0xffff_0000, 0xffff_ff38, 0x1_2000_0008, 0x8000_0000_2000_0008] {
        for pointers in [[pointer, BLOCK], [STATE, pointer]] {
            let table = Sha256CallChip::table(&[call_on(pointers, words(1), words(77))], 2);
            let report = call_report(&table);
            // A row holds no third and fourth limb: it names another value than the register's.
            let read = |register: u32, value: u64| {
                let limbs = [0, 16, 32, 48].map(|from| (value >> from & 0xffff) as u32);
                let [a, b, c, d] = limbs;
                let fields = Vec::from([REGISTER_WORD + register, 0, a, b, c, d]);
                report.messages.contains_key(&("memory".into(), fields))
            };
            assert!(!report.is_honest() || !read(10, pointers[0]) || !read(11, pointers[1]), "{pointer:#x}");
        }
    }
}

/// Class 8: the result with other carries is another number of 33 bits, or has digits that are no bytes.
#[test]
fn another_carry_is_refused() {
    let honest = Sha256CallChip::table(&[call()], 1);
    for i in 0..8 {
        for half in 0..2 {
            let mut forged = honest.clone();
            let row: &mut Sha256Call<Felt> = forged.values.as_mut_slice().borrow_mut();
            let up = row.carry[i][half] == Felt::ZERO;
            let change = if up { Felt::ONE } else { -Felt::ONE };
            row.carry[i][half] += change;
            // The half above takes the carry, and the high byte of this half what the carry took away.
            row.after[4 * i + if half == 0 { 2 } else { 0 }] -= change * Felt::from_u16(256);
            if half == 0 {
                row.after[4 * i + 1] += change;
            }
            let report = call_report(&forged);
            assert_eq!(report.violations, []);
            assert!(!report.is_honest(), "{i} {half}");
        }
    }
}

/// Conditions 4 and 5: a block that overlaps the state cannot show what the call leaves there.
#[test]
fn the_block_cannot_see_the_result() {
    let mut record = call();
    record.block[0].prev_ts = 0;
    for high in 0..256u32 {
        let mut table = Sha256CallChip::table(&[record], 1);
        let row: &mut Sha256Call<Felt> = table.values.as_mut_slice().borrow_mut();
        let previous = &mut row.block[0].previous[0];
        previous.ts = Felt::from_u32(record.ts + 5);
        previous.gap = -Felt::TWO - Felt::from_u32(high << 16);
        let report = call_report(&table);
        assert_eq!((report.violations.len(), report.bad_lookups.len()), (0, 1));
        assert_eq!(report.bad_lookups[0].1, "range16");
    }
}

/// Class 13: the output of another call does not fit, be it of the same state or of the same block.
#[test]
fn outputs_cannot_be_swapped() {
    let record = call();
    let call = call_report(&Sha256CallChip::table(&[record], 1));
    for (state, block) in [(words(1), words(78)), (words(2), words(77))] {
        let other = call_on([STATE, BLOCK], state, block);
        let rounds = round_report(&Sha256RoundChip::table(&[other], ROWS));
        assert!(!net(&call, &rounds).is_empty());
        let mut forged = record;
        for (access, other) in forged.state.iter_mut().zip(other.state) {
            access.next = other.next;
        }
        let mut table = Sha256CallChip::table(&[forged], 1);
        assert!(!call_report(&table).is_honest());
        // With the other's working variables, as far as they lead to its result.
        let own = from_memory::<4, 8>(&record.state.map(|access| access.prev));
        let claimed = from_memory::<4, 8>(&forged.state.map(|access| access.next));
        let row: &mut Sha256Call<Felt> = table.values.as_mut_slice().borrow_mut();
        for i in 0..8 {
            let worked = claimed[i].wrapping_sub(own[i]);
            let low = (own[i] & 0xffff) + (worked & 0xffff);
            let high = (own[i] >> 16) + (worked >> 16) + (low >> 16);
            row.worked[i] = [worked & 0xffff, worked >> 16].map(Felt::from_u32);
            row.carry[i] = [low >> 16, high >> 16].map(Felt::from_u32);
        }
        let forged = call_report(&table);
        assert!(forged.is_honest());
        let honest_rounds = round_report(&Sha256RoundChip::table(&[record], ROWS));
        assert!(!net(&forged, &honest_rounds).is_empty() && !net(&forged, &rounds).is_empty());
    }
}

/// Class 9: rows left out, taken twice, or of the words of another call do not balance, though each is right in itself.
#[test]
fn rows_form_one_chain() {
    let record = call();
    let call = call_report(&Sha256CallChip::table(&[record], 1));
    let table = Sha256RoundChip::table(&[record], ROWS);
    let other = Sha256RoundChip::table(&[call_on([STATE, BLOCK], words(1), words(78))], ROWS);
    let rows = |order: &[(usize, &RowMajorMatrix<Felt>)]| {
        let width = Sha256Round::WIDTH;
        let values = order.iter().flat_map(|&(r, table)| table.values[r * width..][..width].to_vec()).collect();
        round_report(&RowMajorMatrix::new(values, width))
    };
    let all: Vec<_> = (0..ROWS).map(|r| (r, &table)).collect();
    assert!(net(&call, &rows(&all)).is_empty());
    let repeated = [&all[..], &all[5..6]].concat();
    let mut mixed = all.clone();
    mixed[9].1 = &other;
    for order in [&all[1..], &all[..ROWS - 1], &[&all[..7], &all[8..]].concat()[..], &repeated, &mixed] {
        let rows = rows(order);
        assert!(rows.is_honest());
        assert!(!net(&call, &rows).is_empty());
    }
}

/// Class 9: a row that proves the rounds of another place in the chain: its constants are not those of its number.
#[test]
fn a_row_has_the_constants_of_its_number() {
    let mut table = Sha256RoundChip::table(&[call()], ROWS);
    table.values.truncate(Sha256Round::WIDTH);
    for r in 1..ROWS {
        let mut forged = table.clone();
        let row: &mut Sha256Round<Felt> = forged.values.as_mut_slice().borrow_mut();
        row.row = [Felt::ZERO; 16];
        row.row[r] = Felt::ONE;
        assert!(!round_report(&forged).is_honest(), "{r}");
    }
}

/// The words that leave a call's last row are sent to nobody, those of every other row to the next.
#[test]
fn the_last_row_sends_no_words() {
    let record = call();
    let rounds = round_report(&Sha256RoundChip::table(&[record], ROWS));
    let words: Vec<_> = rounds.messages.iter().filter(|((bus, _), _)| bus == "sha256_schedule").collect();
    let [(message, count)] = words[..] else { panic!("{} messages", words.len()) };
    assert_eq!((message.1[1], *count), (0, -Felt::ONE));
    let block = from_memory::<8, 16>(&record.block.map(|access| access.prev));
    let expected = block.iter().flat_map(|word| [word & 0xffff, word >> 16]);
    assert_eq!(message.1[2..], expected.collect::<Vec<_>>());
}

/// The model of the tests above is the machine's; its rounds are those of FIPS 180-4 on the example "abc": the state
/// after rounds 0 and 63 as NIST prints it.
#[test]
fn rounds_have_the_published_values() {
    let start =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
    let mut block = [0; 16];
    (block[0], block[15]) = (0x6162_6380, 24);
    let words: [u32; 64] = schedule(&block);
    let first = round(start, 0, words[0]);
    assert_eq!((first[0], first[4]), (0x5d6a_ebcd, 0xfa2a_4622));
    let last = (0..64).fold(start, |state, t| round(state, t, words[t]));
    assert_eq!((last[0], last[4]), (0x506e_3058, 0x5ef5_0f24));
}

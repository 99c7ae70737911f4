use core::borrow::{Borrow, BorrowMut};

use alloc::vec::Vec;

use hearth_machine::layout::{ECALL_MODULAR_256, ECALL_MODULAR_384, REGISTER_WORD};
use hearth_machine::modular::{Division, multiply_add};
use hearth_machine::trace::{Access, ModularRecord};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::{Modular256, Modular256Chip, Modular384, Modular384Chip};
use crate::Felt;
use crate::check::{Report, degrees, interactions, mutants, report, zero_row_is_neutral};
use crate::chip::{Chip, RecordChip};

const POINTERS: [u64; 5] = [0x2000_0008, 0xfffe_fff8, 0x4000_0000, 0x0010_0000, 0x8001_0000];

fn register(index: u32, value: u64) -> Access {
    Access { word: REGISTER_WORD + index, prev_ts: 7, prev: value, next: value }
}

fn words<const W: usize>(pointer: u64, before: &[u64; W], after: &[u64; W]) -> [Access; W] {
    core::array::from_fn(|i| Access {
        word: (pointer / 8) as u32 + i as u32,
        prev_ts: 9 * i as u32,
        prev: before[i],
        next: after[i],
    })
}

/// The row of `a b + c = result` modulo `m`, whether or not that is so.
pub(super) fn record<const W: usize>([a, b, c, m]: [&[u64; W]; 4], result: &[u64; W]) -> ModularRecord<W> {
    let [to, a_at, b_at, c_at, m_at] = POINTERS;
    ModularRecord {
        pc: 0x1000,
        ts: 400_000,
        code: register(17, if W == 4 { ECALL_MODULAR_256 } else { ECALL_MODULAR_384 }),
        pointers: core::array::from_fn(|i| register(10 + i as u32, POINTERS[i])),
        operands: [words(a_at, a, a), words(b_at, b, b), words(c_at, c, c), words(m_at, m, m)],
        result: words(to, &[0x0123_4567_89ab_cdef; W], result),
    }
}

/// A chip on numbers of `W` words, with rows whose quotient is free.
pub(super) trait Wide<const W: usize>: RecordChip<Record = ModularRecord<W>> + Sized {
    fn with_quotient(record: &ModularRecord<W>, quotient: &[u64; W]) -> RowMajorMatrix<Felt> {
        let mut table = RowMajorMatrix::new(alloc::vec![Felt::ZERO; Self::WIDTH], Self::WIDTH);
        Self::fill_with(record, quotient, &mut table.values);
        table
    }

    fn fill_with(record: &ModularRecord<W>, quotient: &[u64; W], row: &mut [Felt]);

    /// The flag `zero_modulus`, and the markers.
    fn marks(row: &mut [Felt]) -> (&mut Felt, &mut [Felt]);

    /// The report of a row.
    fn report(record: &ModularRecord<W>) -> Report {
        report::<Self>(&Self::table(core::slice::from_ref(record), 1), &[])
    }

    /// The report of a row with this quotient.
    fn forged(numbers: [&[u64; W]; 4], quotient: &[u64; W], result: &[u64; W]) -> Report {
        report::<Self>(&Self::with_quotient(&record(numbers, result), quotient), &[])
    }
}

impl Wide<4> for Modular256Chip {
    fn fill_with(record: &ModularRecord<4>, quotient: &[u64; 4], row: &mut [Felt]) {
        let row: &mut Modular256<Felt> = row.borrow_mut();
        row.fill(record, quotient);
    }

    fn marks(row: &mut [Felt]) -> (&mut Felt, &mut [Felt]) {
        let row: &mut Modular256<Felt> = row.borrow_mut();
        (&mut row.zero_modulus, &mut row.marker)
    }
}

impl Wide<6> for Modular384Chip {
    fn fill_with(record: &ModularRecord<6>, quotient: &[u64; 6], row: &mut [Felt]) {
        let row: &mut Modular384<Felt> = row.borrow_mut();
        row.fill(record, quotient);
    }

    fn marks(row: &mut [Felt]) -> (&mut Felt, &mut [Felt]) {
        let row: &mut Modular384<Felt> = row.borrow_mut();
        (&mut row.zero_modulus, &mut row.marker)
    }
}

/// Numbers at the edges of bytes, limbs and words, and one without a pattern.
fn edges<const W: usize>() -> Vec<[u64; W]> {
    let mut numbers = alloc::vec![[0; W], [u64::MAX; W], [0xff00_00ff_ffff_0000; W]];
    let mut odd = [0; W];
    for (i, word) in (1..).zip(&mut odd) {
        *word = 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(i);
    }
    numbers.push(odd);
    for (at, word) in [(0, 1), (0, 0xffff), (W - 1, 1), (W - 1, 1 << 63), (1, 1 << 16)] {
        let mut number = [0; W];
        number[at] = word;
        numbers.push(number);
    }
    numbers
}

/// `x + y` and whether it has a carry.
fn plus<const W: usize>(x: &[u64; W], y: &[u64; W]) -> ([u64; W], bool) {
    let mut carry = false;
    let sum = core::array::from_fn(|i| {
        let (sum, first) = x[i].overflowing_add(y[i]);
        let (sum, second) = sum.overflowing_add(carry.into());
        carry = first | second;
        sum
    });
    (sum, carry)
}

fn minus_one<const W: usize>(x: &[u64; W]) -> [u64; W] {
    plus(x, &[u64::MAX; W]).0
}

pub(super) fn small<const W: usize>(word: u64) -> [u64; W] {
    let mut number = [0; W];
    number[0] = word;
    number
}

/// A row with nothing special, with its quotient and result.
pub(super) fn usual<const W: usize>() -> ([[u64; W]; 4], Division<W>) {
    let odd = edges::<W>()[3];
    let m = plus(&odd, &small(12345)).0;
    let numbers = [odd, odd.map(|word| !word), odd.map(u64::swap_bytes), m];
    let [a, b, c, m] = &numbers;
    (numbers, multiply_add(a, b, c, m).unwrap())
}

#[test]
fn lints() {
    assert!(zero_row_is_neutral::<Modular256Chip>());
    assert!(zero_row_is_neutral::<Modular384Chip>());
    assert_eq!(degrees::<Modular256Chip>(), (2, 2));
    assert_eq!(degrees::<Modular384Chip>(), (2, 2));
    let shape = [
        (Modular256Chip::WIDTH, interactions::<Modular256Chip>()),
        (Modular384Chip::WIDTH, interactions::<Modular384Chip>()),
    ];
    assert_eq!(shape, [(289, 226), (421, 332)]);
}

/// Completeness: every call of the domain has a row.
fn rows_are_honest<const W: usize, C: Wide<W>>() {
    let mut rows = 0;
    for a in edges::<W>() {
        for b in edges::<W>() {
            for c in [[0; W], [u64::MAX; W], b] {
                for m in edges::<W>() {
                    let Some(Division { remainder, .. }) = multiply_add(&a, &b, &c, &m) else { continue };
                    let report = C::report(&record([&a, &b, &c, &m], &remainder));
                    assert!(report.is_honest(), "{a:x?} {b:x?} {c:x?} {m:x?}: {report:?}");
                    rows += 1;
                }
            }
        }
    }
    assert!(rows > 800, "{rows}");
}

#[test]
fn rows_at_the_edges_are_honest() {
    rows_are_honest::<4, Modular256Chip>();
    rows_are_honest::<6, Modular384Chip>();
}

/// Results at both ends of their range, `0` and `m - 1`.
fn extreme_results_are_honest<const W: usize, C: Wide<W>>() {
    for m in edges::<W>() {
        let last = minus_one(&m);
        for c in [[0; W], last] {
            let Division { quotient, remainder } = multiply_add(&m, &small(3), &c, &m).unwrap_or_else(|| {
                // Modulo 2^(64 W) a factor of 0 is what comes next to the modulus itself.
                multiply_add(&[0; W], &small(3), &c, &m).unwrap()
            });
            assert_eq!(remainder, c);
            assert!(C::forged([&m, &small(3), &c, &m], &quotient, &remainder).is_honest(), "{m:x?}");
        }
    }
}

#[test]
fn results_at_the_ends_of_their_range_are_honest() {
    extreme_results_are_honest::<4, Modular256Chip>();
    extreme_results_are_honest::<6, Modular384Chip>();
}

/// Columns that take another value in a used row without being rejected.
fn used_row_survivors<C: Chip>(row: &[Felt]) -> Vec<usize> {
    let check = |row: Vec<Felt>| report::<C>(&RowMajorMatrix::new(row, C::WIDTH), &[]);
    let honest = check(row.to_vec());
    assert!(honest.is_honest());
    let survives = |&column: &usize| {
        mutants(row[column]).into_iter().any(|mutant| {
            let mut forged = row.to_vec();
            forged[column] = mutant;
            !check(forged).is_rejected_against(&honest)
        })
    };
    (0..C::WIDTH).filter(survives).collect()
}

/// Classes 5, 7 and 13: every cell of a used row is pinned, with a modulus and without.
fn every_cell_is_pinned_in<const W: usize, C: Wide<W>>() {
    let ([a, b, c, m], Division { remainder, .. }) = usual::<W>();
    let table = C::table(&[record([&a, &b, &c, &m], &remainder)], 1);
    assert_eq!(used_row_survivors::<C>(&table.values), []);
    let zero = [0; W];
    let Division { remainder, .. } = multiply_add(&a, &b, &c, &zero).unwrap();
    let table = C::table(&[record([&a, &b, &c, &zero], &remainder)], 1);
    assert_eq!(used_row_survivors::<C>(&table.values), []);
}

#[test]
fn every_cell_is_pinned() {
    every_cell_is_pinned_in::<4, Modular256Chip>();
    every_cell_is_pinned_in::<6, Modular384Chip>();
}

/// Class 8, two representations: `q - 1, r + m` and `q + 1, r - m` hold the equation too.
fn results_are_reduced_in<const W: usize, C: Wide<W>>() {
    let m = edges::<W>()[3].map(|word| word >> 1);
    for c in [small(5), minus_one(&m)] {
        let numbers = [&small(3), &m, &c, &m];
        assert!(C::forged(numbers, &small(3), &c).is_honest());
        let report = C::forged(numbers, &small(2), &plus(&c, &m).0);
        assert!(report.violations.is_empty(), "the equation holds");
        assert_eq!(report.bad_lookups.len(), 1);
        // r - m modulo 2^(64 W): the equation is off by that power.
        let negative = plus(&c, &plus(&m.map(|word| !word), &small(1)).0).0;
        assert!(!C::forged(numbers, &small(4), &negative).is_honest());
    }
    // r = m, the least that is not reduced.
    let report = C::forged([&small(3), &m, &[0; W], &m], &small(2), &m);
    assert!(!report.is_honest());
}

#[test]
fn results_are_reduced() {
    results_are_reduced_in::<4, Modular256Chip>();
    results_are_reduced_in::<6, Modular384Chip>();
}

/// A modulus of 0 is a power of 2, and no other modulus is.
fn zero_modulus_is_no_choice_in<const W: usize, C: Wide<W>>() {
    let ([a, b, c, m], Division { quotient, remainder }) = usual::<W>();
    // The row of another modulus with the flag: quotient and result of the power of 2.
    let division = multiply_add(&a, &b, &c, &[0; W]).unwrap();
    let row = |zero: bool, m: &[u64; W], Division { quotient, remainder }: &Division<W>| {
        let mut table = C::with_quotient(&record([&a, &b, &c, m], remainder), quotient);
        assert_eq!(table.values[1], Felt::from_bool(*m == [0; W]));
        table.values[1] = Felt::from_bool(zero);
        report::<C>(&table, &[])
    };
    assert!(row(true, &[0; W], &division).is_honest());
    assert!(row(false, &m, &Division { quotient, remainder }).is_honest());
    assert!(!row(true, &m, &division).is_honest());
    assert!(!row(false, &[0; W], &division).is_honest());
    // Without the flag a zero modulus would leave any quotient; no result is below it.
    let tiny = [&small(2), &small(3), &small(4), &[0; W]];
    for quotient in [[0; W], small(7)] {
        let mut table = C::with_quotient(&record(tiny, &small(10)), &quotient);
        table.values[1] = Felt::ZERO;
        assert!(!report::<C>(&table, &[]).is_honest());
    }
}

#[test]
fn zero_modulus_is_no_choice() {
    zero_modulus_is_no_choice_in::<4, Modular256Chip>();
    zero_modulus_is_no_choice_in::<6, Modular384Chip>();
}

/// Wrong results and wrong quotients have no row.
fn wrong_results_have_no_row_in<const W: usize, C: Wide<W>>() {
    let ([a, b, c, m], Division { quotient, remainder }) = usual::<W>();
    let numbers = [&a, &b, &c, &m];
    for at in 0..W {
        for difference in [1, 1 << 16, 1 << 63] {
            let flip = |mut number: [u64; W]| {
                number[at] ^= difference;
                number
            };
            assert!(!C::forged(numbers, &quotient, &flip(remainder)).is_honest());
            assert!(!C::forged(numbers, &flip(quotient), &remainder).is_honest());
            assert!(!C::report(&record(numbers, &flip(remainder))).is_honest());
        }
    }
    // A quotient of more words: its low words do not do.
    let max = [u64::MAX; W];
    assert_eq!(multiply_add(&max, &max, &[0; W], &small(1)), None);
    assert!(!C::forged([&max, &max, &[0; W], &small(1)], &small(1), &[0; W]).is_honest());
    assert!(!C::forged([&max, &max, &[0; W], &small(1)], &max, &[0; W]).is_honest());
}

#[test]
fn wrong_results_have_no_row() {
    wrong_results_have_no_row_in::<4, Modular256Chip>();
    wrong_results_have_no_row_in::<6, Modular384Chip>();
}

/// Conditions 9 and 19: misaligned, too high and 64-bit pointers have no row.
#[test]
fn bad_pointers_have_no_row() {
    let ([a, b, c, m], Division { remainder, .. }) = usual::<4>();
    for pointer in [0x2000_0001, 0x2000_0004, 0xffff_0000, 0xffff_ff38, 0x1_2000_0008, 0x8000_0000_2000_0008] {
        for which in 0..5 {
            let mut record = record([&a, &b, &c, &m], &remainder);
            record.pointers[which] = register(10 + which as u32, pointer);
            let words = match which {
                0 => &mut record.result,
                operand => &mut record.operands[operand - 1],
            };
            for (i, access) in (0..).zip(words) {
                access.word = (pointer / 8) as u32 + i;
            }
            let report = Modular256Chip::report(&record);
            let limbs = [pointer >> 32 & 0xffff, pointer >> 48].map(|limb| limb as u32);
            let sends_pointer = report.messages.keys().any(|(bus, fields)| {
                bus == "memory" && fields[0] == record.pointers[which].word && fields[4..] == limbs
            });
            assert!(!report.is_honest() || !sends_pointer, "{pointer:#x} {which}");
        }
    }
}

/// Class 7, a consistent cheat: another result, larger by 1 in limb k and by 32512 in limb k + 1. The carry between them
/// makes up for both if it is larger by 32512, as `2^16 x 32512 = -1` modulo p. All equations hold, all cells are below
/// 2^16; only the sum of a group of carries gives it away.
#[test]
fn a_carry_cannot_wrap_around_the_field() {
    let ([a, b, c, _], _) = usual::<4>();
    let zero = [0; 4];
    let Division { remainder, .. } = multiply_add(&a, &b, &c, &zero).unwrap();
    let table = Modular256Chip::table(&[record([&a, &b, &c, &zero], &remainder)], 1);
    let row: &Modular256<Felt> = table.values.as_slice().borrow();
    let mut forgeries = 0;
    for k in 0..15 {
        let limbs = &row.result[k..k + 2];
        if limbs[0].as_canonical_u32() == 0 || limbs[1].as_canonical_u32() < 32512 {
            continue;
        }
        for sign in [Felt::ONE, -Felt::ONE] {
            let mut table = table.clone();
            let row: &mut Modular256<Felt> = table.values.as_mut_slice().borrow_mut();
            row.result[k] -= sign;
            row.result[k + 1] -= sign * Felt::from_u16(32512);
            row.carry[k] -= sign * Felt::from_u16(32512);
            let report = report::<Modular256Chip>(&table, &[]);
            assert_eq!(report.violations.len(), 0, "{k}");
            assert!(!report.bad_lookups.is_empty(), "{k}");
            forgeries += 1;
        }
    }
    assert!(forgeries > 3, "{forgeries}");
}

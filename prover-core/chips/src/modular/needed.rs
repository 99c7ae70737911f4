//! Every constraint is load-bearing: for each there is a row that breaks it and nothing else. The general search for such
//! rows (`crate::removal`) takes too long on rows as wide as these.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use hearth_machine::modular::{Division, multiply_add};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::tests::{Wide, record, small, usual};
use super::{Modular256Chip, Modular384Chip};
use crate::Felt;
use crate::check::{Report, mutants, report};

/// The one constraint that the row breaks, if it breaks nothing else.
fn alone(report: &Report) -> Option<usize> {
    match (&report.violations[..], &report.bad_lookups[..]) {
        ([(_, constraint)], []) => Some(*constraint),
        _ => None,
    }
}

/// Constraints before the equation's digits: two flags, what the second means, two for each marker, the sum of the markers.
const fn before_digits(words: usize) -> usize {
    4 + 2 * 4 * words
}

/// Real rows of `0 b + r = 0 m + r`, which holds for all `r` and `m`, with this flag and these markers.
struct Marked<const W: usize> {
    modulus: [u64; W],
    result: [u64; W],
    zero_modulus: Felt,
    /// By the number of their limb.
    markers: Vec<(usize, Felt)>,
}

impl<const W: usize> Marked<W> {
    /// A row whose numbers agree in all limbs but these: `(limb, of the modulus, of the result)`.
    fn differing(limbs: &[(usize, u16, u16)], markers: &[(usize, Felt)]) -> Self {
        let mut numbers = [[0x0005_0005_0005_0005u64; W]; 2];
        for &(limb, of_modulus, of_result) in limbs {
            for (number, value) in numbers.iter_mut().zip([of_modulus, of_result]) {
                let shift = 16 * (limb % 4);
                number[limb / 4] = number[limb / 4] & !(0xffff << shift) | u64::from(value) << shift;
            }
        }
        let [modulus, result] = numbers;
        Self { modulus, result, zero_modulus: Felt::ZERO, markers: markers.to_vec() }
    }

    fn report<C: Wide<W>>(&self) -> Report {
        let zero = [0; W];
        let record = record([&zero, &zero, &self.result, &self.modulus], &self.result);
        let mut table = C::with_quotient(&record, &zero);
        let (zero_modulus, marker) = C::marks(&mut table.values);
        *zero_modulus = self.zero_modulus;
        marker.fill(Felt::ZERO);
        for &(limb, value) in &self.markers {
            marker[limb] = value;
        }
        report::<C>(&table, &[])
    }
}

fn every_mark_is_needed_in<const W: usize, C: Wide<W>>() {
    let (one, top) = (Felt::ONE, 4 * W - 1);
    let honest = Marked::<W>::differing(&[(0, 6, 5)], &[(0, one)]);
    let accepted = honest.report::<C>();
    assert_eq!((accepted.violations, accepted.bad_lookups), (Vec::new(), Vec::new()));

    let mut rows = Vec::new();
    // A modulus that is said to be 0, and a result above it.
    rows.push(Marked { zero_modulus: one, ..Marked::differing(&[(0, 5, 6)], &[]) });
    for limb in 0..=top {
        // A marker of -1 and two of 1; in limb 0 so that the greater result counts as the smaller.
        let (difference, others) = match limb {
            0 => ((0, 5, 6), [1, 2]),
            1 => ((0, 6, 5), [0, 2]),
            _ => ((0, 6, 5), [0, 1]),
        };
        rows.push(Marked::differing(&[difference], &[(limb, -one), (others[0], one), (others[1], one)]));
        if limb > 0 {
            // The result is greater in this limb, and less in the marked one below it.
            rows.push(Marked::differing(&[(limb, 5, 6), (0, 6, 5)], &[(0, one)]));
        }
    }
    // Two markers, the lower one where the numbers agree.
    rows.push(Marked::differing(&[(1, 6, 5)], &[(1, one), (0, one)]));

    // A padding row with a marker. On a real one the rest of the row leaves the second flag no third value: with a modulus it is 0,
    // and without one no result is below it.
    let mut padding = RowMajorMatrix::new(alloc::vec![Felt::ZERO; C::WIDTH], C::WIDTH);
    let (zero_modulus, marker) = C::marks(&mut padding.values);
    (*zero_modulus, marker[top]) = (-one, one);

    let reports = rows.iter().map(|row| row.report::<C>()).chain([report::<C>(&padding, &[])]);
    let needed: BTreeSet<usize> = reports.filter_map(|report| alone(&report)).collect();
    let missing: Vec<usize> = (0..before_digits(W)).filter(|constraint| !needed.contains(constraint)).collect();
    // A row that is there more than once looks everything up more than once, which breaks the look-ups too. And at the lowest
    // limb all markers are seen, and they add up to what the limb is compared with.
    let (is_real, agrees_at_lowest) = (0, before_digits(W) - 2);
    assert_eq!(missing, [is_real, agrees_at_lowest]);
}

#[test]
fn every_mark_is_needed() {
    every_mark_is_needed_in::<4, Modular256Chip>();
    every_mark_is_needed_in::<6, Modular384Chip>();
}

/// Every digit of the equation is load-bearing: some row breaks it and nothing else. Rows are honest ones with one cell changed,
/// and those of a result, a quotient or an addend that is off by one in one limb, all that follows filled in as if it were right.
fn every_digit_is_needed_in<const W: usize, C: Wide<W>>() {
    let ([a, b, c, m], _) = usual::<W>();
    let mut needed = BTreeSet::new();
    let mut constraints = 0;
    let mut look = |report: Report| {
        constraints = report.constraints;
        needed.extend(alone(&report));
    };
    for m in [m, [0; W], small(7)] {
        let Some(Division { quotient, remainder }) = multiply_add(&a, &b, &c, &m) else { continue };
        let table = C::table(&[record([&a, &b, &c, &m], &remainder)], 1);
        for column in 0..C::WIDTH {
            for mutant in mutants(table.values[column]) {
                let mut forged = table.clone();
                forged.values[column] = mutant;
                look(report::<C>(&forged, &[]));
            }
        }
        for limb in 0..4 * W {
            let off = |mut number: [u64; W], more: bool| {
                let unit = 1u64 << (16 * (limb % 4));
                let word = &mut number[limb / 4];
                *word = if more { word.wrapping_add(unit) } else { word.wrapping_sub(unit) };
                number
            };
            for more in [false, true] {
                look(C::forged([&a, &b, &c, &m], &quotient, &off(remainder, more)));
                look(C::forged([&a, &b, &c, &m], &off(quotient, more), &remainder));
                look(C::forged([&a, &b, &off(c, more), &m], &quotient, &remainder));
            }
        }
    }
    let digits = before_digits(W);
    assert_eq!(constraints, digits + 8 * W);
    let missing: Vec<usize> = (digits..constraints).filter(|constraint| !needed.contains(constraint)).collect();
    assert_eq!(missing, []);
}

#[test]
fn every_digit_is_needed() {
    every_digit_is_needed_in::<4, Modular256Chip>();
    every_digit_is_needed_in::<6, Modular384Chip>();
}

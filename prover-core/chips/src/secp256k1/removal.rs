//! Every digit of every relation, and every bound of its carries, is load-bearing: without it a wrong point passes.
//!
//! A relation that is off by `2^(16 t)` gives a slope, an x or a y from which the rest of the row follows as if it were
//! right: all its digits hold but digit `t`. Off by the order of the proof's field there, every digit holds, and only
//! the bounds of carries are left.

use alloc::vec;
use alloc::vec::Vec;
use core::borrow::BorrowMut;

use hearth_machine::secp256k1::{
    Point, U256, chord, coordinates, double, invert, multiply, multiply_add, reduce, subtract, tangent, third,
};
use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::add::CHORD_BOUNDS;
use super::double::TANGENT_BOUNDS;
use super::line::{X_BOUNDS, Y_BOUNDS};
use super::operand::{bytes, integers, limbs};
use super::relation::{Integer, Value};
use super::tests::{add_record, double_record};
use super::{PointAdd, PointAddChip, PointDouble, PointDoubleChip};
use crate::Felt;
use crate::check::{Report, report};
use crate::chip::Chip;

/// The order of the proof's field.
const ORDER: i64 = Felt::ORDER_U32 as i64;

/// Which relation is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Slope,
    X,
    Y,
}

const RELATIONS: [Relation; 3] = [Relation::Slope, Relation::X, Relation::Y];

/// A point of the curve.
const GENERATOR: Point = [
    0x59f2_815b_16f8_1798,
    0x029b_fcdb_2dce_28d9,
    0x55a0_6295_ce87_0b07,
    0x79be_667e_f9dc_bbac,
    0x9c47_d08f_fb10_d4b8,
    0xfd17_b448_a685_5419,
    0x5da4_fbfc_0e11_08a8,
    0x483a_da77_26a3_c465,
];

/// What is added at byte positions of a relation.
type Offsets<'a> = &'a [(usize, i64)];

/// The number that these offsets are, modulo the prime.
fn number(offsets: Offsets<'_>) -> U256 {
    offsets.iter().fold([0; 4], |sum, &(position, amount)| {
        let power = (0..position).fold([amount.unsigned_abs(), 0, 0, 0], |power, _| multiply(&power, &[256, 0, 0, 0]));
        if amount < 0 { subtract(&sum, &power) } else { multiply_add(&power, &[1, 0, 0, 0], &sum) }
    })
}

/// What `relation` is off by, if it is the one that is.
fn of(relation: Relation, off: Relation, offsets: Offsets<'_>) -> U256 {
    if relation == off { number(offsets) } else { [0; 4] }
}

/// The point that a line of `slope` leads to, with x and y off by these numbers.
fn off_point(slope: &U256, p: &Point, other_x: &U256, off: [U256; 2]) -> Point {
    let [px, py] = coordinates(p);
    let zero = [0; 4];
    let x = subtract(&coordinates(&third(slope, p, other_x))[0], &subtract(&zero, &off[0]));
    let y = subtract(&multiply(slope, &subtract(&reduce(&px), &x)), &reduce(&py));
    let y = subtract(&y, &subtract(&zero, &off[1]));
    let mut point = [0; 8];
    point[..4].copy_from_slice(&x);
    point[4..].copy_from_slice(&y);
    point
}

fn integers_of(words: &U256) -> [Integer; 32] {
    integers(&bytes(words))
}

fn limbs_of(words: &U256) -> [Integer; 16] {
    integers(&limbs(words))
}

fn plus(mut value: Value<Integer>, offsets: Offsets<'_>) -> Value<Integer> {
    for &(position, amount) in offsets {
        value.0[position].0 += amount;
    }
    value
}

fn add_half(carries: &mut [Felt], at: Option<usize>) {
    if let Some(at) = at {
        carries[at] += Felt::TWO.inverse();
    }
}

/// The row of an addition in which `off` is off by `offsets`, and everything else follows; then its carry `half` is 1/2 more.
fn add_row(off: Relation, offsets: Offsets<'_>, half: Option<usize>) -> Report {
    let (p, q) = (GENERATOR, double(&GENERATOR).expect("y is not 0"));
    let ([px, py], [qx, qy]) = (coordinates(&p), coordinates(&q));
    let inverse = invert(&subtract(&qx, &px));
    let slope = chord(&p, &q).expect("the two x differ");
    let slope = subtract(&slope, &multiply(&of(Relation::Slope, off, offsets), &inverse));
    let result = off_point(&slope, &p, &qx, [Relation::X, Relation::Y].map(|relation| of(relation, off, offsets)));
    let mut table = RowMajorMatrix::new(vec![Felt::ZERO; PointAdd::WIDTH], PointAdd::WIDTH);
    let row: &mut PointAdd<Felt> = table.values.as_mut_slice().borrow_mut();
    super::add::fill(&add_record(&p, &q, &result), &slope, row);

    let [rx, ry] = coordinates(&result);
    let [s, x, other, r] = [&slope, &px, &qx, &rx].map(integers_of);
    let difference = |a: &[Integer; 32], b: &[Integer; 32]| core::array::from_fn(|i| Integer(a[i].0 - b[i].0));
    match off {
        Relation::Slope => {
            let value =
                Value::product(&s, &difference(&other, &x)).plus_limbs(&limbs_of(&py)).minus_limbs(&limbs_of(&qy));
            CHORD_BOUNDS.fill(&plus(value, offsets), &mut row.chord_quotient, &mut row.chord_carry);
        }
        Relation::X => {
            let value = Value::product(&s, &s).minus_bytes(&x).minus_bytes(&other).minus_bytes(&r);
            X_BOUNDS.fill(&plus(value, offsets), &mut row.line.x_quotient, &mut row.line.x_carry);
        }
        Relation::Y => {
            let value = Value::product(&s, &difference(&x, &r)).minus_limbs(&limbs_of(&ry)).minus_limbs(&limbs_of(&py));
            Y_BOUNDS.fill(&plus(value, offsets), &mut row.line.y_quotient, &mut row.line.y_carry);
        }
    }
    let carries = match off {
        Relation::Slope => &mut row.chord_carry,
        Relation::X => &mut row.line.x_carry,
        Relation::Y => &mut row.line.y_carry,
    };
    add_half(carries, half);
    report::<PointAddChip>(&table, &[])
}

/// The same of a doubling.
fn double_row(off: Relation, offsets: Offsets<'_>, half: Option<usize>) -> Report {
    let p = GENERATOR;
    let [px, py] = coordinates(&p);
    let inverse = invert(&multiply(&py, &[2, 0, 0, 0]));
    let slope = tangent(&p).expect("y is not 0");
    let slope = subtract(&slope, &multiply(&of(Relation::Slope, off, offsets), &inverse));
    let result = off_point(&slope, &p, &px, [Relation::X, Relation::Y].map(|relation| of(relation, off, offsets)));
    let mut table = RowMajorMatrix::new(vec![Felt::ZERO; PointDouble::WIDTH], PointDouble::WIDTH);
    let row: &mut PointDouble<Felt> = table.values.as_mut_slice().borrow_mut();
    super::double::fill(&double_record(&p, &result), &slope, row);

    let [rx, ry] = coordinates(&result);
    let [s, x, y, r] = [&slope, &px, &py, &rx].map(integers_of);
    match off {
        Relation::Slope => {
            let two_y = y.map(|byte| Integer(2 * byte.0));
            let value = Value::product(&s, &two_y).plus(-3, Value::product(&x, &x));
            TANGENT_BOUNDS.fill(&plus(value, offsets), &mut row.tangent_quotient, &mut row.tangent_carry);
        }
        Relation::X => {
            let value = Value::product(&s, &s).minus_bytes(&x).minus_bytes(&x).minus_bytes(&r);
            X_BOUNDS.fill(&plus(value, offsets), &mut row.line.x_quotient, &mut row.line.x_carry);
        }
        Relation::Y => {
            let difference = core::array::from_fn(|i| Integer(x[i].0 - r[i].0));
            let value = Value::product(&s, &difference).minus_limbs(&limbs_of(&ry)).minus_bytes(&y);
            Y_BOUNDS.fill(&plus(value, offsets), &mut row.line.y_quotient, &mut row.line.y_carry);
        }
    }
    match off {
        Relation::Slope => add_half(&mut row.tangent_carry, half),
        Relation::X => add_half(&mut row.line.x_carry, half),
        Relation::Y => add_half(&mut row.line.y_carry, half),
    }
    report::<PointDoubleChip>(&table, &[])
}

/// A chip's row, the first constraint of each relation, and the bytes of a digit of the relation for the slope.
type Subject = (&'static str, fn(Relation, Offsets<'_>, Option<usize>) -> Report, [usize; 3], usize);

const SUBJECTS: [Subject; 2] =
    [(PointAddChip::NAME, add_row, [6, 38, 70], 2), (PointDoubleChip::NAME, double_row, [4, 68, 100], 1)];

/// Bytes of a digit of `relation`.
fn digit(relation: Relation, slope: usize) -> usize {
    if relation == Relation::Slope { slope } else { 2 }
}

#[test]
fn every_digit_is_load_bearing() {
    for (chip, row, first, slope) in SUBJECTS {
        assert!(row(Relation::X, &[], None).is_honest(), "{chip}: the control");
        for (relation, first) in RELATIONS.into_iter().zip(first) {
            let size = digit(relation, slope);
            for t in 0..64 / size {
                let report = row(relation, &[(size * t, 1)], None);
                assert_eq!(report.violations, [(0, first + t)], "{chip}, {relation:?}, digit {t}");
                assert!(report.bad_lookups.is_empty(), "{chip}, {relation:?}, digit {t}: {:?}", report.bad_lookups);
            }
        }
    }
}

/// A carry that wraps around the order of the field once passes its own look-up: only the sum of its group is too
/// great. Two that wrap in opposite ways leave the sum: only the look-up of the one below 0 fails. In a group of one carry
/// it is the half of an odd number that only its own look-up refuses.
#[test]
fn carries_are_bounded_by_both_look_ups() {
    let mut alone = Vec::new();
    for (chip, row, _, slope) in SUBJECTS {
        for relation in RELATIONS {
            let size = digit(relation, slope);
            // Digits of one byte have no sums: their equations hold within the range of a carry.
            if size == 1 {
                continue;
            }
            // The last carry is the top of the quotient.
            for t in 0..31 {
                let report = row(relation, &[(2 * t, ORDER)], None);
                assert!(report.violations.is_empty());
                let sums = report.bad_lookups.len();
                assert_eq!(sums, 1, "{chip}, {relation:?}, carry {t}: {:?}", report.bad_lookups);
                let refused_once = |offsets: Offsets<'_>, half: Option<usize>| {
                    let report = row(relation, offsets, half);
                    report.violations.is_empty() && report.bad_lookups.len() == 1
                };
                let opposite = |other: usize| refused_once(&[(2 * t, -ORDER), (2 * other, ORDER)], None);
                let neighbours = [t.wrapping_sub(1), t + 1].into_iter().filter(|&other| other < 31);
                if !neighbours.into_iter().any(opposite) {
                    alone.push((chip, relation, t));
                    // 1/2 more: what is missing from the digit above makes up for it.
                    let halves = [(ORDER + 1) / 2, (1 - ORDER) / 2];
                    let half = |above: i64| refused_once(&[(2 * t, -(1 << 15)), (2 * t + 2, above)], Some(t));
                    assert!(halves.into_iter().any(half), "{chip}, {relation:?}, carry {t}");
                }
            }
        }
    }
    assert_eq!(alone.len(), 3, "groups of one carry: {alone:?}");
}

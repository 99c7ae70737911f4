use core::borrow::{Borrow, BorrowMut};

use alloc::vec::Vec;

use hearth_machine::layout::{ECALL_SECP256K1_ADD, ECALL_SECP256K1_DOUBLE, REGISTER_WORD};
use hearth_machine::secp256k1::{PRIME, Point, U256, add, coordinates, double, subtract, third};
use hearth_machine::trace::{Access, Secp256k1Add, Secp256k1Double};
use k256::elliptic_curve::PrimeField;
use k256::elliptic_curve::sec1::ToEncodedPoint;
use k256::{FieldBytes, ProjectivePoint, Scalar};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::{PointAdd, PointAddChip, PointDouble, PointDoubleChip};
use crate::Felt;
use crate::check::{Report, degrees, interactions, mutants, report, zero_row_is_neutral};
use crate::chip::{Chip, RecordChip};

const P_POINTER: u64 = 0x2000_0008;
const Q_POINTER: u64 = 0xffff_fff8 - (1 << 17);

fn register(index: u32, value: u64) -> Access {
    Access { word: REGISTER_WORD + index, prev_ts: 7, prev: value, next: value }
}

fn words(pointer: u64, before: &Point, after: &Point) -> [Access; 8] {
    core::array::from_fn(|i| Access {
        word: (pointer / 8) as u32 + i as u32,
        prev_ts: 9 * i as u32,
        prev: before[i],
        next: after[i],
    })
}

/// The row of `p + q = sum`, whether or not that is so.
pub(super) fn add_record(p: &Point, q: &Point, sum: &Point) -> Secp256k1Add {
    Secp256k1Add {
        pc: 0x1000,
        ts: 400_000,
        code: register(17, ECALL_SECP256K1_ADD),
        pointers: [register(10, P_POINTER), register(11, Q_POINTER)],
        q: words(Q_POINTER, q, q),
        p: words(P_POINTER, p, sum),
    }
}

/// The row of `2 p = result`, whether or not that is so.
pub(super) fn double_record(p: &Point, result: &Point) -> Secp256k1Double {
    Secp256k1Double {
        pc: 0x1000,
        ts: 400_000,
        code: register(17, ECALL_SECP256K1_DOUBLE),
        pointer: register(10, P_POINTER),
        p: words(P_POINTER, p, result),
    }
}

fn add_report(record: &Secp256k1Add) -> Report {
    report::<PointAddChip>(&PointAddChip::table(core::slice::from_ref(record), 1), &[])
}

fn double_report(record: &Secp256k1Double) -> Report {
    report::<PointDoubleChip>(&PointDoubleChip::table(core::slice::from_ref(record), 1), &[])
}

/// A row with another slope than the line's.
fn add_with_slope(record: &Secp256k1Add, slope: &U256) -> Report {
    let mut table = RowMajorMatrix::new(alloc::vec![Felt::ZERO; PointAdd::WIDTH], PointAdd::WIDTH);
    super::add::fill(record, slope, table.values.as_mut_slice().borrow_mut());
    report::<PointAddChip>(&table, &[])
}

fn double_with_slope(record: &Secp256k1Double, slope: &U256) -> Report {
    let mut table = RowMajorMatrix::new(alloc::vec![Felt::ZERO; PointDouble::WIDTH], PointDouble::WIDTH);
    super::double::fill(record, slope, table.values.as_mut_slice().borrow_mut());
    report::<PointDoubleChip>(&table, &[])
}

fn point(x: U256, y: U256) -> Point {
    let mut point = [0; 8];
    point[..4].copy_from_slice(&x);
    point[4..].copy_from_slice(&y);
    point
}

/// The multiple of the generator, by another implementation.
fn multiple(scalar: Scalar) -> Point {
    let encoded = (ProjectivePoint::GENERATOR * scalar).to_affine().to_encoded_point(false);
    let words = |bytes: &FieldBytes| {
        let mut words: U256 = core::array::from_fn(|i| u64::from_be_bytes(bytes[8 * i..][..8].try_into().unwrap()));
        words.reverse();
        words
    };
    point(words(encoded.x().unwrap()), words(encoded.y().unwrap()))
}

/// Small and large multiples of the generator.
fn scalars() -> Vec<Scalar> {
    let large = Scalar::from_repr(FieldBytes::from([0x5a; 32])).unwrap();
    let mut scalars: Vec<_> = [1u64, 2, 3, 1 << 40].map(Scalar::from).to_vec();
    scalars.extend([large, large * large, -Scalar::ONE]);
    scalars
}

/// Coordinates at the edges of limbs and of the prime; no point with them need lie on the curve.
fn edges() -> Vec<U256> {
    let [low, high] = [PRIME[0], u64::MAX];
    alloc::vec![
        [0; 4],
        [1, 0, 0, 0],
        [low - 1, high, high, high],
        [low - (1 << 16), high, high, high],
        [0xffff_fffd_ffff_ffff, high, high, high],
        [0xffff_ffff_0000_0000, 0, 0, 0],
        [0, 0, 0, 1 << 63],
        [0xffff; 4],
    ]
}

#[test]
fn lints() {
    assert!(zero_row_is_neutral::<PointAddChip>());
    assert!(zero_row_is_neutral::<PointDoubleChip>());
    assert_eq!(degrees::<PointAddChip>(), (3, 2));
    assert_eq!(degrees::<PointDoubleChip>(), (2, 2));
    let shape = [
        (PointAddChip::WIDTH, interactions::<PointAddChip>()),
        (PointDoubleChip::WIDTH, interactions::<PointDoubleChip>()),
    ];
    assert_eq!(shape, [(382, 334), (374, 319)]);
}

#[test]
fn rows_of_curve_points_are_honest() {
    for p in scalars() {
        let report = double_report(&double_record(&multiple(p), &multiple(p + p)));
        assert!(report.is_honest(), "{:?} {:?}", report.violations, report.bad_lookups);
        for q in scalars().into_iter().filter(|&q| q != p && q != -p) {
            let report = add_report(&add_record(&multiple(p), &multiple(q), &multiple(p + q)));
            assert!(report.is_honest(), "{:?} {:?}", report.violations, report.bad_lookups);
        }
    }
}

/// Completeness: no coordinate in the domain is without a row, and y of an addend and x of a doubled point may be any.
#[test]
fn rows_of_edge_coordinates_are_honest() {
    let mut others = edges();
    others.extend([PRIME, [u64::MAX; 4]]);
    let mut rows = 0;
    for x in edges() {
        for &y in &others {
            let (p, q) = (point(x, y), point([12345, 0, 0, u64::MAX], [u64::MAX - 5; 4]));
            for (p, q) in [(p, q), (q, p)] {
                let sum = add(&p, &q).unwrap();
                let report = add_report(&add_record(&p, &q, &sum));
                assert!(report.is_honest(), "{p:x?}: {:?} {:?}", report.violations, report.bad_lookups);
            }
            let p = point(y, x);
            if let Some(result) = double(&p) {
                let report = double_report(&double_record(&p, &result));
                assert!(report.is_honest(), "{p:x?}: {:?} {:?}", report.violations, report.bad_lookups);
                rows += 1;
            }
        }
    }
    assert_eq!(rows, 7 * 10);
}

/// Results at the edges of the prime are proved too. A slope of 0 gives x = -(px + qx) and y = -py.
#[test]
fn rows_of_edge_results_are_honest() {
    for edge in edges() {
        let negative = subtract(&[0; 4], &edge);
        let (p, q) = (point([0; 4], negative), point(negative, negative));
        if let Some(sum) = add(&p, &q) {
            assert_eq!(sum, point(edge, edge));
            let report = add_report(&add_record(&p, &q, &sum));
            assert!(report.is_honest(), "{edge:x?}: {:?} {:?}", report.violations, report.bad_lookups);
        }
    }
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

/// Classes 5, 7 and 13: every cell of a used row is pinned.
#[test]
fn every_cell_is_pinned() {
    let [p, q] = [Scalar::from(3u64), Scalar::from(1u64 << 40)];
    let record = add_record(&multiple(p), &multiple(q), &multiple(p + q));
    assert_eq!(used_row_survivors::<PointAddChip>(&PointAddChip::table(&[record], 1).values), []);
    let record = double_record(&multiple(p), &multiple(p + p));
    assert_eq!(used_row_survivors::<PointDoubleChip>(&PointDoubleChip::table(&[record], 1).values), []);
}

/// Conditions 9 and 19: misaligned, too high and 64-bit pointers have no row.
#[test]
fn bad_pointers_have_no_row() {
    let [p, q] = [Scalar::from(3u64), Scalar::from(5u64)];
    for pointer in [0x2000_0001, 0x2000_0004, 0xffff_0000, 0xffff_ff38, 0x1_2000_0008, 0x8000_0000_2000_0008] {
        for which in 0..2 {
            let mut record = add_record(&multiple(p), &multiple(q), &multiple(p + q));
            record.pointers[which] = register(10 + which as u32, pointer);
            let words = if which == 0 { &mut record.p } else { &mut record.q };
            for (i, access) in (0..).zip(words) {
                access.word = (pointer / 8) as u32 + i;
            }
            let report = add_report(&record);
            let sends_pointer = report.messages.keys().any(|(bus, fields)| {
                bus == "memory" && fields[0] == record.pointers[which].word && fields[4..] == limbs(pointer)[2..]
            });
            assert!(!report.is_honest() || !sends_pointer, "{pointer:#x}");
        }
    }
}

fn limbs(word: u64) -> [u32; 4] {
    core::array::from_fn(|i| (word >> (16 * i) & 0xffff) as u32)
}

/// Under-constrained division: with equal x the slope would be free, and with it the sum.
#[test]
fn equal_x_has_no_row() {
    let p = multiple(Scalar::from(3u64));
    for slope in [[7, 0, 0, 0], [0; 4]] {
        for q in [p, multiple(-Scalar::from(3u64))] {
            let result = third(&slope, &p, &coordinates(&q)[0]);
            let report = add_with_slope(&add_record(&p, &q, &result), &slope);
            assert!(!report.is_honest());
        }
        // With equal points all relations hold and the only thing wrong is the difference.
        let result = third(&slope, &p, &coordinates(&p)[0]);
        let report = add_with_slope(&add_record(&p, &p, &result), &slope);
        assert_eq!((report.violations.len(), report.bad_lookups.len()), (1, 0));
    }
    // Equal modulo the prime: x and x + prime.
    let [p, q] = [point([5, 0, 0, 0], [9, 0, 0, 0]), point([PRIME[0] + 5, u64::MAX, u64::MAX, u64::MAX], [9, 0, 0, 0])];
    let slope = [7, 0, 0, 0];
    let result = third(&slope, &p, &[5, 0, 0, 0]);
    let report = add_with_slope(&add_record(&p, &q, &result), &slope);
    assert_eq!(report.violations, []);
    assert!(!report.bad_lookups.is_empty());
}

/// The same for the tangent in a point with y = 0, or y = prime, and x = 0.
#[test]
fn zero_y_has_no_row() {
    let slope = [7, 0, 0, 0];
    for y in [[0; 4], PRIME] {
        let p = point([0; 4], y);
        let result = third(&slope, &p, &[0; 4]);
        let report = double_with_slope(&double_record(&p, &result), &slope);
        assert!(!report.is_honest());
        assert_eq!(report.violations.len() + report.bad_lookups.len(), 1);
    }
}

/// Class 8, two representations: results that are congruent but not below the prime have no row.
#[test]
fn results_are_reduced() {
    let negative = |x: u64| [PRIME[0] - x, u64::MAX, u64::MAX, u64::MAX];
    let plus_prime = |x: u64| [PRIME[0] + x, u64::MAX, u64::MAX, u64::MAX];
    // The slope is 0: the sum is (5, 6).
    let [p, q] = [point([0; 4], negative(6)), point(negative(5), negative(6))];
    assert!(add_report(&add_record(&p, &q, &point([5, 0, 0, 0], [6, 0, 0, 0]))).is_honest());
    for sum in [point(plus_prime(5), [6, 0, 0, 0]), point([5, 0, 0, 0], plus_prime(6))] {
        let report = add_report(&add_record(&p, &q, &sum));
        assert_eq!((report.violations.len(), report.bad_lookups.len()), (0, 1), "{sum:x?}");
    }
}

/// Wrong results have no quotient.
#[test]
fn wrong_results_have_no_row() {
    let [p, q] = [Scalar::from(3u64), Scalar::from(5u64)].map(multiple);
    let (sum, twice) = (add(&p, &q).unwrap(), double(&p).unwrap());
    for at in 0..8 {
        for difference in [1, 1 << 63] {
            let (mut sum, mut twice) = (sum, twice);
            sum[at] ^= difference;
            twice[at] ^= difference;
            assert!(!add_report(&add_record(&p, &q, &sum)).is_honest());
            assert!(!double_report(&double_record(&p, &twice)).is_honest());
        }
    }
    // The slope of another line.
    assert!(!add_with_slope(&add_record(&p, &q, &sum), &[7, 0, 0, 0]).is_honest());
    assert!(!double_with_slope(&double_record(&p, &twice), &[7, 0, 0, 0]).is_honest());
}

/// Class 7, a consistent cheat: another y, larger by 1 in limb k and by 32512 in limb k + 1. The carry between them
/// makes up for both if it is larger by 32512, as `2^16 x 32512 = -1` modulo p. All equations hold, all cells are below
/// 2^16; only the sum of a group of carries gives it away.
#[test]
fn a_carry_cannot_wrap_around_the_field() {
    let [p, q] = [Scalar::from(3u64), Scalar::from(5u64)].map(multiple);
    let table = PointAddChip::table(&[add_record(&p, &q, &add(&p, &q).unwrap())], 1);
    let row: &PointAdd<Felt> = table.values.as_slice().borrow();
    let mut forgeries = 0;
    for k in 0..15 {
        if row.line.y[k + 1].as_canonical_u32() >= (1 << 16) - 32512 {
            continue;
        }
        let mut table = table.clone();
        let row: &mut PointAdd<Felt> = table.values.as_mut_slice().borrow_mut();
        row.line.y[k] += Felt::ONE;
        row.line.y[k + 1] += Felt::from_u16(32512);
        row.line.y_carry[k] += Felt::from_u16(32512);
        let y = row.line.y;
        row.line.y_canonical.fill(&y);
        let report = report::<PointAddChip>(&table, &[]);
        assert_eq!((report.violations.len(), report.bad_lookups.len()), (0, 1), "{k}");
        forgeries += 1;
    }
    assert!(forgeries > 3);
}

//! The tables whose rows hang together.

use alloc::vec;
use alloc::vec::Vec;

use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::boundary::{BoundaryChip, Public};
use crate::bytes::{BytesChip, HEIGHT};
use crate::check::{Report, report};
use crate::chip::Chip;

/// A table of bytes whose number `i` is `numbers(i)`.
fn bytes(height: usize, numbers: impl Fn(usize) -> (i64, i64)) -> Report {
    let mut values = vec![Felt::ZERO; height * BytesChip::WIDTH];
    for (i, row) in values.chunks_mut(BytesChip::WIDTH).enumerate() {
        let (b0, b1) = numbers(i);
        (row[0], row[1]) = (Felt::from_i64(b0), Felt::from_i64(b1));
    }
    report::<BytesChip>(&RowMajorMatrix::new(values, BytesChip::WIDTH), &[])
}

/// Numbers of the constraints that fail.
fn failing(report: &Report) -> Vec<usize> {
    let mut failing: Vec<usize> = report.violations.iter().map(|violation| violation.1).collect();
    failing.sort_unstable();
    failing.dedup();
    failing
}

/// Constraints 0 to 3 are the ends, 4 to 6 the steps. Each step has a table that breaks it alone. Of the four ends each
/// follows from the other three, as the height is 2^16: there are 2^8 - 1 carries, each after 2^8 rows. Without two of
/// them there are other tables, so that three are needed; the fourth costs nothing.
#[test]
fn bytes_count_by_every_constraint() {
    type Numbers = fn(usize) -> (i64, i64);
    let split = |i: usize| ((i % 256) as i64, (i / 256) as i64);
    assert!(bytes(HEIGHT, split).is_honest());
    let cheats: [(&[usize], Numbers); 7] = [
        // Begins at 7, so that the last segment goes on to 262.
        (&[0, 2], |i| (i as i64 + 7 - 256 * ((i as i64 + 7) / 256).min(255), ((i as i64 + 7) / 256).min(255))),
        // Begins at -256.
        (&[0, 3], |i| if i < 512 { (i as i64 - 256, 0) } else { ((i % 256) as i64, (i / 256) as i64 - 1) }),
        (&[1, 3], |i| ((i % 256) as i64, (i / 256) as i64 + 5)),
        // Never carries.
        (&[2, 3], |i| (i as i64, 0)),
        // A carry of two, after which the low byte begins at -256.
        (&[4], |i| if (256..768).contains(&i) { (i as i64 - 512, 2) } else { ((i % 256) as i64, (i / 256) as i64) }),
        // One carry after 254, the next after 256.
        (&[5], |i| {
            if i == 255 {
                (0, 1)
            } else if (256..512).contains(&i) {
                (i as i64 - 255, 1)
            } else {
                ((i % 256) as i64, (i / 256) as i64)
            }
        }),
        // A number that is left out.
        (&[6], |i| if i == 100 { (7, 0) } else { ((i % 256) as i64, (i / 256) as i64) }),
    ];
    for (expected, numbers) in cheats {
        assert_eq!(failing(&bytes(HEIGHT, numbers)), expected);
    }
}

/// The flag of the boundary is 1 on the first row by one constraint and 0 on the others by the other.
#[test]
fn boundary_is_there_once() {
    let public = vec![Felt::ZERO; Public::WIDTH];
    let with = |flags: [u8; 4]| {
        let values = flags.map(Felt::from_u8).to_vec();
        failing(&report::<BoundaryChip>(&RowMajorMatrix::new(values, BoundaryChip::WIDTH), &public))
    };
    assert_eq!(with([1, 0, 0, 0]), []);
    assert_eq!(with([0, 0, 0, 0]), [0]);
    assert_eq!(with([1, 0, 1, 0]), [1]);
}

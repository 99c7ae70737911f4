use alloc::vec;
use alloc::vec::Vec;

use p3_field::PrimeCharacteristicRing;

use super::{BytesChip, HEIGHT};
use crate::Felt;
use crate::check::{degrees, report};
use crate::chip::Chip;

fn counts(at: usize, count: u32) -> Vec<u32> {
    let mut counts = vec![0; HEIGHT];
    counts[at] = count;
    counts
}

#[test]
fn offers_what_is_counted() {
    let report = report::<BytesChip>(&BytesChip::table(&counts(0xffff, 3), &counts(0x0201, 5)), &[]);
    assert!(report.is_honest());
    let messages: Vec<_> = report.messages.into_iter().collect();
    assert_eq!(
        messages,
        [(("bytes".into(), vec![1, 2]), -Felt::from_u8(5)), (("range16".into(), vec![0xffff]), -Felt::from_u8(3)),]
    );
}

/// Bug class 8 on a table: no cell of a number can take another value, at the ends and at a carry.
#[test]
fn numbers_are_pinned() {
    let zeros = vec![0; HEIGHT];
    let table = BytesChip::table(&zeros, &zeros);
    for row in [0, 1, 254, 255, 256, 0x7fff, 0xff00, HEIGHT - 2, HEIGHT - 1] {
        for column in 0..2 {
            for change in [Felt::ONE, -Felt::ONE, Felt::from_u16(256)] {
                let mut forged = table.clone();
                forged.values[row * BytesChip::WIDTH + column] += change;
                assert!(!report::<BytesChip>(&forged, &[]).is_honest(), "{row} {column}");
            }
        }
    }
}

/// Consistent cheats: a carry skipped and one made too early. The numbers go on by one, the last row gives them away.
#[test]
fn every_carry_comes_in_time() {
    let zeros = vec![0; HEIGHT];
    let table = BytesChip::table(&zeros, &zeros);
    let put = |forged: &mut Vec<Felt>, row: usize, b0: u32, b1: u32| {
        forged[row * BytesChip::WIDTH] = Felt::from_u32(b0);
        forged[row * BytesChip::WIDTH + 1] = Felt::from_u32(b1);
    };
    let mut late = table.clone();
    for row in 256..HEIGHT {
        put(&mut late.values, row, row as u32, 0);
    }
    assert_eq!(report::<BytesChip>(&late, &[]).violations, [(HEIGHT - 1, 2), (HEIGHT - 1, 3)]);
    let mut early = table;
    for row in 200..HEIGHT {
        put(&mut early.values, row, (row as u32 + 56) % 256, (row as u32 + 56) / 256);
    }
    assert!(report::<BytesChip>(&early, &[]).violations.contains(&(199, 5)));
}

#[test]
fn degrees_are_low() {
    // The selectors of first, last and other rows, of degree 1, are not counted here.
    assert_eq!(degrees::<BytesChip>(), (2, 1));
}

use core::borrow::{Borrow, BorrowMut};

use alloc::vec::Vec;

use p3_air::WindowAccess;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use super::{LessThan, compare};
use crate::Felt;
use crate::bus::{BusBuilder, Word};
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::Chip;
use crate::columns;
use crate::fixtures::EDGES;
use crate::step::{inverse_2_16, limbs};

columns! {
    /// The gadget alone.
    pub struct Probe {
        /// Whether the row is in use.
        pub real: T,
        /// Whether words are signed.
        pub signed: T,
        /// Left word.
        pub a: [T; 4],
        /// Right word.
        pub b: [T; 4],
        /// The gadget.
        pub less_than: LessThan<T>,
    }
}

struct ProbeChip;

impl Chip for ProbeChip {
    const NAME: &'static str = "less_than";
    const WIDTH: usize = Probe::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &Probe<B::Var> = main.current_slice().borrow();
        let (a, b) = (row.a.map(Into::into), row.b.map(Into::into));
        let found = compare(builder, row.real.into(), row.signed.into(), a, b, &row.less_than);
        // What the gadget hands on, so that the checker sees a change of it.
        builder.send(Word { pc: B::Expr::ZERO, halves: [found.less, found.unequal] }, row.real.into());
    }
}

fn table(a: u64, b: u64, signed: bool) -> RowMajorMatrix<Felt> {
    let mut values = alloc::vec![Felt::ZERO; Probe::WIDTH];
    let row: &mut Probe<Felt> = values.as_mut_slice().borrow_mut();
    row.real = Felt::ONE;
    row.signed = Felt::from_bool(signed);
    row.a = limbs(a);
    row.b = limbs(b);
    row.less_than.fill(a, b, signed);
    RowMajorMatrix::new(values, Probe::WIDTH)
}

/// Edges, and neighbours that differ in one limb only.
fn pairs() -> Vec<(u64, u64)> {
    let mut pairs = Vec::new();
    for a in EDGES {
        pairs.extend(EDGES.map(|b| (a, b)));
        pairs.extend((0..4).map(|i| (a, a ^ 1 << (16 * i))));
        pairs.extend((0..4).map(|i| (a, a ^ 0x8000 << (16 * i))));
    }
    pairs
}

#[test]
fn honest_rows_hold() {
    for (a, b) in pairs() {
        for signed in [false, true] {
            let table = table(a, b, signed);
            let report = report::<ProbeChip>(&table, &[]);
            assert!(report.is_honest(), "{a:x} {b:x} {signed} {:?} {:?}", report.violations, report.bad_lookups);
            assert_eq!(report.interactions, 3 + 1);
            let less = if signed { (a as i64) < b as i64 } else { a < b };
            let (_, fields) = report.messages.keys().next().unwrap();
            assert_eq!(fields[1..], [u32::from(less), u32::from(a != b)]);
        }
    }
    assert_eq!(LessThan::WIDTH, 8);
}

/// Bug class 8: of all flags, signs and outcomes, each with the difference that fits them, one choice is accepted.
#[test]
fn the_witness_is_unique() {
    for (a, b) in pairs() {
        for signed in [false, true] {
            let honest = table(a, b, signed);
            let mut accepted = 0;
            for choice in 0..1_u32 << 7 {
                let bit = |i: u32| Felt::from_u32(choice >> i & 1);
                let mut forged = honest.clone();
                let row: &mut Probe<Felt> = forged.values.as_mut_slice().borrow_mut();
                let columns = &mut row.less_than;
                columns.differs = [bit(0), bit(1), bit(2), bit(3)];
                columns.less = bit(4);
                columns.signs = [bit(5), bit(6)];
                let top = Felt::from_u32(1 << 16) * (bit(5) - bit(6));
                columns.difference =
                    (0..4).map(|i| bit(i as u32) * (row.a[i] - row.b[i] - if i == 3 { top } else { Felt::ZERO })).sum();
                if report::<ProbeChip>(&forged, &[]).is_honest() {
                    accepted += 1;
                    assert_eq!(forged.values, honest.values, "{a:x} {b:x} {signed}");
                }
            }
            assert_eq!(accepted, 1);
        }
    }
}

/// A wrong comparison whose columns fit each other: only the constraint that they are bits stands in the way.
fn is_refused(a: u64, b: u64, signed: bool, cheat: impl Fn(&mut Probe<Felt>)) -> bool {
    let mut forged = table(a, b, signed);
    let row: &mut Probe<Felt> = forged.values.as_mut_slice().borrow_mut();
    cheat(row);
    let report = report::<ProbeChip>(&forged, &[]);
    report.bad_lookups.is_empty() && report.violations.len() == 1
}

/// Bug class 8: flags that are no bits.
#[test]
fn flags_must_be_bits() {
    let one = Felt::ONE;
    // A sign of 2 limb / 2^16 passes the look-up and turns 2^62 into -2^62.
    assert!(is_refused(1 << 62, 0, true, |row| {
        row.less_than.signs[0] = row.a[3].double() * inverse_2_16();
        row.less_than.difference = -row.a[3];
        row.less_than.less = one;
    }));
    // Flags 1 and -1 make two unequal words equal.
    assert!(is_refused(1 << 48, 0, false, |row| row.less_than.differs[1] = -one));
    // Two flags say "unequal" twice: a branch would go twice as far.
    assert!(is_refused(2 << 48, 0, false, |row| row.less_than.differs[0] = one));
    // An outcome between 0 and 1 makes the looked up value 0.
    assert!(is_refused(7, 0, false, |row| {
        row.less_than.less = (one - row.less_than.difference.inverse()).halve();
    }));
}

/// Bug classes 7 and 8: every column of the gadget is pinned by itself.
#[test]
fn every_cell_is_pinned() {
    let first = {
        let indexes: Vec<usize> = (0..Probe::WIDTH).collect();
        let row: &Probe<usize> = indexes.as_slice().borrow();
        row.less_than.differs[0]
    };
    for (a, b) in pairs() {
        for signed in [false, true] {
            let free = survivors::<ProbeChip>(&table(a, b, signed), &[]);
            assert!(free.iter().all(|&(_, at)| at < first), "{a:x} {b:x} {signed} {free:?}");
        }
    }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<ProbeChip>());
}

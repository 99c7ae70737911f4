use alloc::vec::Vec;

use hearth_machine::hash::{Digest, Hasher, Tag};
use hearth_machine::trace::CodeNodeRecord;
use p3_field::PrimeCharacteristicRing;

use super::{CodeNode, CodeNodeChip};
use crate::Felt;
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::RecordChip;

fn node(opened: [bool; 2]) -> CodeNodeRecord {
    let children: [Digest; 2] = core::array::from_fn(|side| core::array::from_fn(|i| Felt::from_usize(9 * side + i)));
    let digest = Hasher::new().node(Tag::CodeNode, 24, &children[0], &children[1]);
    CodeNodeRecord { level: 24, index: 0, children, opened, digest }
}

#[test]
fn honest_rows_send_the_opened_children() {
    for (opened, children) in [([true, true], 2), ([true, false], 1), ([false, true], 1)] {
        let report = report::<CodeNodeChip>(&CodeNodeChip::table(&[node(opened)], 2), &[]);
        assert!(report.is_honest(), "{:?} {:?}", report.violations, report.bad_lookups);
        assert_eq!((CodeNode::WIDTH, report.interactions), (32, 4));
        assert_eq!(report.messages.len(), 1 + children);
    }
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<CodeNodeChip>());
}

/// Bug classes 6, 8 and 12.
#[test]
fn every_cell_is_pinned() {
    for opened in [[true, true], [true, false], [false, true]] {
        let table = CodeNodeChip::table(&[node(opened)], 2);
        // On the zero row `real` and `opened` matter.
        let padding: Vec<_> = (1..CodeNode::WIDTH).filter(|at| !(21..23).contains(at)).map(|at| (1, at)).collect();
        assert_eq!(survivors::<CodeNodeChip>(&table, &[]), padding);
    }
}

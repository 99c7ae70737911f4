use hearth_machine::isa::Op;

use super::LoadDoubleChip;
use crate::check::zero_row_is_neutral;
use crate::memory_model::{WINDOW, step, steps};
use crate::step_tests::{assert_honest, assert_pinned, has_row};

#[test]
fn honest_rows_hold() {
    assert_honest::<LoadDoubleChip>(&steps(Op::Ld, |address| address % 8 == 0), 29, 16);
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<LoadDoubleChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    assert_pinned::<LoadDoubleChip>(step(Op::Ld, 0x2_fff0, 0x7f8, 0, WINDOW), &[], 1);
    assert_pinned::<LoadDoubleChip>(step(Op::Ld, 0x2_fff8, u64::MAX - 7, 0, WINDOW), &[], 1);
}

/// Condition 8: what is misaligned or outside data space has no row here.
#[test]
fn other_addresses_have_no_row() {
    assert!(has_row::<LoadDoubleChip>(step(Op::Ld, 0xffff_fff0, 8, 0, WINDOW)));
    assert!(!has_row::<LoadDoubleChip>(step(Op::Ld, 0xffff_fff0, 16, 0, WINDOW)));
    assert!(!has_row::<LoadDoubleChip>(step(Op::Ld, 0, u64::MAX - 7, 0, WINDOW)));
    for offset in 1..8 {
        assert!(!has_row::<LoadDoubleChip>(step(Op::Ld, 0x2000, offset, 0, WINDOW)));
    }
}

use core::borrow::BorrowMut;

use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::{ECALL_EXIT, HALT_PC, REGISTER_WORD};
use hearth_machine::trace::{Access, Step};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use super::{Ecall, EcallChip};
use crate::Felt;
use crate::check::{report, zero_row_is_neutral};
use crate::chip::StepChip;
use crate::step_tests::{assert_honest, assert_pinned, has_row};

fn ecall(code: u64) -> Step {
    Step {
        pc: 0x10_0000,
        ts: 0x2_0000,
        next_pc: HALT_PC,
        instruction: Instruction { op: Op::Ecall, is_imm: false, rd: 0, rs1: 17, rs2: 0, imm: 0, target: 0 },
        rs1: Access { word: REGISTER_WORD + 17, prev_ts: 0x1_0003, prev: code, next: code },
        rs2: Access::default(),
        memory: Default::default(),
        rd: Access::default(),
    }
}

#[test]
fn honest_row_holds() {
    assert_honest::<EcallChip>(&[ecall(ECALL_EXIT)], 9, 7);
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<EcallChip>());
}

/// Bug classes 5, 7, 8, 9 and 10 on this chip: every cell is pinned.
#[test]
fn every_cell_is_pinned() {
    assert_pinned::<EcallChip>(ecall(ECALL_EXIT), &[], 1);
}

/// No other call has a row, also where the code differs in an upper limb only.
#[test]
fn other_codes_have_no_row() {
    for code in [0, 1, 92, 94, 0x1000, 93 << 16, 93 + (1 << 16), 93 + (1 << 32), 93 + (1 << 48), u64::MAX] {
        assert!(!has_row::<EcallChip>(ecall(code)), "{code}");
    }
}

/// The one state that follows is HALT.
#[test]
fn exit_goes_to_halt() {
    let mut table = EcallChip::table(&[ecall(ECALL_EXIT)], 1);
    let row: &mut Ecall<Felt> = table.values.as_mut_slice().borrow_mut();
    let ts = row.state.ts + Felt::from_u8(4);
    let report = report::<EcallChip>(&table, &[]);
    let sent: alloc::vec::Vec<_> = report.messages.iter().filter(|((bus, _), _)| bus == "state").collect();
    let count = |pc: Felt, ts: Felt| {
        let fields = alloc::vec![pc.as_canonical_u32(), ts.as_canonical_u32()];
        report.messages.get(&("state".into(), fields)).copied()
    };
    assert_eq!(sent.len(), 2);
    assert_eq!(count(Felt::from_u32(HALT_PC), ts), Some(Felt::ONE));
}

use alloc::vec::Vec;
use core::borrow::{Borrow, BorrowMut};

use hearth_machine::isa::Op;
use hearth_machine::trace::Step as StepRecord;
use p3_air::WindowAccess;

use super::*;
use crate::bus::Program;
use crate::check::{report, zero_row_is_neutral};
use crate::chip::{Chip, StepChip};
use crate::memory_model::{BASES, WINDOW, step};
use crate::step::{Read, StateColumns, immediate};

columns! {
    /// The gadget and nothing else, its offset in bits; the word goes out on the state bus.
    pub struct Probe {
        /// 1 on rows in use.
        pub is_real: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// The base.
        pub base: Read<T>,
        /// The immediate.
        pub imm: [T; 3],
        /// The offset.
        pub offset: [T; 3],
        /// The gadget.
        pub address: Address<T>,
    }
}

struct ProbeChip;

impl Chip for ProbeChip {
    const NAME: &'static str = "probe";
    const WIDTH: usize = Probe::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &Probe<B::Var> = main.current_slice().borrow();
        for bit in row.offset.into_iter().chain([row.is_real]) {
            builder.assert_bool(bit);
        }
        let zero = B::Expr::ZERO;
        let fields = Program {
            pc: zero.clone(),
            op: row.is_real.into(),
            is_imm: zero.clone(),
            rd: zero.clone(),
            rs1: zero.clone(),
            rs2: zero.clone(),
            imm: row.imm.map(Into::into),
            target: zero,
        };
        let mut step = Step::new(builder, row.is_real.into(), &row.state, fields);
        let offset = row.offset[0] + row.offset[1] * Felt::from_u8(2) + row.offset[2] * Felt::from_u8(4);
        let word = data_word(&mut step, &row.address, &row.base.value, &row.imm, offset);
        step.finish(word);
    }
}

impl StepChip for ProbeChip {
    fn fill(step: &StepRecord, row: &mut [Felt]) {
        let row: &mut Probe<Felt> = row.borrow_mut();
        let address = step.rs1.prev.wrapping_add(step.instruction.imm);
        row.is_real = Felt::ONE;
        row.state.fill(step.pc, step.ts);
        row.base.fill(step.ts, &step.rs1);
        row.imm = immediate(&step.instruction);
        row.offset = core::array::from_fn(|i| Felt::from_bool(address >> i & 1 == 1));
        row.address.fill(address);
    }
}

fn immediates() -> impl Iterator<Item = u64> {
    (0..9).chain([2040, 2047]).flat_map(|imm: u64| [imm, imm.wrapping_neg()])
}

/// Whether `(low, middle, high, offset)` is accepted as the address `base + imm`, and as which word.
fn accepts(base: u64, imm: u64, [low, middle, high, offset]: [i64; 4]) -> Option<Felt> {
    let mut table = ProbeChip::table(&[step(Op::Lb, base, imm, 0, WINDOW)], 1);
    let row: &mut Probe<Felt> = table.values.as_mut_slice().borrow_mut();
    row.address = Address { low: Felt::from_i64(low), middle: Felt::from_i64(middle), high: Felt::from_i64(high) };
    row.offset = core::array::from_fn(|i| Felt::from_bool(offset >> i & 1 == 1));
    let report = report::<ProbeChip>(&table, &[]);
    let word = Felt::from_i64(low + 32 * middle + 8192 * high);
    report.is_honest().then_some(word)
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<ProbeChip>());
}

/// Conditions 8 and 10, bug classes 5 and 10: addresses of 64 bits below 2^32 have a row, all others none.
#[test]
fn exactly_data_space_is_reachable() {
    let mut counts = [0, 0];
    for base in BASES.into_iter().chain([1 << 35, 0xffff_ffff, u64::MAX]) {
        for imm in immediates() {
            let address = base.wrapping_add(imm);
            let split = [address >> 3 & 31, address >> 8 & 255, address >> 16, address & 7].map(|part| part as i64);
            let word = accepts(base, imm, split);
            assert_eq!(word, (address < 1 << 32).then(|| Felt::from_u64(address / 8)), "{base:x} {imm:x}");
            // The upper bits dropped: an alias of a low address.
            let alias = [split[0], split[1], split[2] & 0xffff, split[3]];
            assert_eq!(accepts(base, imm, alias).is_some(), address < 1 << 32);
            counts[usize::from(word.is_some())] += 1;
        }
    }
    assert!(counts.iter().all(|&count| count > 20), "{counts:?}");
}

/// Bug classes 5 and 7: no other split of the same number passes, carries between the parts included.
#[test]
fn splits_are_unique() {
    for (base, imm) in [(0x1234_5678, 0x7ff), (0xffff_fff8, 7), (0, 0), (0x1_0000, u64::MAX), (u64::MAX, 1)] {
        let address = base.wrapping_add(imm);
        let honest = [address >> 3 & 31, address >> 8 & 255, address >> 16, address & 7].map(|part| part as i64);
        let shifts: Vec<i64> = (-2..=2).collect();
        let mut accepted = 0;
        for &a in &shifts {
            for &b in &shifts {
                for &c in &shifts {
                    // Move whole units between neighbours, and single units.
                    let moved = [honest[0] + 32 * a, honest[1] - a + 256 * b, honest[2] - b + 65536 * c, honest[3]];
                    let single = [honest[0] + a, honest[1] + b, honest[2] + c, honest[3]];
                    for split in [moved, single] {
                        if split != honest {
                            assert_eq!(accepts(base, imm, split), None, "{base:x} {split:?}");
                        } else {
                            assert!(accepts(base, imm, split).is_some());
                            accepted += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(accepted, 2);
        // Every other offset, with the rest in eighths of a unit where it must be.
        for offset in (0..8).filter(|&offset| offset != honest[3]) {
            assert_eq!(accepts(base, imm, [honest[0], honest[1], honest[2], offset]), None);
            assert!(!accepts_eighths(base, imm, honest[3] - offset));
        }
    }
}

/// The honest row with `eighths / 8` added to `low`, and the offset that this leaves.
fn accepts_eighths(base: u64, imm: u64, eighths: i64) -> bool {
    let mut table = ProbeChip::table(&[step(Op::Lb, base, imm, 0, WINDOW)], 1);
    let row: &mut Probe<Felt> = table.values.as_mut_slice().borrow_mut();
    let offset = (base.wrapping_add(imm) % 8) as i64 - eighths;
    row.address.low += Felt::from_i64(eighths).halve().halve().halve();
    row.offset = core::array::from_fn(|i| Felt::from_bool(offset >> i & 1 == 1));
    report::<ProbeChip>(&table, &[]).is_honest()
}

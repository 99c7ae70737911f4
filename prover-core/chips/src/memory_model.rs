//! Plain loads and stores on bytes: what the tests of the memory chips compare with.

use alloc::vec::Vec;

use hearth_machine::isa::{Instruction, Op};
use hearth_machine::layout::REGISTER_WORD;
use hearth_machine::trace::{Access, Step};

/// Two words without a repeated byte, with and without top bits.
pub const WINDOW: [u64; 2] = [0x81f2_73e4_05d6_97c8, 0x7f1a_2b9c_6d8e_b0a1];
/// Base registers: every limb boundary, the wrap at 2^64 and the end of data space.
pub const BASES: [u64; 6] = [0x2000, 0xfff8, 0x7fff_ffff, 0x1_0000_0000, 0xffff_f000, u64::MAX - 1000];

/// Bytes of the operation.
pub fn size(op: Op) -> usize {
    match op {
        Op::Lb | Op::Lbu | Op::Sb => 1,
        Op::Lh | Op::Lhu | Op::Sh => 2,
        Op::Lw | Op::Lwu | Op::Sw => 4,
        Op::Ld | Op::Sd => 8,
        _ => unreachable!(),
    }
}

/// An honest load or store of `data` at `base + imm`, where memory holds `window` from the word of that address on.
pub fn step(op: Op, base: u64, imm: u64, data: u64, window: [u64; 2]) -> Step {
    let address = base.wrapping_add(imm);
    let (offset, size) = ((address % 8) as usize, size(op));
    let is_store = matches!(op, Op::Sb | Op::Sh | Op::Sw | Op::Sd);

    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&window[0].to_le_bytes());
    bytes[8..].copy_from_slice(&window[1].to_le_bytes());
    let part = offset..offset + size;
    let mut loaded = [0; 8];
    loaded[..size].copy_from_slice(&bytes[part.clone()]);
    if is_store {
        bytes[part.clone()].copy_from_slice(&data.to_le_bytes()[..size]);
    }
    let word = |i: usize| u64::from_le_bytes(core::array::from_fn(|k| bytes[8 * i + k]));
    let loaded = u64::from_le_bytes(loaded);
    let result = match op {
        Op::Lb => loaded as i8 as u64,
        Op::Lh => loaded as i16 as u64,
        Op::Lw => loaded as i32 as u64,
        _ => loaded,
    };

    let access = |word: u32, prev_ts, prev, next| Access { word, prev_ts, prev, next };
    let first = (address / 8) as u32;
    let register = |index: u32, prev_ts, prev, next| access(REGISTER_WORD + index, prev_ts, prev, next);
    Step {
        pc: 0x10_0000,
        ts: 0x2_0000,
        next_pc: 0x10_0004,
        instruction: Instruction {
            op,
            is_imm: false,
            rd: if is_store { 0 } else { 7 },
            rs1: 5,
            rs2: if is_store { 6 } else { 0 },
            imm,
            target: 0,
        },
        rs1: register(5, 0x1_fff9, base, base),
        rs2: if is_store { register(6, 8, data, data) } else { Access::default() },
        memory: [
            access(first, 0x1_1234, window[0], word(0)),
            if part.end > 8 { access(first.wrapping_add(1), 9, window[1], word(1)) } else { Access::default() },
        ],
        rd: if is_store { Access::default() } else { register(7, 44, 0xdead_beef_0123_4567, result) },
    }
}

/// Honest steps of `op` over all edge bases and those of 24 immediates whose address `accept` accepts; not empty.
pub fn steps(op: Op, accept: impl Fn(u64) -> bool) -> Vec<Step> {
    let mut steps = Vec::new();
    for base in BASES {
        for imm in (0..20).chain([2047, 1000, u64::MAX, 2047u64.wrapping_neg()]) {
            let address = base.wrapping_add(imm);
            if address.checked_add(size(op) as u64).is_some_and(|end| end <= 1 << 32) && accept(address) {
                for window in [WINDOW, WINDOW.map(|word| !word)] {
                    steps.push(step(op, base, imm, 0xfedc_ba98_7654_3210, window));
                }
            }
        }
    }
    assert!(steps.len() > 20);
    steps
}

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::borrow::{Borrow, BorrowMut};

use hearth_machine::decode::decode;
use hearth_machine::isa::Instruction;
use hearth_machine::trace::DecodeRecord;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;

use super::classes::{CLASSES, class_of};
use super::trace::fill_as;
use super::{Decode, DecodeChip};
use crate::Felt;
use crate::check::{report, survivors, zero_row_is_neutral};
use crate::chip::{Chip, RecordChip};

fn record(pc: u32, word: u32) -> DecodeRecord {
    let instruction = decode(pc, word).unwrap_or_else(|| panic!("{word:#x} is illegal"));
    DecodeRecord { pc, word, instruction, uses: 3 }
}

/// The `Program` fields after the pc.
fn fields(instruction: &Instruction) -> [u32; 9] {
    let Instruction { op, is_imm, rd, rs1, rs2, imm, target } = *instruction;
    let limb = |i: u32| (imm >> (16 * i)) as u32 & 0xffff;
    assert_eq!(limb(2), limb(3));
    [op as u32, is_imm.into(), rd.into(), rs1.into(), rs2.into(), limb(0), limb(1), limb(2), target]
}

/// For each (pc, word), pcs distinct: what the accepted rows of all classes of its opcode provide.
///
/// A row is accepted if it violates nothing and takes exactly this word.
fn accepted(words: &[(u32, u32)]) -> BTreeMap<u32, Vec<Vec<u32>>> {
    let mut provided = BTreeMap::new();
    for (class, model) in CLASSES.iter().enumerate() {
        let of_class: Vec<_> = words.iter().filter(|(_, word)| word & 0x7f == u32::from(model.opcode)).collect();
        let mut table = RowMajorMatrix::new(vec![Felt::ZERO; of_class.len() * Decode::WIDTH], Decode::WIDTH);
        for (&&(pc, word), row) in of_class.iter().zip(table.values.chunks_mut(Decode::WIDTH)) {
            let instruction = decode(0, 0x13).unwrap_or_else(|| unreachable!("a nop"));
            fill_as(class, &DecodeRecord { pc, word, instruction, uses: 3 }, row);
        }
        let report = report::<DecodeChip>(&table, &[]);
        let bad: BTreeSet<usize> =
            report.violations.iter().map(|at| at.0).chain(report.bad_lookups.iter().map(|at| at.0)).collect();
        let rows: BTreeMap<u32, usize> = of_class.iter().enumerate().map(|(row, (pc, _))| (*pc, row)).collect();
        for ((bus, fields), count) in report.messages {
            let row = rows[&fields[0]];
            if bus == "word" {
                let (_, word) = of_class[row];
                assert_eq!((fields[1] | fields[2] << 16, count), (*word, -Felt::ONE));
            } else if !bad.contains(&row) {
                assert_eq!((bus.as_str(), count), ("program", -Felt::from_u8(3)));
                provided.entry(fields[0]).or_insert_with(Vec::new).push(fields[1..].to_vec());
            }
        }
    }
    provided
}

/// Legal words have one row, with the fields that the machine decodes; illegal ones have none.
fn compare(words: &[(u32, u32)]) -> usize {
    let provided = accepted(words);
    let mut legal = 0;
    for &(pc, word) in words {
        let expected: Vec<_> = decode(pc, word).iter().map(|instruction| fields(instruction).to_vec()).collect();
        legal += expected.len();
        assert_eq!(provided.get(&pc).cloned().unwrap_or_default(), expected, "{word:#010x} at {pc:#x}");
    }
    legal
}

fn random(state: &mut u64) -> u32 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 32) as u32
}

/// Condition 11, bug class 8: every opcode, funct3 and funct7, with random other bits and pcs.
#[test]
fn every_kind_of_word_decodes_as_the_machine_does() {
    let mut state = 1;
    let mut legal = 0;
    for opcode in (3..128).step_by(4) {
        let words: Vec<_> = (0..1024u32)
            .map(|i| {
                let other = random(&mut state) & 0x01ff_8f80;
                // Pcs below 2^30, all different.
                let pc = (i << 20 | random(&mut state) & 0xf_ffff) & !3;
                (pc, opcode | other | (i & 7) << 12 | (i >> 3) << 25)
            })
            .collect();
        legal += compare(&words);
    }
    // lui, auipc, jal; 1 + 6 + 7 + 4 + 6 + 1 + 1 kinds of funct3 with any top; shifts; registers.
    assert_eq!(legal, 1024 * 3 + 128 * 26 + (2 + 2 + 2) + (2 + 1) + (8 + 2 + 8) + (3 + 2 + 5));
}

/// Registers, sign bits, all ones and the ends of the program space.
#[test]
fn edges_decode_as_the_machine_does() {
    let mut words = Vec::new();
    for class in &CLASSES {
        for rest in [0, 0xffff_ff80, 0x8000_0000, 0x7fff_ff80, 0x0000_0f80, 0x0000_0380, 0x0000_0c00, 0x0010_0000] {
            for _ in 0..6 {
                words.push(rest | u32::from(class.opcode));
            }
        }
    }
    words.extend([0x73, 0x10_0073, 0xf3, 0x1073, 0x3020_0073, 0x8000_0073, 0x0000_8073]);
    // Each word at both ends of the space and around the carry of limb 0.
    let pcs = [0, 0x3fff_0000, 0x0000_fe00, 0x2aaa_0000, 0x3ffe_ff00, 0x1fff_fe00];
    let words: Vec<_> = words.into_iter().enumerate().map(|(i, word)| (pcs[i % 6] + 4 * i as u32 / 6, word)).collect();
    for chunk in words.chunks(6) {
        compare(chunk);
    }
    // auipc and jal where limb 0 carries exactly or just does not.
    for (pc, word) in [(0xfffc, 0xef), (0xfff8, 0xef), (0x1_f000, 0x1297), (0x1_e000, 0x1297), (0x1000, 0xffff_f297)] {
        assert_eq!(compare(&[(pc, word)]), 1);
    }
}

/// A word has a class exactly if the machine decodes it: all words in full tests, every 4099th otherwise.
#[test]
fn classes_are_the_legal_words() {
    extern crate std;
    let stride = if std::env::var_os("HEARTH_FULL").is_some() { 1 } else { 4099 };
    let check = |part: u32| {
        for word in (part << 28..=part << 28 | 0x0fff_ffff).step_by(stride) {
            assert_eq!(class_of(word).is_some(), decode(0x10_0000, word).is_some(), "{word:#010x}");
        }
    };
    std::thread::scope(|scope| (0..16).for_each(|part| drop(scope.spawn(move || check(part)))));
}

#[test]
fn opcodes_of_all_classes_are_of_full_length() {
    // The two low bits of a word have no columns: they are 11 in every class.
    assert!(CLASSES.iter().all(|class| class.opcode & 3 == 3 && class.opcode < 128));
}

#[test]
fn zero_row_sends_nothing() {
    assert!(zero_row_is_neutral::<DecodeChip>());
}

/// One word of each class, two of those with rd.
const WORDS: [u32; 24] = [
    0x8000_02b7, // lui x5, 0x80000
    0xffff_f297, // auipc x5, -1
    0x0000_0017, // auipc x0, 0
    0x0080_00ef, // jal x1, +8
    0xfff5_80e7, // jalr x1, -1(x11)
    0xfe00_0ee3, // beq x0, x0, -4
    0x0045_3583, // ld a1, 4(a0)
    0xfea5_3c23, // sd a0, -8(a0)
    0xfff5_0513, // addi a0, a0, -1
    0x03f5_1513, // slli a0, a0, 63
    0x43f5_5513, // srai a0, a0, 63
    0x0015_051b, // addiw a0, a0, 1
    0x01f5_151b, // slliw a0, a0, 31
    0x41f5_551b, // sraiw a0, a0, 31
    0x00c5_8533, // add a0, a1, a2
    0x40c5_8533, // sub a0, a1, a2
    0x02c5_8533, // mul a0, a1, a2
    0x00c5_853b, // addw a0, a1, a2
    0x40c5_853b, // subw a0, a1, a2
    0x02c5_f53b, // remuw a0, a1, a2
    0x00c5_8033, // add x0, a1, a2
    0x0ff0_000f, // fence
    0x0000_0073, // ecall
    0x0000_4033, // xor x0, x0, x0
];

/// Bug classes 7, 8, 9 and 11: every cell of a row in use is pinned.
#[test]
fn every_cell_is_pinned() {
    let records: Vec<_> = WORDS.iter().enumerate().map(|(i, &word)| record(0x3ffc_0000 + 4 * i as u32, word)).collect();
    for chunk in records.chunks(4) {
        assert_eq!(survivors::<DecodeChip>(&DecodeChip::table(chunk, chunk.len()), &[]), []);
    }
}

/// On the zero row no count can become non-zero: the pc and all bits but bit 7 (it enters `rd_starts_zero`) are free.
#[test]
fn padding_provides_nothing() {
    let indexes: Vec<usize> = (0..Decode::WIDTH).collect();
    let columns: &Decode<usize> = indexes.as_slice().borrow();
    let mut free = vec![(0, columns.pc)];
    free.extend(columns.low.iter().chain(&columns.high).filter(|&&at| at != columns.low[0]).map(|&at| (0, at)));
    free.push((0, columns.pc_low));
    let zero = RowMajorMatrix::new(vec![Felt::ZERO; Decode::WIDTH], Decode::WIDTH);
    let mut expected = free;
    expected.sort_unstable();
    assert_eq!(survivors::<DecodeChip>(&zero, &[]), expected);
}

/// Bug class 7 (GHSA-jf2r-x3j4-23m7): other limbs of the pc in `auipc`, each consistent with every constraint.
#[test]
fn other_splits_of_the_pc_are_refused() {
    // The pc split as p + pc: limbs of p are 1 and 0x7f00. And by quarters of the high limb.
    let quarter = -Felt::from_u8(4).inverse();
    for (low, high) in [(Felt::ONE, Felt::from_u16(0x7f00)), (Felt::from_u16(1 << 14), quarter)] {
        let mut table = DecodeChip::table(&[record(0x10_0000, 0x0000_0297)], 1);
        let row: &mut Decode<Felt> = table.values.as_mut_slice().borrow_mut();
        row.pc_low += low;
        assert_eq!(row.pc_high(), Felt::from_u8(0x10) + high);
        row.fields = row.expected();
        let report = report::<DecodeChip>(&table, &[]);
        assert!(report.violations.is_empty());
        assert!(report.bad_lookups.iter().any(|(_, bus, _)| bus == "range16"));
        // The forged constant itself passes in the first case: only the look-ups of the pc refuse it.
        assert!(low != Felt::ONE || report.bad_lookups.len() == 1, "{:?}", report.bad_lookups);
    }
}

/// Bug class 8: a wrong carry is refused by the range of the limb, and a carry where nothing is added by constraint.
#[test]
fn wrong_carries_are_refused() {
    for word in [0x0000_1297, 0xffff_f297, 0x0080_00ef, 0x0015_0513] {
        for carries in 0..4u8 {
            let mut table = DecodeChip::table(&[record(0x10_fffc, word)], 1);
            let row: &mut Decode<Felt> = table.values.as_mut_slice().borrow_mut();
            let honest = row.carries;
            row.carries = [carries & 1, carries >> 1].map(Felt::from_u8);
            let is_honest = row.carries == honest;
            row.fields = row.expected();
            assert_eq!(report::<DecodeChip>(&table, &[]).is_honest(), is_honest, "{word:#x} {carries}");
        }
    }
}

#[test]
fn budget() {
    let report = report::<DecodeChip>(&DecodeChip::table(&[record(0, 0x13)], 1), &[]);
    assert_eq!((DecodeChip::WIDTH, report.interactions), (66, 7));
    assert!(report.messages.contains_key(&("word".to_string(), vec![0, 0x13, 0])));
}

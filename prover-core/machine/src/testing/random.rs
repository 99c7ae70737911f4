//! Random programs that meet every instruction with every kind of operand.
//!
//! x2 counts rounds, x3 points into the data, x4 to where the next dump of all registers goes; nothing else writes
//! them. The data begins with edge values, which are only read; loads and stores of every width and alignment go
//! everywhere else.

use alloc::vec::Vec;

use super::{DATA_BASE, addi, auipc, b_type, i_type, jal, jalr, li, lui, r_type, s_type};

/// Bytes of edge values and of scratch memory after them.
const EDGE_BYTES: i32 = 1024;
/// Bytes before the dumps.
pub const DUMP_AT: u64 = 4096;
/// Bytes of a dump: x1 to x31.
pub const DUMP_BYTES: u64 = 248;

/// Values at the edges of signs and widths, and shift amounts at and beyond the width.
pub const EDGES: [u64; 16] = [
    0,
    1,
    u64::MAX,
    1 << 63,
    (1 << 63) - 1,
    1 << 31,
    (1 << 31) - 1,
    0xffff_ffff_8000_0000,
    0xffff_ffff,
    1 << 32,
    63,
    64,
    32,
    0xffff_ffff_7fff_ffff,
    0x8000_0000_0000_0001,
    0x0001_ffff_8000_7fff,
];

/// Opcode, funct3 and funct7 of all operations on two registers.
pub const FORMS: [(u32, u32, u32); 28] = [
    (0x33, 0, 0),
    (0x33, 1, 0),
    (0x33, 2, 0),
    (0x33, 3, 0),
    (0x33, 4, 0),
    (0x33, 5, 0),
    (0x33, 6, 0),
    (0x33, 7, 0),
    (0x33, 0, 0x20),
    (0x33, 5, 0x20),
    (0x33, 0, 1),
    (0x33, 1, 1),
    (0x33, 2, 1),
    (0x33, 3, 1),
    (0x33, 4, 1),
    (0x33, 5, 1),
    (0x33, 6, 1),
    (0x33, 7, 1),
    (0x3b, 0, 0),
    (0x3b, 1, 0),
    (0x3b, 5, 0),
    (0x3b, 0, 0x20),
    (0x3b, 5, 0x20),
    (0x3b, 0, 1),
    (0x3b, 4, 1),
    (0x3b, 5, 1),
    (0x3b, 6, 1),
    (0x3b, 7, 1),
];

/// A linear congruential generator with its high bits as output.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// A number below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.0 = (self.0).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (((self.0 >> 33) * u64::from(bound)) >> 31) as u32
    }

    /// A 64-bit number.
    pub fn word(&mut self) -> u64 {
        (0..4).fold(0, |word, _| word << 16 | u64::from(self.below(1 << 16)))
    }
}

/// The data: edge values, then random bytes.
pub fn data(random: &mut Random) -> Vec<u8> {
    (0..DUMP_AT / 8)
        .map(|at| match at < EDGE_BYTES as u64 / 8 && random.below(4) != 0 {
            true => EDGES[random.below(16) as usize],
            false => random.word(),
        })
        .flat_map(u64::to_le_bytes)
        .collect()
}

/// A program of `rounds` rounds through about `len` random instructions, without an end: append one.
///
/// After each round the registers are dumped.
pub fn program(random: &mut Random, len: usize, rounds: u64) -> Vec<u32> {
    let mut code = Vec::new();
    for register in 1..32 {
        code.extend(li(register, random.word()));
    }
    code.extend(li(2, rounds));
    code.extend(li(3, DATA_BASE + 2048));
    code.extend(li(4, DATA_BASE + DUMP_AT));
    let top = code.len();
    while code.len() < top + len {
        instruction(random, &mut code);
    }
    code.extend([addi(0, 0, 0); 2]);
    code.extend((1..32).map(|register| s_type(3, 4, register, 8 * (register as i32 - 1))));
    code.extend([addi(4, 4, DUMP_BYTES as i32), addi(2, 2, -1), b_type(0, 2, 0, 8)]);
    let back = top as i32 - code.len() as i32;
    code.push(jal(0, 4 * back));
    code
}

/// A program without an end that stores the result of every operation of [`FORMS`] on every pair of [`EDGES`], in order,
/// from `DATA_BASE + DUMP_AT` on.
pub fn edges() -> Vec<u32> {
    let mut code = li(4, DATA_BASE + DUMP_AT);
    for a in EDGES {
        code.extend(li(5, a));
        for b in EDGES {
            code.extend(li(6, b));
            for (opcode, funct3, funct7) in FORMS {
                code.extend([r_type(opcode, funct3, funct7, 7, 5, 6), s_type(3, 4, 7, 0), addi(4, 4, 8)]);
            }
        }
    }
    code
}

/// Appends a random instruction, or the few that make a jump.
fn instruction(random: &mut Random, code: &mut Vec<u32>) {
    // Aliases rd = rs1 = rs2, and x0 in each place, are frequent.
    let rd = target(random);
    let source = |random: &mut Random| match random.below(4) {
        0 => rd,
        _ => random.below(32),
    };
    let (rs1, rs2) = (source(random), source(random));
    let immediate = match random.below(4) {
        0 => [0, 1, -1, 2047, -2048][random.below(5) as usize],
        _ => random.below(4096) as i32 - 2048,
    };
    match random.below(100) {
        0..45 => {
            let (opcode, funct3, funct7) = FORMS[random.below(28) as usize];
            code.push(r_type(opcode, funct3, funct7, rd, rs1, rs2));
        }
        45..55 => {
            let funct3 = [0, 2, 3, 4, 6, 7][random.below(6) as usize];
            code.push(i_type(0x13, funct3, rd, rs1, immediate));
        }
        55..60 => {
            let (funct3, top) = [(1, 0), (5, 0), (5, 0x400)][random.below(3) as usize];
            code.push(match random.below(2) {
                0 => i_type(0x13, funct3, rd, rs1, top | random.below(64) as i32),
                _ => i_type(0x1b, funct3, rd, rs1, top | random.below(32) as i32),
            });
        }
        60..63 => code.push(i_type(0x1b, 0, rd, rs1, immediate)),
        63..66 => code.push(match random.below(3) {
            0 => auipc(rd, random.below(1 << 20)),
            1 => lui(rd, random.below(1 << 20)),
            _ => 0x0ff0_000f, // fence
        }),
        66..76 => {
            // An edge value, so that registers never drift away from the edges.
            let offset = random.below(EDGE_BYTES as u32 / 8) as i32 * 8 - 2048;
            code.push(i_type(0x03, 3, rd, 3, offset));
        }
        76..83 => code.push(i_type(0x03, random.below(7), rd, 3, scratch(random))),
        83..90 => code.push(s_type(random.below(4), 3, rs2, scratch(random))),
        90..97 => {
            // Each jump passes over one instruction, which is there in either case.
            let funct3 = [0, 1, 4, 5, 6, 7][random.below(6) as usize];
            code.extend([b_type(funct3, rs1, rs2, 8), addi(target(random), 0, immediate)]);
        }
        97..98 => code.extend([jal(rd, 8), addi(target(random), 0, immediate)]),
        _ => {
            // jalr clears bit 0 of its target.
            let base = [1, 5, 31][random.below(3) as usize];
            let low = random.below(2) as i32;
            code.extend([auipc(base, 0), jalr(rd, base, 12 | low), addi(target(random), 0, immediate)]);
        }
    }
}

/// Any register that may be written.
fn target(random: &mut Random) -> u32 {
    match random.below(29) {
        low @ 0..2 => low,
        high => high + 3,
    }
}

/// Offset from x3 of an access of up to 8 bytes outside the edge values.
fn scratch(random: &mut Random) -> i32 {
    let span = (2048 + 2048 - EDGE_BYTES - 8) as u32;
    let offset = random.below(span) as i32 + EDGE_BYTES - 2048;
    match random.below(3) {
        0 => offset,
        _ => offset & !7,
    }
}

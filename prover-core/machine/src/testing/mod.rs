//! Test programs: a tiny assembler and linker, and random programs. Only with the feature `testing`.

pub mod random;

use alloc::vec;
use alloc::vec::Vec;

use crate::hash::Hasher;
use crate::program::Program;

/// Where test programs start.
pub const CODE_BASE: u64 = 0x10_0000;
/// Where their data lies.
pub const DATA_BASE: u64 = 0x20_0000;

/// R-type instruction.
pub fn r_type(opcode: u32, funct3: u32, funct7: u32, rd: u32, rs1: u32, rs2: u32) -> u32 {
    funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode
}

/// I-type instruction.
pub fn i_type(opcode: u32, funct3: u32, rd: u32, rs1: u32, imm: i32) -> u32 {
    assert!((-2048..4096).contains(&imm), "{imm}");
    (imm as u32 & 0xfff) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode
}

/// Store.
pub fn s_type(funct3: u32, rs1: u32, rs2: u32, imm: i32) -> u32 {
    let imm = imm as u32 & 0xfff;
    imm >> 5 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (imm & 31) << 7 | 0x23
}

/// Branch.
pub fn b_type(funct3: u32, rs1: u32, rs2: u32, offset: i32) -> u32 {
    let o = offset as u32;
    (o >> 12 & 1) << 31
        | (o >> 5 & 0x3f) << 25
        | rs2 << 20
        | rs1 << 15
        | funct3 << 12
        | (o >> 1 & 0xf) << 8
        | (o >> 11 & 1) << 7
        | 0x63
}

/// `jal`.
pub fn jal(rd: u32, offset: i32) -> u32 {
    let o = offset as u32;
    (o >> 20 & 1) << 31 | (o >> 1 & 0x3ff) << 21 | (o >> 11 & 1) << 20 | (o >> 12 & 0xff) << 12 | rd << 7 | 0x6f
}

/// `jalr`.
pub fn jalr(rd: u32, rs1: u32, imm: i32) -> u32 {
    i_type(0x67, 0, rd, rs1, imm)
}

/// `lui`.
pub fn lui(rd: u32, upper: u32) -> u32 {
    upper << 12 | rd << 7 | 0x37
}

/// `auipc`.
pub fn auipc(rd: u32, upper: u32) -> u32 {
    upper << 12 | rd << 7 | 0x17
}

/// `addi`.
pub fn addi(rd: u32, rs1: u32, imm: i32) -> u32 {
    i_type(0x13, 0, rd, rs1, imm)
}

/// `slli`.
pub fn slli(rd: u32, rs1: u32, amount: i32) -> u32 {
    i_type(0x13, 1, rd, rs1, amount)
}

/// `ecall`.
pub const ECALL: u32 = 0x73;

/// `rd = value`, in at most 8 instructions and no other register.
pub fn li(rd: u32, value: u64) -> Vec<u32> {
    let value = value as i64;
    if (-2048..2048).contains(&value) {
        return vec![addi(rd, 0, value as i32)];
    }
    let low = (value << 52 >> 52) as i32;
    if i64::from(value as i32) == value {
        let upper = (value.wrapping_sub(low.into()) as u32) >> 12;
        return vec![lui(rd, upper), i_type(0x1b, 0, rd, rd, low)];
    }
    let mut code = li(rd, (value.wrapping_sub(low.into()) >> 12) as u64);
    code.extend([slli(rd, rd, 12), addi(rd, rd, low)]);
    code
}

/// `exit(code)`.
pub fn exit(code: i32) -> Vec<u32> {
    vec![addi(10, 0, code), addi(17, 0, 93), ECALL]
}

/// An ELF file with code at [`CODE_BASE`] and `data` (with `zeros` after it) at [`DATA_BASE`].
pub fn elf(code: &[u32], data: &[u8], zeros: u64) -> Vec<u8> {
    let code: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    // Offsets agree with addresses modulo the page, as loaders want it.
    let code_at = 0x1000u64;
    let data_at = (code_at + code.len() as u64).next_multiple_of(0x1000);
    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1];
    file.resize(16, 0);
    file.extend(2u16.to_le_bytes());
    file.extend(243u16.to_le_bytes());
    file.extend(1u32.to_le_bytes());
    for field in [CODE_BASE, 64, 0] {
        file.extend(field.to_le_bytes());
    }
    file.extend(0u32.to_le_bytes());
    for field in [64u16, 56, 2, 0, 0, 0] {
        file.extend(field.to_le_bytes());
    }
    let len = data.len() as u64;
    for (flags, at, address, len, size) in
        [(5u32, code_at, CODE_BASE, code.len() as u64, code.len() as u64), (6, data_at, DATA_BASE, len, len + zeros)]
    {
        file.extend(1u32.to_le_bytes());
        file.extend(flags.to_le_bytes());
        for field in [at, address, address, len, size, 0x1000] {
            file.extend(field.to_le_bytes());
        }
    }
    file.resize(code_at as usize, 0);
    file.extend(code);
    file.resize(data_at as usize, 0);
    file.extend(data);
    file
}

/// A program of these instructions with 1 KiB of data.
pub fn program(hasher: &Hasher, code: &[u32]) -> Program {
    let data: Vec<u8> = (0..1024u32).map(|i| ((i * 37) >> 2) as u8).collect();
    Program::from_elf(hasher, &elf(code, &data, 4096)).unwrap()
}

/// Meets every family: 40 rounds of loads, stores, a crossing access, arithmetic, a call, and output at the end.
pub fn torture() -> Vec<u32> {
    let mut code = li(8, DATA_BASE);
    code.extend(li(9, 40));
    let top = code.len() as i32;
    code.extend([
        i_type(0x03, 3, 5, 8, 0),       // ld x5, 0(x8)
        i_type(0x03, 4, 31, 8, 3),      // lbu x31, 3(x8)
        i_type(0x03, 2, 6, 8, 61),      // lw x6, 61(x8), across a leaf
        r_type(0x33, 0, 1, 7, 5, 6),    // mul x7, x5, x6
        r_type(0x33, 5, 1, 28, 5, 6),   // divu x28, x5, x6
        r_type(0x33, 4, 0, 29, 7, 28),  // xor x29, x7, x28
        r_type(0x33, 3, 0, 0, 7, 28),   // sltu x0, x7, x28
        i_type(0x13, 5, 30, 29, 0x40d), // srai x30, x29, 13
        s_type(3, 8, 29, 8),            // sd x29, 8(x8)
        s_type(1, 8, 30, 191),          // sh x30, 191(x8), across a leaf
        s_type(0, 8, 7, 17),            // sb x7, 17(x8)
        jal(1, 8),                      // call over the next one
        addi(9, 9, 100),                // never
        addi(8, 8, 24),                 //
        addi(9, 9, -1),                 //
    ]);
    let here = code.len() as i32;
    code.push(b_type(1, 9, 0, 4 * (top - here)));
    // Output: 8 bytes, x29.
    code.extend(li(5, 0x8000_0000));
    code.extend([addi(6, 0, 8), s_type(3, 5, 6, 0), s_type(3, 5, 29, 8)]);
    code.extend(exit(7));
    code
}

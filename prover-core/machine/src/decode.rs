//! Decoding: total (every word yields an instruction or nothing) and unique (a function of pc and word).
//!
//! Source: The RISC-V Instruction Set Manual, volume I (20240411), chapters 2, 4, 12 and the listing in chapter 34.
//! Normal forms: [`crate::isa`].

use p3_field::PrimeField32;

use crate::hash::Felt;
use crate::isa::{Instruction, Op};
use crate::layout::SINK_REGISTER;

/// The one encoding of `ecall`.
pub const ECALL: u32 = 0x0000_0073;
/// The one encoding of `ebreak`. It does not decode; faults name it.
pub const EBREAK: u32 = 0x0010_0073;

/// Decodes the word at `pc`; `None` for what the machine does not execute: everything outside RV64IM without
/// Zifencei and Zicsr, `ebreak` included. `pc` must be below 2^30.
pub fn decode(pc: u32, word: u32) -> Option<Instruction> {
    let fields = Fields(word);
    match word & 0x7f {
        0x37 => Some(constant(fields.rd(), fields.upper())),
        0x17 => Some(constant(fields.rd(), u64::from(pc).wrapping_add(fields.upper()))),
        0x6f => Some(Instruction {
            op: Op::Jal,
            rd: fields.rd(),
            imm: u64::from(pc) + 4,
            target: target(pc, fields.jump_offset()),
            ..NOTHING
        }),
        0x67 if fields.funct3() == 0 => Some(Instruction {
            op: Op::Jalr,
            rd: fields.rd(),
            rs1: fields.rs1(),
            imm: fields.signed_top(20),
            ..NOTHING
        }),
        0x63 => branch(pc, fields),
        0x03 => load(fields),
        0x23 => store(fields),
        0x13 => immediate(fields),
        0x1b => immediate_word(fields),
        0x33 | 0x3b => register(fields),
        // FENCE, whatever its fields: the reserved ones are to be ignored (section 2.7).
        0x0f if fields.funct3() == 0 => Some(constant(SINK_REGISTER, 0)),
        0x73 if word == ECALL => Some(Instruction { op: Op::Ecall, rs1: 17, ..NOTHING }),
        _ => None,
    }
}

/// What the fields hold that an instruction does not use.
const NOTHING: Instruction = Instruction { op: Op::Add, is_imm: false, rd: 0, rs1: 0, rs2: 0, imm: 0, target: 0 };

/// `rd = value`.
fn constant(rd: u8, value: u64) -> Instruction {
    Instruction { is_imm: true, rd, imm: value, ..NOTHING }
}

/// `pc + offset` as an integer modulo the field order.
fn target(pc: u32, offset: i32) -> u32 {
    (i64::from(pc) + i64::from(offset)).rem_euclid(i64::from(Felt::ORDER_U32)) as u32
}

fn branch(pc: u32, fields: Fields) -> Option<Instruction> {
    let op = match fields.funct3() {
        0 => Op::Beq,
        1 => Op::Bne,
        4 => Op::Blt,
        5 => Op::Bge,
        6 => Op::Bltu,
        7 => Op::Bgeu,
        _ => return None,
    };
    Some(Instruction {
        op,
        rs1: fields.rs1(),
        rs2: fields.rs2(),
        target: target(pc, fields.branch_offset()),
        ..NOTHING
    })
}

fn load(fields: Fields) -> Option<Instruction> {
    let op = match fields.funct3() {
        0 => Op::Lb,
        1 => Op::Lh,
        2 => Op::Lw,
        3 => Op::Ld,
        4 => Op::Lbu,
        5 => Op::Lhu,
        6 => Op::Lwu,
        _ => return None,
    };
    Some(Instruction { op, rd: fields.rd(), rs1: fields.rs1(), imm: fields.signed_top(20), ..NOTHING })
}

fn store(fields: Fields) -> Option<Instruction> {
    let op = match fields.funct3() {
        0 => Op::Sb,
        1 => Op::Sh,
        2 => Op::Sw,
        3 => Op::Sd,
        _ => return None,
    };
    Some(Instruction {
        op,
        rs1: fields.rs1(),
        rs2: fields.rs2(),
        imm: fields.signed_top(25) << 5 | u64::from(fields.0 >> 7 & 31),
        ..NOTHING
    })
}

fn immediate(fields: Fields) -> Option<Instruction> {
    let (op, imm) = match (fields.funct3(), fields.0 >> 26) {
        (0, _) => (Op::Add, fields.signed_top(20)),
        (2, _) => (Op::Slt, fields.signed_top(20)),
        (3, _) => (Op::Sltu, fields.signed_top(20)),
        (4, _) => (Op::Xor, fields.signed_top(20)),
        (6, _) => (Op::Or, fields.signed_top(20)),
        (7, _) => (Op::And, fields.signed_top(20)),
        (1, 0) => (Op::Sll, fields.shift_amount()),
        (5, 0) => (Op::Srl, fields.shift_amount()),
        (5, 0x10) => (Op::Sra, fields.shift_amount()),
        _ => return None,
    };
    Some(with_immediate(fields, op, imm))
}

fn immediate_word(fields: Fields) -> Option<Instruction> {
    let (op, imm) = match (fields.funct3(), fields.funct7()) {
        (0, _) => (Op::Addw, fields.signed_top(20)),
        (1, 0) => (Op::Sllw, u64::from(fields.rs2())),
        (5, 0) => (Op::Srlw, u64::from(fields.rs2())),
        (5, 0x20) => (Op::Sraw, u64::from(fields.rs2())),
        _ => return None,
    };
    Some(with_immediate(fields, op, imm))
}

fn with_immediate(fields: Fields, op: Op, imm: u64) -> Instruction {
    Instruction { op, is_imm: true, rd: fields.rd(), rs1: fields.rs1(), imm, ..NOTHING }
}

fn register(fields: Fields) -> Option<Instruction> {
    let is_word = fields.0 & 0x7f == 0x3b;
    let op = match (is_word, fields.funct7(), fields.funct3()) {
        (false, 0, 0) => Op::Add,
        (false, 0, 1) => Op::Sll,
        (false, 0, 2) => Op::Slt,
        (false, 0, 3) => Op::Sltu,
        (false, 0, 4) => Op::Xor,
        (false, 0, 5) => Op::Srl,
        (false, 0, 6) => Op::Or,
        (false, 0, 7) => Op::And,
        (false, 0x20, 0) => Op::Sub,
        (false, 0x20, 5) => Op::Sra,
        (false, 1, 0) => Op::Mul,
        (false, 1, 1) => Op::Mulh,
        (false, 1, 2) => Op::Mulhsu,
        (false, 1, 3) => Op::Mulhu,
        (false, 1, 4) => Op::Div,
        (false, 1, 5) => Op::Divu,
        (false, 1, 6) => Op::Rem,
        (false, 1, 7) => Op::Remu,
        (true, 0, 0) => Op::Addw,
        (true, 0, 1) => Op::Sllw,
        (true, 0, 5) => Op::Srlw,
        (true, 0x20, 0) => Op::Subw,
        (true, 0x20, 5) => Op::Sraw,
        (true, 1, 0) => Op::Mulw,
        (true, 1, 4) => Op::Divw,
        (true, 1, 5) => Op::Divuw,
        (true, 1, 6) => Op::Remw,
        (true, 1, 7) => Op::Remuw,
        _ => return None,
    };
    Some(Instruction { op, rd: fields.rd(), rs1: fields.rs1(), rs2: fields.rs2(), ..NOTHING })
}

/// The bit fields of an instruction word (section 2.2 and 2.3).
#[derive(Clone, Copy)]
struct Fields(u32);

impl Fields {
    /// Destination, with x0 sent to the sink.
    fn rd(self) -> u8 {
        match (self.0 >> 7 & 31) as u8 {
            0 => SINK_REGISTER,
            rd => rd,
        }
    }

    fn rs1(self) -> u8 {
        (self.0 >> 15 & 31) as u8
    }

    fn rs2(self) -> u8 {
        (self.0 >> 20 & 31) as u8
    }

    fn funct3(self) -> u32 {
        self.0 >> 12 & 7
    }

    fn funct7(self) -> u32 {
        self.0 >> 25
    }

    fn shift_amount(self) -> u64 {
        u64::from(self.0 >> 20 & 63)
    }

    /// The bits from `shift` up, sign-extended.
    fn signed_top(self, shift: u32) -> u64 {
        i64::from(self.0 as i32 >> shift) as u64
    }

    /// The U-type immediate: the upper 20 bits in place, sign-extended.
    fn upper(self) -> u64 {
        i64::from((self.0 & !0xfff) as i32) as u64
    }

    fn branch_offset(self) -> i32 {
        let word = self.0;
        (word as i32 >> 31 << 12) | ((word >> 7 & 1) << 11 | (word >> 25 & 0x3f) << 5 | (word >> 8 & 0xf) << 1) as i32
    }

    fn jump_offset(self) -> i32 {
        let word = self.0;
        (word as i32 >> 31 << 20) | (word & 0xf_f000 | (word >> 20 & 1) << 11 | (word >> 21 & 0x3ff) << 1) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_and_nops() {
        // lui x5, 0x80000: sign-extended to 64 bits (section 4.2).
        assert_eq!(decode(0, 0x8000_02b7), Some(constant(5, 0xffff_ffff_8000_0000)));
        // auipc x5, 0x7ffff at a high pc: limbs 2 and 3 stay equal.
        assert_eq!(decode(0x3fff_0000, 0x7fff_f297), Some(constant(5, 0xbffe_f000)));
        assert_eq!(decode(64, 0x0ff0_000f), Some(constant(SINK_REGISTER, 0)));
    }

    #[test]
    fn jumps_carry_link_and_target() {
        // jal x1, +8
        let jal = decode(0x10_0000, 0x0080_00ef).unwrap();
        assert_eq!((jal.rd, jal.imm, jal.target), (1, 0x10_0004, 0x10_0008));
        // beq x0, x0, -4 at 0 wraps modulo the field order.
        let beq = decode(0, 0xfe00_0ee3).unwrap();
        assert_eq!(beq.target, Felt::ORDER_U32 - 4);
        assert_eq!(beq.rd, 0);
    }

    #[test]
    fn refuses_what_the_machine_lacks() {
        for word in [
            0,
            u32::MAX,
            EBREAK,
            0x0000_100f,           // fence.i
            0x3000_2573,           // csrr
            0x1050_0073,           // wfi
            0x3020_0073,           // mret
            0x0000_0001,           // c.nop
            0x0200_5013 | 1 << 31, // srli with a reserved bit
            0x0000_7003,           // load of width 7
            0x0000_4023,           // store of width 4
            0x0000_2063,           // branch 2
            0x0000_1067,           // jalr with funct3 1
            0x0200_101b,           // slliw by 32
            0x0200_103b,           // mulw with funct3 1
            0x4000_1033,
        ] {
            assert_eq!(decode(0, word), None, "{word:#x}");
        }
    }

    #[test]
    fn fields_are_in_range_for_every_kind_of_word() {
        // A walk over 2^22 words that meets every opcode, funct3 and funct7.
        let mut word = 0u32;
        let mut decoded = 0;
        for _ in 0..1 << 22 {
            word = word.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
            let pc = word.rotate_left(7) & 0x3fff_fffc;
            let Some(instruction) = decode(pc, word.rotate_left(13) | 3) else {
                continue;
            };
            decoded += 1;
            assert!(instruction.rd <= 32 && instruction.rs1 < 32 && instruction.rs2 < 32);
            assert!(instruction.target < Felt::ORDER_U32);
            assert!(matches!(instruction.imm >> 32, 0 | 0xffff_ffff));
            assert_eq!(instruction.op.writes_rd(), instruction.rd != 0);
            let alu = matches!(instruction.op.family() as u8, 0..4);
            assert!(alu || !instruction.is_imm);
        }
        assert!(decoded > 100_000);
    }
}

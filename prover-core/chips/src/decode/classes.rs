//! The classes of legal words. Exactly one of them holds for a legal word and none for any other.
//!
//! Source: The RISC-V Instruction Set Manual, volume I (20240411), chapter 34: opcode map and listings of RV64IM.

use hearth_machine::isa::Op;

/// What a class asks of the bits above the register fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Top {
    /// Nothing: they are part of an immediate, or ignored.
    Any,
    /// Bits 26 to 31 are this number.
    Six(u8),
    /// Bits 25 to 31 are this number.
    Seven(u8),
}

/// Where a class has its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// `lui`.
    Upper,
    /// `auipc`.
    UpperPc,
    /// `jal`.
    Jump,
    /// `jalr` and loads: rd, rs1, a 12-bit offset.
    Offset,
    /// Branches.
    Branch,
    /// Stores.
    Store,
    /// Immediate operand of 12 bits.
    Immediate,
    /// Shift amount of 6 bits.
    Shift,
    /// Shift amount of 5 bits.
    ShiftWord,
    /// Two registers.
    Register,
    /// `fence`: nothing.
    Fence,
    /// `ecall`: a7.
    Ecall,
}

/// One class.
pub(super) struct Class {
    /// The low 7 bits.
    pub opcode: u8,
    /// Condition on the top bits.
    pub top: Top,
    /// Operands.
    pub layout: Layout,
    /// [`Op`] as a number by funct3; 0 where there is none.
    pub ops: [u8; 8],
}

/// Number of classes.
pub(super) const COUNT: usize = 21;

/// All classes.
pub(super) const CLASSES: [Class; COUNT] = [
    class(0x37, Top::Any, Layout::Upper, [Op::Add as u8; 8]),
    class(0x17, Top::Any, Layout::UpperPc, [Op::Add as u8; 8]),
    class(0x6f, Top::Any, Layout::Jump, [Op::Jal as u8; 8]),
    class(0x67, Top::Any, Layout::Offset, ops(&[(0, Op::Jalr)])),
    class(0x63, Top::Any, Layout::Branch, BRANCHES),
    class(0x03, Top::Any, Layout::Offset, LOADS),
    class(0x23, Top::Any, Layout::Store, ops(&[(0, Op::Sb), (1, Op::Sh), (2, Op::Sw), (3, Op::Sd)])),
    class(0x13, Top::Any, Layout::Immediate, IMMEDIATES),
    class(0x13, Top::Six(0), Layout::Shift, ops(&[(1, Op::Sll), (5, Op::Srl)])),
    class(0x13, Top::Six(0x10), Layout::Shift, ops(&[(5, Op::Sra)])),
    class(0x1b, Top::Any, Layout::Immediate, ops(&[(0, Op::Addw)])),
    class(0x1b, Top::Seven(0), Layout::ShiftWord, ops(&[(1, Op::Sllw), (5, Op::Srlw)])),
    class(0x1b, Top::Seven(0x20), Layout::ShiftWord, ops(&[(5, Op::Sraw)])),
    class(0x33, Top::Seven(0), Layout::Register, REGISTERS),
    class(0x33, Top::Seven(0x20), Layout::Register, ops(&[(0, Op::Sub), (5, Op::Sra)])),
    class(0x33, Top::Seven(1), Layout::Register, MULTIPLICATIONS),
    class(0x3b, Top::Seven(0), Layout::Register, ops(&[(0, Op::Addw), (1, Op::Sllw), (5, Op::Srlw)])),
    class(0x3b, Top::Seven(0x20), Layout::Register, ops(&[(0, Op::Subw), (5, Op::Sraw)])),
    class(0x3b, Top::Seven(1), Layout::Register, WORD_MULTIPLICATIONS),
    class(0x0f, Top::Any, Layout::Fence, ops(&[(0, Op::Add)])),
    class(0x73, Top::Any, Layout::Ecall, ops(&[(0, Op::Ecall)])),
];

const BRANCHES: [u8; 8] = ops(&[(0, Op::Beq), (1, Op::Bne), (4, Op::Blt), (5, Op::Bge), (6, Op::Bltu), (7, Op::Bgeu)]);
const LOADS: [u8; 8] =
    ops(&[(0, Op::Lb), (1, Op::Lh), (2, Op::Lw), (3, Op::Ld), (4, Op::Lbu), (5, Op::Lhu), (6, Op::Lwu)]);
const IMMEDIATES: [u8; 8] = ops(&[(0, Op::Add), (2, Op::Slt), (3, Op::Sltu), (4, Op::Xor), (6, Op::Or), (7, Op::And)]);
#[rustfmt::skip]
const REGISTERS: [u8; 8] = ops(&[
    (0, Op::Add), (1, Op::Sll), (2, Op::Slt), (3, Op::Sltu), (4, Op::Xor), (5, Op::Srl), (6, Op::Or), (7, Op::And),
]);
#[rustfmt::skip]
const MULTIPLICATIONS: [u8; 8] = ops(&[
    (0, Op::Mul), (1, Op::Mulh), (2, Op::Mulhsu), (3, Op::Mulhu),
    (4, Op::Div), (5, Op::Divu), (6, Op::Rem), (7, Op::Remu),
]);
const WORD_MULTIPLICATIONS: [u8; 8] =
    ops(&[(0, Op::Mulw), (4, Op::Divw), (5, Op::Divuw), (6, Op::Remw), (7, Op::Remuw)]);

const fn class(opcode: u8, top: Top, layout: Layout, ops: [u8; 8]) -> Class {
    Class { opcode, top, layout, ops }
}

/// The given operations by funct3.
const fn ops(entries: &[(usize, Op)]) -> [u8; 8] {
    let mut ops = [0; 8];
    let mut i = 0;
    while i < entries.len() {
        ops[entries[i].0] = entries[i].1 as u8;
        i += 1;
    }
    ops
}

/// Index of the class of `word`; `None` if it is illegal.
pub(super) fn class_of(word: u32) -> Option<usize> {
    CLASSES.iter().position(|class| {
        let top = match class.top {
            Top::Any => true,
            Top::Six(bits) => word >> 26 == u32::from(bits),
            Top::Seven(bits) => word >> 25 == u32::from(bits),
        };
        let funct3 = (word >> 12 & 7) as usize;
        let bare = class.layout != Layout::Ecall || word >> 7 == 0;
        word & 0x7f == u32::from(class.opcode) && top && class.ops[funct3] != 0 && bare
    })
}

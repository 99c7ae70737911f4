//! Operations, and the form in which decoding hands them to the executor and to the chips.
//!
//! Decoding normalises, so that fewer chips see fewer cases:
//! * `LUI` and `AUIPC` are `Add` of x0 and a constant: the pc is known where an instruction is decoded.
//! * `FENCE` is `Add` of x0 and 0 into the sink.
//! * A write to x0 goes to register 32, the sink; no chip mentions x0.
//! * Branches and `JAL` carry their target; `JAL` carries its link value as the immediate.

/// One operation. The discriminant is the `op` field of the decode message and is part of every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)] // the names are those of the RISC-V specification
pub enum Op {
    Add = 1,
    Sub,
    Addw,
    Subw,
    And,
    Or,
    Xor,
    Sll,
    Srl,
    Sra,
    Sllw,
    Srlw,
    Sraw,
    Slt,
    Sltu,
    Beq,
    Bne,
    Blt,
    Bge,
    Bltu,
    Bgeu,
    Jal,
    Jalr,
    Lb,
    Lh,
    Lw,
    Ld,
    Lbu,
    Lhu,
    Lwu,
    Sb,
    Sh,
    Sw,
    Sd,
    Mul,
    Mulh,
    Mulhsu,
    Mulhu,
    Mulw,
    Div,
    Divu,
    Rem,
    Remu,
    Divw,
    Divuw,
    Remw,
    Remuw,
    Ecall,
}

impl Op {
    /// The family of the operation where addresses are naturally aligned.
    pub const fn family(self) -> Family {
        match self {
            Self::Add | Self::Sub | Self::Addw | Self::Subw => Family::AddSub,
            Self::And | Self::Or | Self::Xor => Family::Bitwise,
            Self::Sll | Self::Srl | Self::Sra | Self::Sllw | Self::Srlw | Self::Sraw => Family::Shift,
            Self::Slt | Self::Sltu => Family::Compare,
            Self::Beq | Self::Bne | Self::Blt | Self::Bge | Self::Bltu | Self::Bgeu => Family::Branch,
            Self::Jal | Self::Jalr => Family::Jump,
            Self::Lb | Self::Lh | Self::Lw | Self::Lbu | Self::Lhu | Self::Lwu => Family::Load,
            Self::Ld => Family::LoadDouble,
            Self::Sb | Self::Sh | Self::Sw => Family::Store,
            Self::Sd => Family::StoreDouble,
            Self::Mul | Self::Mulh | Self::Mulhsu | Self::Mulhu | Self::Mulw => Family::Mul,
            Self::Div | Self::Divu | Self::Rem | Self::Remu | Self::Divw | Self::Divuw | Self::Remw | Self::Remuw => {
                Family::DivRem
            }
            Self::Ecall => Family::Ecall,
        }
    }

    /// Which accesses an instruction of this operation makes beside memory.
    ///
    /// `is_imm` is that of the instruction.
    pub const fn reads_rs1(self) -> bool {
        !matches!(self, Self::Jal)
    }

    /// See [`Op::reads_rs1`].
    pub const fn reads_rs2(self, is_imm: bool) -> bool {
        match self.family() {
            Family::AddSub | Family::Bitwise | Family::Shift | Family::Compare => !is_imm,
            Family::Branch | Family::Store | Family::StoreDouble | Family::Mul | Family::DivRem => true,
            _ => false,
        }
    }

    /// See [`Op::reads_rs1`].
    pub const fn writes_rd(self) -> bool {
        !matches!(self.family(), Family::Branch | Family::Store | Family::StoreDouble | Family::Ecall)
    }
}

/// The chip that proves an instruction. `Misaligned` is chosen at run time by the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Family {
    /// add, sub and their word forms, constants.
    AddSub,
    /// and, or, xor.
    Bitwise,
    /// Shifts.
    Shift,
    /// Set if less than.
    Compare,
    /// Conditional branches.
    Branch,
    /// jal, jalr.
    Jump,
    /// Naturally aligned loads of parts of a word.
    Load,
    /// Aligned loads of whole words.
    LoadDouble,
    /// Naturally aligned stores of parts of a word.
    Store,
    /// Aligned stores of whole words.
    StoreDouble,
    /// Loads and stores that are not naturally aligned.
    Misaligned,
    /// Multiplications.
    Mul,
    /// Divisions and remainders.
    DivRem,
    /// System calls.
    Ecall,
}

impl Family {
    /// Number of families.
    pub const COUNT: usize = 14;
}

/// A decoded instruction: exactly the fields of the decode message beside the pc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Operation.
    pub op: Op,
    /// The second operand is `imm`, not rs2: only in `AddSub`, `Bitwise`, `Shift` and `Compare`, false elsewhere.
    pub is_imm: bool,
    /// Register written, 32 for x0. 0 where nothing is written (branches, stores); no chip of such an operation writes.
    pub rd: u8,
    /// First register read, 17 (a7) for `ecall`, 0 where none is read.
    pub rs1: u8,
    /// Second register read, 0 where none is read.
    pub rs2: u8,
    /// Immediate, sign-extended; the link value of `jal`; the constant of `lui` and `auipc`; the shift amount.
    /// Its limbs 2 and 3 are equal, both 0 or both 0xffff.
    pub imm: u64,
    /// Target pc of branches and `jal`, as the integer modulo the field order; 0 otherwise.
    pub target: u32,
}

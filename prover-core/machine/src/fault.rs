//! Why a run cannot go on. A run that faults has no proof.

use thiserror::Error;

/// A fault, the machine-mode exception that a processor would raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("fault at pc {pc:#x}: {cause}")]
pub struct Fault {
    /// pc of the instruction at fault; the pc itself where nothing could be fetched.
    pub pc: u32,
    /// What happened.
    pub cause: Cause,
}

/// Causes of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Cause {
    /// No RV64IM instruction.
    #[error("illegal instruction {0:#010x}")]
    IllegalInstruction(u32),
    /// `ebreak`: there is no debugger.
    #[error("ebreak")]
    Breakpoint,
    /// The pc is no multiple of 4.
    #[error("pc is not a multiple of 4")]
    MisalignedPc,
    /// The pc lies outside the program's code.
    #[error("pc is outside the program's code")]
    PcOutsideCode,
    /// A `jalr` to an address that no code can have.
    #[error("jump to {0:#x}")]
    JumpTarget(u64),
    /// A load or store with a byte beyond 2^32.
    #[error("access to {0:#x}, beyond 2^32")]
    Address(u64),
    /// An accelerator call whose pointer is not 8-aligned, or not below [`crate::layout::ACCELERATOR_END`].
    #[error("accelerator call with the misaligned or too high pointer {0:#x}")]
    Pointer(u64),
    /// A point operation on points for which its formula is not defined.
    #[error("point operation of secp256k1 outside its domain")]
    Secp256k1,
    /// A modular call whose quotient has more words than its operands.
    #[error("modular call whose quotient is too large")]
    Modular,
    /// An `ecall` with an unknown number in a7.
    #[error("unknown ecall {0:#x}")]
    Ecall(u64),
}

//! The fields of the decoded instruction as expressions of degree 2: used by the constraints and to fill rows.

use hearth_machine::layout::SINK_REGISTER;
use p3_field::{Algebra, PrimeCharacteristicRing};

use super::classes::Layout;
use super::{Decode, Fields};
use crate::Felt;

impl<E: Algebra<Felt>> Decode<E> {
    /// 1 when the class has one of `layouts`.
    pub(super) fn has(&self, layouts: &[Layout]) -> E {
        self.over_classes(|class| u32::from(layouts.contains(&class.layout)))
    }

    /// 1 when the second operand is the immediate.
    pub(super) fn is_imm(&self) -> E {
        use Layout::{Fence, Immediate, Shift, ShiftWord, Upper, UpperPc};
        self.has(&[Upper, UpperPc, Immediate, Shift, ShiftWord, Fence])
    }

    /// 1 when the constant is the pc plus something.
    pub(super) fn is_relative(&self) -> E {
        self.has(&[Layout::UpperPc, Layout::Jump])
    }

    /// Sum of the products of class and funct3 flag that have no operation.
    pub(super) fn illegal(&self) -> E {
        self.by_funct3(|op| u32::from(op == 0))
    }

    /// Sum over funct3 and classes of both flags and the weight of the operation.
    fn by_funct3(&self, weight: impl Fn(u8) -> u32) -> E {
        (0..8).fold(E::ZERO, |sum, k| sum + self.funct3[k].clone() * self.over_classes(|class| weight(class.ops[k])))
    }

    /// The fields that a row in use must provide; 0 on the zero row.
    pub(super) fn expected(&self) -> Fields<E> {
        use Layout::{
            Branch, Ecall, Fence, Immediate, Jump, Offset, Register, Shift, ShiftWord, Store, Upper, UpperPc,
        };
        let sink = Felt::from_u8(SINK_REGISTER);
        let written = self.has(&[Upper, UpperPc, Jump, Offset, Immediate, Shift, ShiftWord, Register]);
        let first = self.has(&[Offset, Branch, Store, Immediate, Shift, ShiftWord, Register]);
        let second = self.has(&[Branch, Store, Register]);
        Fields {
            op: self.by_funct3(u32::from),
            rd: written * (self.bits(7, 12) + self.rd_is_zero.clone() * sink) + self.has(&[Fence]) * sink,
            rs1: first * self.bits(15, 20) + self.has(&[Ecall]) * Felt::from_u8(17),
            rs2: second * self.bits(20, 25),
            imm: self.immediate(),
            target: self.has(&[Branch]) * (self.pc.clone() + self.branch_offset())
                + self.has(&[Jump]) * (self.pc.clone() + self.jump_offset()),
        }
    }

    /// Limbs 0 to 2 of the immediate.
    fn immediate(&self) -> [E; 3] {
        use Layout::{Immediate, Jump, Offset, Shift, ShiftWord, Store, Upper, UpperPc};
        let ones = Felt::from_u16(0xffff);
        let limb = Felt::from_u32(1 << 16);
        let sign = self.bit(31);
        let upper = self.has(&[Upper, UpperPc]);
        let short = self.has(&[Offset, Immediate]);
        let store = self.has(&[Store]);
        let relative = self.is_relative();
        let [carry, carry_out] = self.carries.clone();

        // Bits 11 to 15 of a 12-bit immediate are copies of its sign.
        let signs = sign.clone() * Felt::from_u16(0xf800);
        let limb_0 = short.clone() * (self.bits(20, 31) + signs.clone())
            + store.clone() * (self.bits(7, 12) + self.bits(25, 31) * Felt::from_u8(32) + signs)
            + self.has(&[Shift]) * self.bits(20, 26)
            + self.has(&[ShiftWord]) * self.bits(20, 25)
            + upper.clone() * (self.funct3_value() * Felt::from_u16(1 << 12) + self.bit(15) * Felt::from_u16(1 << 15))
            + self.has(&[Jump]) * Felt::from_u8(4)
            + relative.clone() * self.pc_low.clone()
            - carry.clone() * limb;
        let limb_1 = (short.clone() + store.clone()) * sign.clone() * ones
            + upper.clone() * self.bits(16, 32)
            + relative * self.pc_high()
            + carry
            - carry_out.clone() * limb;
        let limb_2 = ((short + store + upper) * sign - carry_out) * ones;
        [limb_0, limb_1, limb_2]
    }

    /// Offset of a branch: bits 31, 7, 30..25 and 11..8.
    fn branch_offset(&self) -> E {
        self.bits(8, 12).double() + self.bits(25, 31) * Felt::from_u8(32) + self.bit(7) * Felt::from_u16(1 << 11)
            - self.bit(31) * Felt::from_u16(1 << 12)
    }

    /// Offset of `jal`: bits 31, 19..12, 20 and 30..21.
    fn jump_offset(&self) -> E {
        self.bits(21, 31).double()
            + self.bit(20) * Felt::from_u16(1 << 11)
            + self.funct3_value() * Felt::from_u16(1 << 12)
            + self.bits(15, 20) * Felt::from_u16(1 << 15)
            - self.bit(31) * Felt::from_u32(1 << 20)
    }
}

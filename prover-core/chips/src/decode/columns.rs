use p3_field::{Algebra, PrimeCharacteristicRing};

use super::classes::{CLASSES, COUNT, Class};
use crate::Felt;
use crate::columns;
use crate::step::inverse_2_16;

columns! {
    /// A row of the decode chip.
    pub struct Decode {
        /// Address of the instruction.
        pub pc: T,
        /// How many steps look the instruction up.
        pub uses: T,
        /// One flag for each class of words; it implies the opcode, bits 0 to 6.
        pub classes: [T; COUNT],
        /// Bits 12 to 14 as eight flags.
        pub funct3: [T; 8],
        /// Bits 7 to 11.
        pub low: [T; 5],
        /// Bits 15 to 31.
        pub high: [T; 17],
        /// The product of the complements of bits 7, 8 and 9.
        pub rd_starts_zero: T,
        /// 1 when bits 7 to 11 are 0.
        pub rd_is_zero: T,
        /// Low 16 bits of the pc.
        pub pc_low: T,
        /// Carries out of limbs 0 and 1 of a pc-relative constant.
        pub carries: [T; 2],
        /// What the row provides.
        pub fields: Fields<T>,
    }
}

columns! {
    /// The fields of [`crate::bus::Program`] that need a column.
    pub struct Fields {
        /// Operation.
        pub op: T,
        /// Register written.
        pub rd: T,
        /// First register read.
        pub rs1: T,
        /// Second register read.
        pub rs2: T,
        /// Limbs 0 to 2 of the immediate.
        pub imm: [T; 3],
        /// Target of branches and `jal`.
        pub target: T,
    }
}

/// Linear expressions over the columns of a row.
impl<E: Algebra<Felt>> Decode<E> {
    /// Sum over the classes of flag and `weight`.
    pub(super) fn over_classes(&self, weight: impl Fn(&Class) -> u32) -> E {
        let weights = CLASSES.iter().map(weight);
        self.classes.iter().zip(weights).filter(|&(_, weight)| weight > 0).fold(E::ZERO, |sum, (flag, weight)| {
            if weight == 1 { sum + flag.clone() } else { sum + flag.clone() * Felt::from_u32(weight) }
        })
    }

    /// 1 on rows in use, if the class flags are exclusive.
    pub(super) fn real(&self) -> E {
        self.over_classes(|_| 1)
    }

    /// Bit `at` of the word: 7 to 11 or 15 to 31.
    pub(super) fn bit(&self, at: usize) -> E {
        if at < 12 { self.low[at - 7].clone() } else { self.high[at - 15].clone() }
    }

    /// Bits `from..to` as a number.
    pub(super) fn bits(&self, from: usize, to: usize) -> E {
        (from..to).fold(E::ZERO, |sum, at| sum + self.bit(at) * Felt::from_u32(1 << (at - from)))
    }

    /// funct3 as a number.
    pub(super) fn funct3_value(&self) -> E {
        (1..8).fold(E::ZERO, |sum, k| sum + self.funct3[k].clone() * Felt::from_usize(k))
    }

    /// The pc without its low 16 bits, shifted down.
    pub(super) fn pc_high(&self) -> E {
        (self.pc.clone() - self.pc_low.clone()) * inverse_2_16()
    }

    /// Low and high half of the instruction word.
    pub(super) fn halves(&self) -> [E; 2] {
        let low = self.over_classes(|class| u32::from(class.opcode))
            + self.bits(7, 12) * Felt::from_u32(1 << 7)
            + self.funct3_value() * Felt::from_u32(1 << 12)
            + self.bit(15) * Felt::from_u32(1 << 15);
        [low, self.bits(16, 32)]
    }
}

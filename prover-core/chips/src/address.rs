//! From base register and immediate to a word of data space, for loads and stores.
//!
//! **Assumes** base limbs below 2^16 (memory bus), immediate limbs below 2^16 with limb 3 equal to limb 2 (decoding),
//! and an offset that is an integer in `[0, 8)` on real rows (the chip makes it from boolean flags).
//! **Guarantees** on real rows `8 word + offset = (base + imm) mod 2^64 < 2^32` as integers, so `word < 2^29`: no data
//! access reaches a register (conditions 8 and 10 of the memory argument), and word and offset are unique.
//!
//! **Why a cheater fails.** Look-ups make `middle` a byte, and `low` a byte whose eightfold is a byte, so `low < 2^5`
//! (both look-ups are needed: the second alone would admit eighths). Then `limb_0 = offset + 8 low + 2^8 middle` is a
//! decomposition of an integer below 2^16, and `high` is one by look-up. Each carry
//! `(base_i + imm_i + carry - limb_i) / 2^16` is 0 or 1, an equation between integers below 2^18, so the limbs are those
//! of the sum; those of the upper half are the constant 0.
//!
//! Three columns and two interactions beside half a pair: cheaper than looking up limb 0 and its eighth.

use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::columns;
use crate::step::{Step, inverse_2_16};

columns! {
    /// Bits 3 to 31 of an address.
    pub struct Address {
        /// Bits 3 to 7.
        pub low: T,
        /// Bits 8 to 15.
        pub middle: T,
        /// Bits 16 to 31: limb 1.
        pub high: T,
    }
}

impl Address<Felt> {
    /// Fills the columns for an address below 2^32.
    pub fn fill(&mut self, address: u64) {
        self.low = Felt::from_u8(address as u8 >> 3);
        self.middle = Felt::from_u8((address >> 8) as u8);
        self.high = Felt::from_u16((address >> 16) as u16);
    }
}

/// Constrains `base + imm` to be the byte `offset` of the word that is returned. `imm` are limbs 0, 1 and 2.
///
/// The constraints hold on every row, in use or not; the look-ups are those of `step`.
pub fn data_word<B: InteractionBuilder<F = Felt>>(
    step: &mut Step<'_, B>,
    address: &Address<B::Var>,
    base: &[B::Var; 4],
    imm: &[B::Var; 3],
    offset: B::Expr,
) -> B::Expr {
    let low: B::Expr = address.low.into();
    let middle: B::Expr = address.middle.into();
    let high: B::Expr = address.high.into();

    let limb_0 = offset + low.clone() * Felt::from_u8(8) + middle.clone() * Felt::from_u16(1 << 8);
    let limbs = [limb_0, high.clone(), B::Expr::ZERO, B::Expr::ZERO];
    let mut carry = B::Expr::ZERO;
    for (i, limb) in limbs.into_iter().enumerate() {
        carry = (base[i] + imm[i.min(2)] + carry - limb) * inverse_2_16();
        step.builder().assert_bool(carry.clone());
    }

    step.byte(low.clone());
    step.byte(low.clone() * Felt::from_u8(8));
    step.byte(middle.clone());
    step.range16(high.clone());
    low + middle * Felt::from_u8(1 << 5) + high * Felt::from_u16(1 << 13)
}

#[cfg(test)]
mod tests;

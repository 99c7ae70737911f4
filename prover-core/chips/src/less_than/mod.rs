#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, Range16};
use crate::columns;

columns! {
    /// The witness of a comparison of `a` and `b`.
    pub struct LessThan {
        /// 1 at the most significant limb where `a` and `b` differ.
        pub differs: [T; 4],
        /// `a - b` at that limb, taken as signed at the top of a signed comparison; 0 when `a = b`.
        pub difference: T,
        /// 1 when `a < b`.
        pub less: T,
        /// Bits 63 of `a` and `b` in a signed comparison, 0 in an unsigned one.
        pub signs: [T; 2],
    }
}

/// What a comparison found; each is 0 or 1.
pub struct Comparison<E> {
    /// `a < b`.
    pub less: E,
    /// `a != b`.
    pub unequal: E,
}

impl LessThan<Felt> {
    /// Fills the columns.
    pub fn fill(&mut self, a: u64, b: u64, signed: bool) {
        self.signs = [a, b].map(|value| Felt::from_bool(signed && value >> 63 == 1));
        self.less = Felt::from_bool(if signed { (a as i64) < b as i64 } else { a < b });
        if a != b {
            let at = (63 - (a ^ b).leading_zeros()) as usize / 16;
            self.differs[at] = Felt::ONE;
            let limb = |value: u64| {
                let limb = (value >> (16 * at)) as u16;
                if signed && at == 3 { i64::from(limb as i16) } else { i64::from(limb) }
            };
            self.difference = Felt::from_i64(limb(a) - limb(b));
        }
    }
}

/// Compares two words of canonical limbs; 3 look-ups. `real` and `signed` must be 0 or 1, and `signed <= real`.
pub fn compare<B: InteractionBuilder<F = Felt>>(
    builder: &mut B,
    real: B::Expr,
    signed: B::Expr,
    a: [B::Expr; 4],
    b: [B::Expr; 4],
    columns: &LessThan<B::Var>,
) -> Comparison<B::Expr> {
    let two_16 = B::Expr::from_u32(1 << 16);
    // A sign is bit 15 of its top limb: 2 limb - 2^16 sign is below 2^16 for no other choice.
    for (sign, word) in columns.signs.into_iter().zip([&a, &b]) {
        builder.assert_bool(sign);
        builder.assert_zero((B::Expr::ONE - signed.clone()) * sign);
        let value = word[3].double() - two_16.clone() * sign;
        builder.look_up(Range16 { value }, signed.clone());
    }

    // Differences from the top down: 0 until the flagged limb, `difference` there.
    let mut seen = B::Expr::ZERO;
    let mut difference = B::Expr::ZERO;
    for i in (0..4).rev() {
        let mut limb = a[i].clone() - b[i].clone();
        if i == 3 {
            limb -= two_16.clone() * (columns.signs[0] - columns.signs[1]);
        }
        builder.assert_bool(columns.differs[i]);
        seen += columns.differs[i].into();
        builder.assert_zero((B::Expr::ONE - seen.clone()) * limb.clone());
        difference += limb * columns.differs[i];
    }
    let unequal = seen;
    builder.assert_bool(unequal.clone());
    builder.assert_eq(columns.difference, difference);

    // `a > b` at the flagged limb: difference - 1 is below 2^16. `a < b`: -difference - 1 is. Equal: both are 0.
    let less: B::Expr = columns.less.into();
    builder.assert_bool(columns.less);
    builder.assert_zero(less.clone() * (B::Expr::ONE - unequal.clone()));
    let value = (B::Expr::ONE - less.double()) * columns.difference - unequal.clone();
    builder.look_up(Range16 { value }, real);
    Comparison { less, unequal }
}

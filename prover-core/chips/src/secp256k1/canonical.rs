//! Coordinates below the prime.
//!
//! In 16-bit limbs the prime is `0xfc2f, 0xffff, 0xfffe` and thirteen times `0xffff`. A number is at least the prime if
//! and only if the thirteen high limbs are greatest and limb 2 is `0xffff`, or limbs 1 and 2 are those of the prime and
//! limb 0 is at least its.
//!
//! **Why a cheater fails.** `high_gap`, the sum of what the high limbs lack, is an integer below p, so it is 0 only
//! where all are greatest; `high + high_gap * inverse = 1` then makes `high` 1, and the look-up of `high (limb_2 + 1)`
//! excludes `0xffff`. If limbs 1 and 2 are also those of the prime, `low_gap` is 0 and `low` is 1, and the look-up of
//! `low (limb_0 + 977)` excludes the rest. Elsewhere a prover may set `high` or `low` as it likes: the look-ups only
//! take freedom away. An honest one sets 0, which always passes: `low_gap` is 0 for no other number below the prime, as
//! `2 high_gap` outweighs the -1 that limb 2 can add.

use p3_field::{Field, PrimeCharacteristicRing};
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::columns;
use crate::step::Step;

columns! {
    /// Shows that a number is below the prime.
    pub struct Canonical {
        /// 1 where limbs 3 to 15 are greatest.
        pub high: T,
        /// Inverse of what they lack.
        pub high_inverse: T,
        /// 1 where limbs 1 and 2 are those of the prime as well.
        pub low: T,
        /// Inverse of what all those limbs lack.
        pub low_inverse: T,
    }
}

/// What limbs 3 to 15, and limbs 1 to 15, lack to those of the prime, where `one` is 1.
fn gaps<E: PrimeCharacteristicRing>(limbs: &[E; 16], one: &E) -> (E, E) {
    let lacks = |limb: usize, greatest: u16| one.clone() * E::from_u16(greatest) - limbs[limb].clone();
    let high = (3..16).map(|limb| lacks(limb, 0xffff)).sum::<E>();
    let low = high.double() + lacks(2, 0xfffe) + lacks(1, 0xffff);
    (high, low)
}

impl Canonical<Felt> {
    /// Fills the columns for a number below the prime.
    pub fn fill(&mut self, limbs: &[Felt; 16]) {
        let (high, low) = gaps(limbs, &Felt::ONE);
        (self.high, self.high_inverse) = zero_test(high);
        (self.low, self.low_inverse) = zero_test(low);
    }
}

fn zero_test(value: Felt) -> (Felt, Felt) {
    let inverse = value.try_inverse();
    (Felt::from_bool(inverse.is_none()), inverse.unwrap_or_default())
}

/// The number of these limbs, each below 2^16, is below the prime on real rows.
pub fn below_prime<B: InteractionBuilder<F = Felt>>(
    step: &mut Step<'_, B>,
    limbs: &[B::Expr; 16],
    columns: &Canonical<B::Var>,
) {
    let real = step.real();
    let (high_gap, low_gap) = gaps(limbs, &real);
    let builder = step.builder();
    builder.assert_eq(columns.high + high_gap * columns.high_inverse, real.clone());
    builder.assert_eq(columns.low + low_gap * columns.low_inverse, real);
    step.range16((limbs[2].clone() + B::Expr::ONE) * columns.high);
    step.range16((limbs[0].clone() + B::Expr::from_u16(977)) * columns.low);
}

//! 32 limbs of a leaf and their packing for the hash ([`hearth_machine::hash::pack`]), proved.
//!
//! **Guarantees** that every limb is below 2^16 and that the 18 elements are their packing: [`pack`] makes the look-ups
//! and returns the elements as expressions, so only the 3 high bits of the 14 split limbs are columns.
//!
//! **Why the packing is unique.** Per split limb the look-ups give `limb < 2^16`, `high < 2^8` and
//! `8 (limb - 2^13 high) = v` in the field with `v < 2^16`. The left side is an integer in `(-2^21, 2^19)`, so the equation holds
//! between integers: `low = limb - 2^13 high` is in `[0, 2^13)` and `high` is `limb >> 13`. No other value passes: a look-up
//! of `8 low` alone would accept the eighths `v / 8` of the field, but `limb` and `high` are integers here. An element is
//! `limb + 2^16 piece` with a piece below 2^13, so different limbs have different elements, and all are below 2^29.
//!
//! **Budget.** 32 range look-ups of limbs, 14 of low pieces and 7 of pairs of high pieces: 53 for 14 columns.

use hearth_machine::hash::BLOCK;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, BytePair, Range16};

/// Limbs of a leaf.
pub const LIMBS: usize = 32;
/// Limbs that are split, 7 in each half.
pub const SPLIT: usize = 14;

/// Position of split limb `i` among the limbs: the last 7 of each half of 16.
const fn split_at(i: usize) -> usize {
    16 * (i / 7) + 9 + i % 7
}

/// The look-ups of one leaf where `times` is 1, and its 18 elements.
pub fn pack<B: InteractionBuilder<F = Felt>>(
    builder: &mut B,
    limbs: &[B::Expr; LIMBS],
    highs: &[B::Var; SPLIT],
    times: &B::Expr,
) -> [B::Expr; BLOCK] {
    for limb in limbs {
        builder.look_up(Range16 { value: limb.clone() }, times.clone());
    }
    for pair in highs.as_chunks::<2>().0 {
        builder.look_up(BytePair { a: pair[0].into(), b: pair[1].into() }, times.clone());
    }
    let lows: [B::Expr; SPLIT] =
        core::array::from_fn(|i| limbs[split_at(i)].clone() - highs[i] * Felt::from_u16(1 << 13));
    for low in &lows {
        builder.look_up(Range16 { value: low.clone() * Felt::from_u8(8) }, times.clone());
    }
    core::array::from_fn(|i| {
        let (half, at) = (i / 9, i % 9);
        // Split limbs `from..from + count` of this half, 3 bits each.
        let high = |from: usize, count: usize| {
            (0..count).map(|k| highs[7 * half + from + k] * Felt::from_u16(1 << (3 * k))).sum::<B::Expr>()
        };
        let piece = match at {
            0..7 => lows[7 * half + at].clone(),
            7 => high(0, 4),
            _ => high(4, 3),
        };
        limbs[16 * half + at].clone() + piece * Felt::from_u32(1 << 16)
    })
}

/// The high pieces of `limbs`, for the columns.
pub fn highs(limbs: &[u16; LIMBS]) -> [Felt; SPLIT] {
    core::array::from_fn(|i| Felt::from_u16(limbs[split_at(i)] >> 13))
}

//! Products of 64-bit numbers in bytes, added up in limbs of 16 bits.
//!
//! [`limb_sum`] `k` of `x` and `y` is what their byte products contribute to bits `16k ..`: at most
//! `(7 + 256 * 8) * 255^2 < 2^27` (worst for `k = 3`). A chip writes `sum + carry_in + ... = limb + 2^16 carry_out`.
//!
//! **Carries.** A limb and a carry of 16 bits each are more than the field holds: adding 1 to the limb and
//! `(p - 1) / 2^16 = 32512` to the carry keeps the equation modulo p. [`look_up_carries`] therefore looks up each carry
//! and four times their sum on `range16`. The first make the sum an integer below 2^20, so the last bounds it, and with
//! it each carry, by 2^14. Then `2^16 carry_out < 2^30`, all other terms together are below 2^28, and the equation
//! holds between integers. Honest sums are below 2^14: limb sums for all-ones operands are 65025 times 513, 1027, 1541,
//! 2055, 1543, 1029, 515 and 1, whose eight carries, with a few units for what a chip adds, sum up to less than 8200.

use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::step::Step;

/// Bytes of a word, least significant first.
pub fn bytes(value: u64) -> [Felt; 8] {
    value.to_le_bytes().map(Felt::from_u8)
}

/// The 16-bit limbs of a word in bytes.
pub fn limbs_of_bytes<E: PrimeCharacteristicRing>(bytes: &[E; 8]) -> [E; 4] {
    core::array::from_fn(|k| bytes[2 * k].clone() + bytes[2 * k + 1].clone() * E::from_u16(256))
}

/// The sum of all `x[i] y[j]` with `i + j = at`.
pub fn byte_sum<E: PrimeCharacteristicRing>(x: &[E; 8], y: &[E; 8], at: usize) -> E {
    (0..8).filter(|&i| at < i + 8 && i <= at).map(|i| x[i].clone() * y[at - i].clone()).sum()
}

/// What `x y` contributes to limb `k`: two neighbouring byte sums.
pub fn limb_sum<E: PrimeCharacteristicRing>(x: &[E; 8], y: &[E; 8], k: usize) -> E {
    byte_sum(x, y, 2 * k) + byte_sum(x, y, 2 * k + 1) * E::from_u16(256)
}

/// [`limb_sum`] for all limbs, in integers.
pub fn limb_sums(x: u64, y: u64) -> [i64; 8] {
    let mut sums = [0; 8];
    for (i, a) in x.to_le_bytes().into_iter().enumerate() {
        for (j, b) in y.to_le_bytes().into_iter().enumerate() {
            sums[(i + j) / 2] += (i64::from(a) * i64::from(b)) << (8 * ((i + j) % 2));
        }
    }
    sums
}

/// Every carry, and their sum, is an integer in `[0, 2^14)` on real rows. At most eight carries.
pub fn look_up_carries<B: InteractionBuilder<F = Felt>>(step: &mut Step<'_, B>, carries: &[B::Expr]) {
    for carry in carries {
        step.range16(carry.clone());
    }
    let sum: B::Expr = carries.iter().cloned().sum();
    step.range16(sum * B::Expr::from_u8(4));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_agree() {
        for (x, y) in [(u64::MAX, u64::MAX), (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210), (0, 7)] {
            let sums = limb_sums(x, y);
            let value = sums.iter().enumerate().fold(0u128, |value, (k, &sum)| value + ((sum as u128) << (16 * k)));
            assert_eq!(value, u128::from(x) * u128::from(y));
            for (k, &sum) in sums.iter().enumerate() {
                assert_eq!(limb_sum(&bytes(x), &bytes(y), k), Felt::from_u64(sum as u64));
            }
        }
    }

    #[test]
    fn bounds_of_the_argument() {
        let sums = limb_sums(u64::MAX, u64::MAX);
        assert_eq!(sums, [513, 1027, 1541, 2055, 1543, 1029, 515, 1].map(|count| count * 65025));
        assert!(sums.iter().all(|&sum| sum < 1 << 27));
        let carries = sums.iter().fold((0, 0), |(carry, total), sum| {
            let carry = (sum + carry) >> 16;
            (carry, total + carry)
        });
        assert!(carries.1 < 8200, "{}", carries.1);
    }
}

//! The two steps that make up the weights of the opening: a verifier takes each thousands of times, so that a circuit has a row
//! for them.

use p3_field::PrimeCharacteristicRing;

use crate::field::{Extends, F};

/// The states of the branching program of an interval: by the carry of `start + y = x`, then by `x < end` so far.
pub type IntervalState<X> = [[X; 2]; 2];

/// A step of the branching program for `sum_x eq(rho, x) eq(z, x - start) [start <= x < end]`, over the bits of `x`, lowest first:
/// `x` and `y` are the coordinates of `rho` and `z`, `start` and `end` the bits.
///
/// The sum `y + start + carry` of three bits has the bit of x as its low and the new carry as its high bit. Against the bit of
/// `end`, a lower bit of x sets `less`, a higher one clears it, and the same one keeps it.
pub fn interval_step<B: Copy, X: Extends<B>>(
    state: &IntervalState<X>,
    x: X,
    y: X,
    start: B,
    end: B,
) -> IntervalState<X> {
    let xy = x * y;
    // Weights of the two bits: [x][y].
    let weight = [[X::ONE - x - y + xy, y - xy], [x - xy, xy]];
    // For both values of start's bit, still split by the bit of x: [start][x][carry][less].
    let mut by_bits = [[[[X::ZERO; 2]; 2]; 2]; 2];
    for (start, by_x) in by_bits.iter_mut().enumerate() {
        for (carry, row) in state.iter().enumerate() {
            for sum in [start + carry, 1 + start + carry] {
                let (y, x, new) = (sum - start - carry, sum % 2, sum / 2);
                for (less, &old) in row.iter().enumerate() {
                    by_x[x][new][less] += old * weight[x][y];
                }
            }
        }
    }
    let select = |low: X, high: X, bit: B| low + (high - low).times(bit);
    core::array::from_fn(|carry| {
        let of = |x: usize, less: usize| select(by_bits[0][x][carry][less], by_bits[1][x][carry][less], start);
        let (x0, x1) = ([of(0, 0), of(0, 1)], [of(1, 0), of(1, 1)]);
        [select(x0[0] + x1[0] + x1[1], x1[0], end), select(x0[1], x0[0] + x0[1] + x1[1], end)]
    })
}

/// A step of `prod_i (1 + rho_i (y^(2^i) - 1))`, the multilinear extension of `x -> y^x`: the product and the power of y after it.
pub fn power_step<B, X>(product: X, rho: X, power: B) -> (X, B)
where
    B: PrimeCharacteristicRing + Copy,
    X: Extends<B> + core::ops::Add<F, Output = X>,
{
    (product * (rho.times(power - B::ONE) + F::ONE), power.square())
}

//! From a line through a point to the third point of it: what addition and doubling share.
//!
//! A line of slope `s` through `(x, y)` that meets the curve in `x'` too meets it a third time; the opposite of that
//! point is `(s^2 - x - x', s (x - x_3) - y)`, both below the prime, so unique.

use hearth_machine::secp256k1::{Point, coordinates};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::canonical::{Canonical, below_prime};
use super::operand::{bytes, expressions, integers, limbs, look_up_bytes};
use super::relation::{Bounds, Number, Value};
use crate::Felt;
use crate::columns;
use crate::step::Step;

columns! {
    /// The slope of a line and the point that it leads to.
    pub struct Line {
        /// Slope, in bytes.
        pub slope: [T; 32],
        /// Resulting x, in bytes.
        pub x: [T; 32],
        /// Resulting y, in 16-bit limbs.
        pub y: [T; 16],
        /// Quotient of the relation for x.
        pub x_quotient: [T; 16],
        /// Its carries.
        pub x_carry: [T; 32],
        /// Quotient of the relation for y.
        pub y_quotient: [T; 16],
        /// Its carries.
        pub y_carry: [T; 32],
        /// The resulting x is below the prime.
        pub x_canonical: Canonical<T>,
        /// The resulting y is below the prime.
        pub y_canonical: Canonical<T>,
    }
}

/// Of the relation for x: a square, less three numbers.
pub const X_BOUNDS: Bounds<32> = Bounds::new((0, 1), (3, 0));
/// Of the relation for y: a product with a difference, less two numbers.
pub const Y_BOUNDS: Bounds<32> = Bounds::new((1, 1), (2, 0));

/// A point in the digits of a row.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a, E> {
    /// x, in bytes.
    pub x: &'a [E; 32],
    /// y.
    pub y: Digits<'a, E>,
    /// x of the other point in which the line meets the curve.
    pub other_x: &'a [E; 32],
}

/// A number in one of two kinds of digits.
#[derive(Clone, Copy, Debug)]
pub enum Digits<'a, E> {
    /// Bytes.
    Bytes(&'a [E; 32]),
    /// 16-bit limbs.
    Limbs(&'a [E; 16]),
}

fn x_value<E: Number>(start: &Start<'_, E>, slope: &[E; 32], x: &[E; 32]) -> Value<E> {
    Value::product(slope, slope).minus_bytes(start.x).minus_bytes(start.other_x).minus_bytes(x)
}

fn y_value<E: Number>(start: &Start<'_, E>, slope: &[E; 32], x: &[E; 32], y: &[E; 16]) -> Value<E> {
    let difference = core::array::from_fn(|i| start.x[i].clone() - x[i].clone());
    let value = Value::product(slope, &difference).minus_limbs(y);
    match start.y {
        Digits::Bytes(bytes) => value.minus_bytes(bytes),
        Digits::Limbs(limbs) => value.minus_limbs(limbs),
    }
}

/// Constrains the point that the line leads to from `start`, and returns the 16-bit limbs of its coordinates.
pub fn constrain<B: InteractionBuilder<F = Felt>>(
    step: &mut Step<'_, B>,
    start: &Start<'_, B::Expr>,
    line: &Line<B::Var>,
) -> [[B::Expr; 16]; 2] {
    let [slope, x] = [line.slope, line.x].map(|bytes| expressions::<B, 32>(&bytes));
    look_up_bytes(step, &line.slope);
    let x_limbs = look_up_bytes(step, &line.x);
    let y_limbs = expressions::<B, 16>(&line.y);
    for limb in &y_limbs {
        step.range16(limb.clone());
    }
    X_BOUNDS.constrain(step, x_value(start, &slope, &x), &line.x_quotient, &line.x_carry);
    Y_BOUNDS.constrain(step, y_value(start, &slope, &x, &y_limbs), &line.y_quotient, &line.y_carry);
    below_prime(step, &x_limbs, &line.x_canonical);
    below_prime(step, &y_limbs, &line.y_canonical);
    [x_limbs, y_limbs]
}

impl Line<Felt> {
    /// Fills the columns: the line of slope `slope` from `p` to `result`.
    pub fn fill(&mut self, slope: &[u64; 4], p: &Point, other_x: &[u64; 4], result: &Point) {
        let [px, py] = coordinates(p);
        let [rx, ry] = coordinates(result);
        self.slope = bytes(slope).map(Felt::from_u8);
        self.x = bytes(&rx).map(Felt::from_u8);
        self.y = limbs(&ry).map(Felt::from_u16);
        let [slope, px, other_x, rx] = [slope, &px, other_x, &rx].map(|words| integers(&bytes(words)));
        let [py, y] = [limbs(&py), limbs(&ry)].map(|limbs| integers(&limbs));
        let start = Start { x: &px, y: Digits::Limbs(&py), other_x: &other_x };
        X_BOUNDS.fill(&x_value(&start, &slope, &rx), &mut self.x_quotient, &mut self.x_carry);
        Y_BOUNDS.fill(&y_value(&start, &slope, &rx, &y), &mut self.y_quotient, &mut self.y_carry);
        let x_limbs = limbs(&coordinates(result)[0]).map(Felt::from_u16);
        self.x_canonical.fill(&x_limbs);
        self.y_canonical.fill(&self.y);
    }
}

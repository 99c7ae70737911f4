//! Polynomials of degree 2 in one cell, and where they reach a value.

use p3_field::{Field, PrimeCharacteristicRing};

use crate::Felt;

/// `a x^2 + b x + c`.
pub struct Parabola {
    a: Felt,
    b: Felt,
    c: Felt,
}

impl Parabola {
    /// With these values at 0, 1 and 2. What has a higher degree is met at these points only.
    pub fn through(zero: Felt, one: Felt, two: Felt) -> Self {
        let a = (two - one.double() + zero).halve();
        Self { a, b: one - zero - a, c: zero }
    }

    /// The value at `x`.
    pub fn at(&self, x: Felt) -> Felt {
        (self.a * x + self.b) * x + self.c
    }

    /// Up to two arguments with the value `target`. None for a constant.
    pub fn reach(&self, target: Felt) -> [Option<Felt>; 2] {
        let Self { a, b, c } = *self;
        let c = c - target;
        match (a.try_inverse(), b.try_inverse()) {
            (None, None) => [None, None],
            (None, Some(inverse)) => [Some(-c * inverse), None],
            (Some(inverse), _) => match square_root(b.square() - a * c * Felt::from_u8(4)) {
                None => [None, None],
                Some(root) => [root - b, -root - b].map(|numerator| Some((numerator * inverse).halve())),
            },
        }
    }
}

/// A square root, if there is one: Tonelli and Shanks. `p - 1 = 127 x 2^24`, and 3 generates the group.
fn square_root(square: Felt) -> Option<Felt> {
    const TWO_ADICITY: usize = 24;
    const ODD: u64 = 127;
    if square == Felt::ZERO {
        return Some(square);
    }
    let mut generator = Felt::from_u8(3).exp_u64(ODD);
    let mut root = square.exp_u64(ODD.div_ceil(2));
    let mut error = square.exp_u64(ODD);
    let mut order = TWO_ADICITY;
    while error != Felt::ONE {
        let mut least = 0;
        let mut power = error;
        while power != Felt::ONE {
            power = power.square();
            least += 1;
        }
        if least >= order {
            return None;
        }
        let factor = generator.exp_power_of_2(order - least - 1);
        generator = factor.square();
        (root, error, order) = (root * factor, error * generator, least);
    }
    Some(root)
}

#[test]
fn values_are_reached() {
    for i in 1..50u64 {
        let values = [i * i * 77_777_777, i * 12_345_678, 999 * i].map(Felt::from_u64);
        let curve = Parabola::through(values[0], values[1], values[2]);
        assert_eq!([Felt::ZERO, Felt::ONE, Felt::TWO].map(|x| curve.at(x)), values);
        assert!(curve.reach(values[2]).contains(&Some(Felt::TWO)));
    }
    assert_eq!(square_root(Felt::from_u8(3)), None);
}

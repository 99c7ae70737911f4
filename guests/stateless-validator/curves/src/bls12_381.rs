//! The curve bls12-381.

use ark_ec::bls12::{Bls12Config, TwistType};
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AffineRepr, CurveConfig};

use crate::field::{from_bytes, square_root};
use crate::multiply::{Curve, double_without_a, multiply};

crate::tower::tower!(ark_bls12_381, 6, 1);

crate::group::group!(
    /// `y^2 = x^3 + 4`.
    G1Config, Fq, import, ark_bls12_381::g1::{G1_GENERATOR_X, G1_GENERATOR_Y}, {
        /// `-X^2 p` is `(beta x, y)`, and `X p` is not p (<https://eprint.iacr.org/2021/1130>, section 6).
        fn is_in_correct_subgroup_assuming_on_curve(p: &Affine<Self>) -> bool {
            const BETA: Fq = import(&ark_bls12_381::g1::BETA);
            if p.is_zero() {
                return true;
            }
            let x = Config::X[0];
            let mut mapped = *p;
            mapped.x *= BETA;
            multiply(p, &x.to_be_bytes()) != *p && -multiply(p, &(u128::from(x) * u128::from(x)).to_be_bytes()) == mapped
        }
    }
);

impl Curve for G1Config {
    fn double(p: &mut Projective<Self>) {
        double_without_a(p);
    }
}

crate::group::group!(
    /// Its sextic twist.
    G2Config, Fq2, import_pair, ark_bls12_381::g2::{G2_GENERATOR_X, G2_GENERATOR_Y}, {}
);

impl Curve for G2Config {}

/// The pairing.
pub struct Config;

impl Bls12Config for Config {
    const X: &'static [u64] = ark_bls12_381::Config::X;
    const X_IS_NEGATIVE: bool = ark_bls12_381::Config::X_IS_NEGATIVE;
    const TWIST_TYPE: TwistType = ark_bls12_381::Config::TWIST_TYPE;
    type Fp = Fq;
    type Fp2Config = Fq2Config;
    type Fp6Config = Fq6Config;
    type Fp12Config = Fq12Config;
    type G1Config = G1Config;
    type G2Config = G2Config;
}

/// A point of the first group.
pub type G1 = Affine<G1Config>;
/// A point of the second group.
pub type G2 = Affine<G2Config>;

/// A point of the first group in compressed form: x of 48 bytes, and in its three highest bits that it is compressed, that
/// it is the point at infinity, and that y is the greater of its two values.
pub fn decompress(bytes: &[u8; 48]) -> Option<G1> {
    let (flags, mut x) = (bytes[0] >> 5, *bytes);
    x[0] &= 0x1f;
    match flags {
        0b110 => return (x == [0; 48]).then(G1::zero),
        0b100 | 0b101 => {}
        _ => return None,
    }
    let x: Fq = from_bytes(&x)?;
    let y = square_root(&(x.square() * x + G1Config::COEFF_B))?;
    let (less, greater) = if y < -y { (y, -y) } else { (-y, y) };
    let point = G1::new_unchecked(x, if flags & 1 == 0 { less } else { greater });
    point.is_in_correct_subgroup_assuming_on_curve().then_some(point)
}

//! The curve bn254 (EIP-196, EIP-197).

use alloc::vec::Vec;
use ark_ec::bn::{Bn, BnConfig, TwistType};
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AffineRepr, CurveConfig, CurveGroup};
use ark_ff::{One, Zero};

use crate::field::{from_bytes, to_bytes};
use crate::multiply::{Curve, double_without_a, multiply};

crate::tower::tower!(ark_bn254, 4, 9);

crate::group::group!(
    /// `y^2 = x^3 + 3`.
    G1Config, Fq, import, ark_bn254::g1::{G1_GENERATOR_X, G1_GENERATOR_Y}, {
        /// The cofactor is 1.
        fn is_in_correct_subgroup_assuming_on_curve(_: &Affine<Self>) -> bool {
            true
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
    G2Config, Fq2, import_pair, ark_bn254::g2::{G2_GENERATOR_X, G2_GENERATOR_Y}, {
        /// `6 X^2 p` is the Frobenius map of p (<https://eprint.iacr.org/2022/352>, section 4.3).
        fn is_in_correct_subgroup_assuming_on_curve(p: &Affine<Self>) -> bool {
            let x = u128::from(Config::X[0]);
            let mut mapped = *p;
            mapped.x.frobenius_map_in_place(1);
            mapped.y.frobenius_map_in_place(1);
            mapped.x *= Config::TWIST_MUL_BY_Q_X;
            mapped.y *= Config::TWIST_MUL_BY_Q_Y;
            // 6 X^2 has 127 bits.
            multiply(p, &(6 * x * x).to_be_bytes()) == mapped
        }
    }
);

impl Curve for G2Config {}

/// The pairing.
pub struct Config;

impl BnConfig for Config {
    const X: &'static [u64] = ark_bn254::Config::X;
    const X_IS_NEGATIVE: bool = ark_bn254::Config::X_IS_NEGATIVE;
    const ATE_LOOP_COUNT: &'static [i8] = ark_bn254::Config::ATE_LOOP_COUNT;
    const TWIST_TYPE: TwistType = ark_bn254::Config::TWIST_TYPE;
    const TWIST_MUL_BY_Q_X: Fq2 = import_pair(&ark_bn254::Config::TWIST_MUL_BY_Q_X);
    const TWIST_MUL_BY_Q_Y: Fq2 = import_pair(&ark_bn254::Config::TWIST_MUL_BY_Q_Y);
    type Fp = Fq;
    type Fp2Config = Fq2Config;
    type Fp6Config = Fq6Config;
    type Fp12Config = Fq12Config;
    type G1Config = G1Config;
    type G2Config = G2Config;
}

type G1 = Affine<G1Config>;
type G2 = Affine<G2Config>;

/// The point with these coordinates of 32 bytes, `(0, 0)` being the one at infinity.
fn read_g1(bytes: &[u8]) -> Option<G1> {
    let (x, y) = bytes.split_at_checked(32)?;
    read_point(from_bytes(x)?, from_bytes(y)?)
}

/// A point of the twist; of each coordinate the part with u comes first.
fn read_g2(bytes: &[u8]) -> Option<G2> {
    let (parts, _) = bytes.as_chunks::<32>();
    let &[x1, x0, y1, y0] = parts else { return None };
    read_point(Fq2::new(from_bytes(&x0)?, from_bytes(&x1)?), Fq2::new(from_bytes(&y0)?, from_bytes(&y1)?))
}

fn read_point<C: SWCurveConfig>(x: C::BaseField, y: C::BaseField) -> Option<Affine<C>> {
    if x.is_zero() && y.is_zero() {
        return Some(Affine::zero());
    }
    let point = Affine::new_unchecked(x, y);
    (point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
}

fn write_g1(point: Projective<G1Config>) -> [u8; 64] {
    let mut bytes = [0; 64];
    if let Some((x, y)) = point.into_affine().xy() {
        to_bytes(&x, &mut bytes[..32]);
        to_bytes(&y, &mut bytes[32..]);
    }
    bytes
}

/// The sum of two points of 64 bytes; nothing if they are no points.
pub fn add(p: &[u8], q: &[u8]) -> Option<[u8; 64]> {
    Some(write_g1(Projective::from(read_g1(p)?) + read_g1(q)?))
}

/// A multiple of a point of 64 bytes by a number of 32.
pub fn mul(p: &[u8], k: &[u8]) -> Option<[u8; 64]> {
    Some(write_g1(multiply(&read_g1(p)?, k)))
}

/// Whether the product of the pairings of points of 64 and 128 bytes is 1.
pub fn pairing_check(pairs: &[(&[u8], &[u8])]) -> Option<bool> {
    let mut points: (Vec<G1>, Vec<G2>) = Default::default();
    for (p, q) in pairs {
        let (p, q) = (read_g1(p)?, read_g2(q)?);
        if !p.is_zero() && !q.is_zero() {
            points.0.push(p);
            points.1.push(q);
        }
    }
    Some(points.0.is_empty() || Bn::<Config>::multi_pairing(points.0, points.1).0.is_one())
}

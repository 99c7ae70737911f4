//! ECDSA on secp256r1 (FIPS 186-5, section 6.4.2; RIP-7212).

use core::marker::PhantomData;

use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::{AffineRepr, CurveConfig, CurveGroup};
use ark_ff::{BigInt, Field, Fp, MontConfig, PrimeField, Zero};

use crate::field::{Accelerated, from_bytes, to_bytes};
use crate::multiply::{Curve, sum_of_multiples};

/// The prime of the coordinates.
#[derive(MontConfig)]
#[modulus = "115792089210356248762697446949407573530086143415290314195533631308867097853951"]
#[generator = "6"]
pub struct FqConfig;

/// The prime order of the group.
#[derive(MontConfig)]
#[modulus = "115792089210356248762697446949407573529996955224135760342422259061068512044369"]
#[generator = "7"]
pub struct FrConfig;

/// The field of the coordinates.
pub type Fq = Fp<Accelerated<FqConfig>, 4>;
/// The field of the scalars.
pub type Fr = Fp<Accelerated<FrConfig>, 4>;

/// `y^2 = x^3 - 3 x + b`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Config;

const fn element(words: [u64; 4]) -> Fq {
    Fp(BigInt(words), PhantomData)
}

impl CurveConfig for Config {
    type BaseField = Fq;
    type ScalarField = Fr;
    const COFACTOR: &'static [u64] = &[1];
    const COFACTOR_INV: Fr = Fr::ONE;
}

impl SWCurveConfig for Config {
    // The prime less 3.
    const COEFF_A: Fq =
        element([0xffff_ffff_ffff_fffc, 0x0000_0000_ffff_ffff, 0x0000_0000_0000_0000, 0xffff_ffff_0000_0001]);
    const COEFF_B: Fq =
        element([0x3bce_3c3e_27d2_604b, 0x651d_06b0_cc53_b0f6, 0xb3eb_bd55_7698_86bc, 0x5ac6_35d8_aa3a_93e7]);
    const GENERATOR: Affine<Self> = Affine::new_unchecked(
        element([0xf4a1_3945_d898_c296, 0x7703_7d81_2deb_33a0, 0xf8bc_e6e5_63a4_40f2, 0x6b17_d1f2_e12c_4247]),
        element([0xcbb6_4068_37bf_51f5, 0x2bce_3357_6b31_5ece, 0x8ee7_eb4a_7c0f_9e16, 0x4fe3_42e2_fe1a_7f9b]),
    );
    // b is not 0, so (0, 0) is no point.
    type ZeroFlag = ();
}

impl Curve for Config {}

/// Whether `r`, `s` is a signature of a message with this hash by this key, x then y. High `s` is accepted.
pub fn verify(hash: &[u8; 32], signature: &[u8; 64], key: &[u8; 64]) -> bool {
    let scalar = |bytes: &[u8]| from_bytes(bytes).filter(|scalar: &Fr| !scalar.is_zero());
    let (Some(r), Some(s)) = (scalar(&signature[..32]), scalar(&signature[32..])) else { return false };
    let (Some(x), Some(y)) = (from_bytes(&key[..32]), from_bytes(&key[32..])) else { return false };
    let key = Affine::<Config>::new_unchecked(x, y);
    // (0, 0), which stands for the point at infinity, passes the crate's check.
    if key.is_zero() || !key.is_on_curve() {
        return false;
    }
    let Some(inverse) = s.inverse() else { return false };
    let multiple = |scalar: Fr| {
        let mut bytes = [0; 32];
        to_bytes(&scalar, &mut bytes);
        bytes
    };
    let z = Fr::from_be_bytes_mod_order(hash);
    let (of_generator, of_key) = (multiple(z * inverse), multiple(r * inverse));
    let point = sum_of_multiples(&[(Config::GENERATOR, &of_generator), (key, &of_key)]).into_affine();
    !point.is_zero() && Fr::from_be_bytes_mod_order(&x_bytes(&point)) == r
}

fn x_bytes(point: &Affine<Config>) -> [u8; 32] {
    let mut bytes = [0; 32];
    to_bytes(&point.x, &mut bytes);
    bytes
}

//! The KZG point evaluation (EIP-4844).

use core::marker::PhantomData;

use ark_ec::CurveGroup;
use ark_ec::bls12::Bls12;
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::{BigInt, One, PrimeField};

use crate::bls12_381::{Config, Fq, Fq2, G1, G1Config, G2, G2Config, decompress};
use crate::multiply::sum_of_multiples;

const fn element(words: [u64; 6]) -> Fq {
    ark_ff::Fp(BigInt(words), PhantomData)
}

/// The secret point times the second group's generator: `g2_monomial[1]` of the ceremony's result.
const TAU: G2 = G2::new_unchecked(
    Fq2::new(
        element([
            0xc98e_dada_20c1_def2,
            0x0870_41de_6210_00ed,
            0xa368_5147_7ba4_c60b,
            0x3926_c911_ccec_eac9,
            0x7344_29b7_b386_08e2,
            0x185c_bfee_5349_2714,
        ]),
        element([
            0xafaa_ab24_f349_9f72,
            0x2914_e587_0cb4_52d2,
            0x1009_a2ce_615a_c53d,
            0x2618_7075_cbfb_efa8,
            0x843b_c287_230a_f389,
            0x15bf_d7dd_8cde_b128,
        ]),
    ),
    Fq2::new(
        element([
            0xee68_9bfb_bb83_2a99,
            0x4ce2_6d10_5941_f383,
            0xe824_51a4_96a9_c979,
            0x1315_6949_0e28_de18,
            0xd7d5_ee85_99d1_fca2,
            0x0143_53bd_b96b_626d,
        ]),
        element([
            0x2304_8ef3_0d0a_154f,
            0x9495_346f_3d7a_c9cd,
            0xda5e_d1ba_9bfa_0789,
            0xef79_de09_fc63_671f,
            0x0343_2fca_e018_1b4b,
            0x1666_c54b_0a32_5295,
        ]),
    ),
);

/// Whether a number of 32 bytes, most significant first, is below the group's order.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let mut words = [0; 4];
    for (word, chunk) in words.iter_mut().zip(bytes.rchunks(8)) {
        *word = chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    BigInt(words) < ark_bls12_381::Fr::MODULUS
}

/// Whether the polynomial that is committed to has the value `y` at `z`, by this proof.
pub fn verify(commitment: &[u8; 48], z: &[u8; 32], y: &[u8; 32], proof: &[u8; 48]) -> bool {
    if !is_canonical(z) || !is_canonical(y) {
        return false;
    }
    let (Some(commitment), Some(proof)) = (decompress(commitment), decompress(proof)) else { return false };
    // e(commitment - y, 1) = e(proof, tau - z), with the multiples moved into the first group.
    let left: G1 = (sum_of_multiples(&[(G1Config::GENERATOR, y), (-proof, z)]) - commitment).into_affine();
    Bls12::<Config>::multi_pairing([left, proof], [G2Config::GENERATOR, TAU]).0.is_one()
}

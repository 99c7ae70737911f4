//! The precompiles over accelerated fields agree with those of revm.

use hearth_curves::{bn254, kzg, p256};
use revm::precompile::{Crypto, DefaultCrypto};

/// Bytes without a pattern.
fn noise(seed: u64) -> [u8; 32] {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def0;
    core::array::from_fn(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
}

fn word(number: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[31] = number;
    bytes
}

/// The generator `(1, 2)`, the point at infinity, multiples and what is no point.
fn points() -> Vec<[u8; 64]> {
    let generator: [u8; 64] = [word(1), word(2)].concat().try_into().unwrap();
    let mut points = vec![generator, [0; 64]];
    for seed in 0..4 {
        points.push(DefaultCrypto.bn254_g1_mul(&generator, &noise(seed)).unwrap());
    }
    // The negative of a point, off the curve, and a coordinate above the prime.
    let mut negative = points[2];
    let mut borrow = 0i32;
    for (place, prime) in negative[32..].iter_mut().zip(PRIME).rev() {
        let difference = i32::from(prime) - i32::from(*place) - borrow;
        *place = difference as u8;
        borrow = i32::from(difference < 0);
    }
    let mut off = generator;
    off[63] = 3;
    let mut above = generator;
    above[..32].copy_from_slice(&PRIME);
    points.extend([negative, off, above, [0xff; 64]]);
    points
}

const PRIME: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x97, 0x81, 0x6a,
    0x91, 0x68, 0x71, 0xca, 0x8d, 0x3c, 0x20, 0x8c, 0x16, 0xd8, 0x7c, 0xfd, 0x47,
];

#[test]
fn bn254_sums_and_multiples() {
    for p in points() {
        for q in points() {
            assert_eq!(bn254::add(&p, &q), DefaultCrypto.bn254_g1_add(&p, &q).ok());
        }
        let mut scalars = vec![[0; 32], word(1), word(16), [0xff; 32], noise(9), noise(10)];
        // The group's order, less 1, more 1.
        for last in [0x00, 0x01, 0x02] {
            let mut order = [
                0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x28,
                0x33, 0xe8, 0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
            ];
            order[31] = last;
            scalars.push(order);
        }
        for k in scalars {
            assert_eq!(bn254::mul(&p, &k), DefaultCrypto.bn254_g1_mul(&p, &k).ok(), "{k:x?}");
        }
    }
}

/// The twist's generator: the parts with u first.
fn twist_generator() -> [u8; 128] {
    use ark_ff::{BigInteger, PrimeField};
    let [x, y] = [ark_bn254::g2::G2_GENERATOR_X, ark_bn254::g2::G2_GENERATOR_Y];
    let parts = [x.c1, x.c0, y.c1, y.c0].map(|part| part.into_bigint().to_bytes_be());
    parts.concat().try_into().unwrap()
}

#[test]
fn bn254_pairings() {
    let points = points();
    let twist = twist_generator();
    let (p, negative) = (points[2], points[6]);
    let mut off_twist = twist;
    off_twist[127] ^= 1;
    let cases: Vec<Vec<(&[u8], &[u8])>> = vec![
        vec![],
        vec![(&p, &twist)],
        vec![(&p, &twist), (&negative, &twist)],
        vec![(&p, &twist), (&points[3], &twist)],
        vec![(&points[1], &twist)],
        vec![(&p, &[0; 128])],
        vec![(&p, &off_twist)],
        vec![(&points[7], &twist)],
        vec![(&points[3], &twist), (&p, &twist), (&negative, &twist)],
    ];
    let mut verdicts = Vec::new();
    for pairs in cases {
        let verdict = bn254::pairing_check(&pairs);
        assert_eq!(verdict, DefaultCrypto.bn254_pairing_check(&pairs).ok());
        verdicts.push(verdict);
    }
    let [yes, no] = [Some(true), Some(false)];
    assert_eq!(verdicts, [yes, no, yes, no, yes, yes, None, None, no]);
}

fn hex<const N: usize>(text: &str) -> [u8; N] {
    core::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}

/// A vector of the consensus specification's tests, and damaged ones.
#[test]
fn kzg_point_evaluations() {
    let commitment: [u8; 48] =
        hex("8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca25f26936857bc3a7c2539ea8ec3a952b7");
    let z: [u8; 32] = hex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000");
    let y: [u8; 32] = hex("1522a4a7f34e1ea350ae07c29c96c7e79655aa926122e95fe69fcbd932ca49e9");
    let proof: [u8; 48] =
        hex("a62ad71d14c5719385c0686f1871430475bf3a00f0aa3f7b8dd99a9abc2160744faf0070725e00b60ad9a026a15b1a8c");
    assert!(kzg::verify(&commitment, &z, &y, &proof));
    let check = |commitment: &[u8; 48], z: &[u8; 32], y: &[u8; 32], proof: &[u8; 48]| {
        let expected = DefaultCrypto.verify_kzg_proof(z, y, commitment, proof).is_ok();
        assert_eq!(kzg::verify(commitment, z, y, proof), expected, "{commitment:x?} {z:x?} {y:x?} {proof:x?}");
        expected
    };
    let mut infinity = [0; 48];
    infinity[0] = 0xc0;
    let order: [u8; 32] = hex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
    // The zero polynomial has the value 0 everywhere.
    assert!(check(&infinity, &z, &[0; 32], &infinity));
    assert!(!check(&infinity, &z, &y, &infinity));
    assert!(!check(&commitment, &order, &y, &proof));
    assert!(!check(&commitment, &z, &order, &proof));
    assert!(!check(&proof, &z, &y, &commitment));
    for bit in [0, 1, 2, 3, 100, 383] {
        let flip = |mut bytes: [u8; 48]| {
            bytes[bit / 8] ^= 0x80 >> (bit % 8);
            bytes
        };
        assert!(!check(&flip(commitment), &z, &y, &proof));
        assert!(!check(&commitment, &z, &y, &flip(proof)));
        assert!(!check(&flip(infinity), &z, &[0; 32], &infinity) || bit > 383);
    }
}

#[test]
fn secp256r1_signatures() {
    use ::p256::ecdsa::signature::hazmat::PrehashSigner;
    use ::p256::ecdsa::{Signature, SigningKey};
    let check = |hash: &[u8; 32], signature: &[u8; 64], key: &[u8; 64]| {
        let expected = DefaultCrypto.secp256r1_verify_signature(hash, signature, key);
        assert_eq!(p256::verify(hash, signature, key), expected, "{hash:x?} {signature:x?} {key:x?}");
        expected
    };
    let order: [u8; 32] = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    for seed in 0..3 {
        let signer = SigningKey::from_slice(&noise(seed)).unwrap();
        let point = signer.verifying_key().to_encoded_point(false);
        let key: [u8; 64] = point.as_bytes()[1..].try_into().unwrap();
        for hash in [noise(seed + 7), [0; 32], [0xff; 32], order] {
            let signature: Signature = signer.sign_prehash(&hash).unwrap();
            let signature: [u8; 64] = signature.to_bytes().into();
            assert!(check(&hash, &signature, &key));
            // The negative of s.
            let (r, s) = Signature::from_slice(&signature).unwrap().split_scalars();
            let other = Signature::from_scalars(r, (-*s).to_bytes()).unwrap();
            assert!(check(&hash, &other.to_bytes().into(), &key));
            for at in [0, 31, 32, 63] {
                let (mut wrong, mut foreign) = (signature, key);
                wrong[at] ^= 1;
                foreign[at] ^= 1;
                assert!(!check(&hash, &wrong, &key));
                assert!(!check(&hash, &signature, &foreign));
            }
            let halves = |r: &[u8], s: &[u8]| -> [u8; 64] { [r, s].concat().try_into().unwrap() };
            for edge in [[0; 32], order, [0xff; 32]] {
                assert!(!check(&hash, &halves(&edge, &signature[32..]), &key));
                assert!(!check(&hash, &halves(&signature[..32], &edge), &key));
            }
            assert!(!check(&hash, &signature, &[0; 64]));
            assert!(!check(&hash, &signature, &[0xff; 64]));
            assert!(!check(&noise(99), &signature, &key));
        }
    }
}

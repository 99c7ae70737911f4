//! The standard C interface (`guests/lib/include/zkvm_accelerators.h`): the committed guest in C calls all of it, with operands
//! and results of every alignment and results in place of operands, and agrees with the EVM's own cryptography.

use alloy_primitives::{hex, keccak256};
use hearth_machine::{hash::Hasher, program::Program, run::Machine};
use hearth_stateless::{Crypto, DefaultCrypto};
use k256::ecdsa::SigningKey;
use std::path::Path;

/// Operations, as the guest numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Keccak256,
    Sha256,
    Ripemd160,
    Secp256k1Verify,
    Secp256k1Ecrecover,
    Secp256r1Verify,
    Modexp,
    Bn254G1Add,
    Bn254G1Mul,
    Bn254Pairing,
    Blake2f,
    KzgPointEval,
    Bls12G1Add,
    Bls12G1Msm,
    Bls12G2Add,
    Bls12G2Msm,
    Bls12Pairing,
    Bls12MapFpToG1,
    Bls12MapFp2ToG2,
}

/// A call and what it must lead to: `None` is the status of failure.
type Call = (Operation, Vec<u8>, Option<Vec<u8>>);

fn flag(verified: bool) -> Option<Vec<u8>> {
    Some(vec![verified.into()])
}

/// Bytes without a pattern.
fn noise(seed: u8, len: usize) -> Vec<u8> {
    (0..=len / 32).flat_map(|i| keccak256([seed, i as u8]).0).take(len).collect()
}

fn hashes() -> Vec<Call> {
    let mut calls = Vec::new();
    for len in [0, 1, 31, 55, 56, 64, 119, 135, 136, 137, 300] {
        let data = noise(1, len);
        calls.push((Operation::Keccak256, data.clone(), Some(keccak256(&data).to_vec())));
        calls.push((Operation::Sha256, data.clone(), Some(DefaultCrypto.sha256(&data).to_vec())));
        calls.push((Operation::Ripemd160, data.clone(), Some(DefaultCrypto.ripemd160(&data).to_vec())));
    }
    // EIP-152, vectors 5 and 6: "abc" as the last block and as one before it.
    let abc = hex!(
        "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
    );
    for (f, expected) in [
        (
            1,
            Some(hex!(
                "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
            )),
        ),
        (
            0,
            Some(hex!(
                "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d2875298743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735"
            )),
        ),
        (2, None),
    ] {
        let mut message = [0; 128];
        message[..3].copy_from_slice(b"abc");
        let mut offset = [0; 16];
        offset[0] = 3;
        let operands = [&12u32.to_le_bytes()[..], &abc, &message, &offset, &[f]].concat();
        calls.push((Operation::Blake2f, operands, expected.map(|state| state.to_vec())));
    }
    calls
}

fn signatures() -> Vec<Call> {
    let mut calls = Vec::new();
    for seed in 1..4 {
        let (key, hash) = (SigningKey::from_slice(&[seed; 32]).expect("a scalar"), keccak256([seed]));
        let (signature, id) = key.sign_prehash_recoverable(&hash.0).expect("signs");
        let public = key.verifying_key().to_encoded_point(false).as_bytes()[1..].to_vec();
        let signed = [&hash[..], &signature.to_bytes()].concat();
        let mut other = public.clone();
        other[63] ^= 1;
        calls.push((Operation::Secp256k1Verify, [&signed[..], &public].concat(), flag(true)));
        calls.push((Operation::Secp256k1Verify, [&signed[..], &other].concat(), flag(false)));
        let recover = |id: u8| [&signed[..], &[id]].concat();
        calls.push((Operation::Secp256k1Ecrecover, recover(id.to_byte()), Some(public)));
        calls.push((Operation::Secp256k1Ecrecover, recover(4), None));
        calls.push((Operation::Secp256k1Ecrecover, vec![0; 97], None));
    }
    // RIP-7212, the first of its test vectors.
    let [hash, signature, key] = [
        &hex!("4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d")[..],
        &hex!(
            "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60"
        )[..],
        &hex!(
            "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff37618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e"
        )[..],
    ];
    calls.push((Operation::Secp256r1Verify, [hash, signature, key].concat(), flag(true)));
    calls.push((Operation::Secp256r1Verify, [&[1; 32], signature, key].concat(), flag(false)));
    calls
}

fn modexps() -> Vec<Call> {
    let mut calls = Vec::new();
    // Lengths of base, exponent, modulus: no bytes, both widths of the chips and their edges, software.
    for (seed, lens) in (0..).zip([
        [0, 0, 0],
        [0, 0, 1],
        [1, 1, 32],
        [40, 3, 32],
        [32, 32, 33],
        [48, 20, 48],
        [70, 9, 49],
        [64, 8, 64],
        [100, 5, 65],
        [1, 2, 128],
        [200, 33, 200],
    ]) {
        let [base, exponent, modulus] = [0, 1, 2].map(|i| noise(10 + 3 * seed + i as u8, lens[i]));
        for modulus in
            [modulus.clone(), vec![0; lens[2]], [vec![0; lens[2] / 2], modulus[lens[2] / 2..].to_vec()].concat()]
        {
            let expected = DefaultCrypto.modexp(&base, &exponent, &modulus).expect("it has a result");
            let lens = lens.map(|len| (len as u32).to_le_bytes());
            let operands = [lens.as_flattened(), &base, &exponent, &modulus].concat();
            let expected = [vec![0; modulus.len() - expected.len()], expected].concat();
            calls.push((Operation::Modexp, operands, Some(expected)));
        }
    }
    calls
}

/// `(1, 2)` and the negative of it; the twist's generator with the part with u first.
const BN254: [u8; 64] = hex!(
    "00000000000000000000000000000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000000000002"
);
const BN254_NEGATIVE: [u8; 64] = hex!(
    "000000000000000000000000000000000000000000000000000000000000000130644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45"
);
const BN254_TWIST: [u8; 128] = hex!(
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"
);

fn bn254() -> Vec<Call> {
    let mut calls = Vec::new();
    for seed in 0..3 {
        let scalar = noise(50 + seed, 32);
        let multiple = DefaultCrypto.bn254_g1_mul(&BN254, &scalar).expect("a point");
        let sum = DefaultCrypto.bn254_g1_add(&BN254, &multiple).expect("a point");
        calls.push((Operation::Bn254G1Mul, [&BN254[..], &scalar].concat(), Some(multiple.to_vec())));
        calls.push((Operation::Bn254G1Add, [BN254, multiple].concat(), Some(sum.to_vec())));
    }
    calls.push((Operation::Bn254G1Add, [BN254, BN254_NEGATIVE].concat(), Some(vec![0; 64])));
    calls.push((Operation::Bn254G1Add, [[1; 64], BN254].concat(), None));
    calls.push((Operation::Bn254G1Mul, [&[1; 64][..], &[2; 32]].concat(), None));
    let pair = |g1: &[u8], g2: &[u8]| [g1, g2].concat();
    let [one, minus_one] = [pair(&BN254, &BN254_TWIST), pair(&BN254_NEGATIVE, &BN254_TWIST)];
    calls.push((Operation::Bn254Pairing, vec![], flag(true)));
    calls.push((Operation::Bn254Pairing, [&one[..], &minus_one].concat(), flag(true)));
    calls.push((Operation::Bn254Pairing, [&one[..], &one].concat(), flag(false)));
    calls.push((Operation::Bn254Pairing, pair(&BN254, &[1; 128]), None));
    calls
}

fn kzg() -> Vec<Call> {
    let mut infinity = [0; 48];
    infinity[0] = 0xc0;
    let (z, zero) = ([3; 32], [0; 32]);
    let mut one = zero;
    one[31] = 1;
    let call = |commitment: &[u8], y: &[u8], verified| {
        (Operation::KzgPointEval, [commitment, &z, y, &infinity].concat(), flag(verified))
    };
    // The polynomial 0 is 0 everywhere.
    vec![call(&infinity, &zero, true), call(&infinity, &one, false), call(&[1; 48], &zero, false)]
}

fn bls12_381() -> Vec<Call> {
    let fp = |seed| {
        let mut bytes: [u8; 48] = noise(seed, 48).try_into().expect("48 bytes");
        bytes[0] &= 0x0f;
        bytes
    };
    let g1 = |seed| DefaultCrypto.bls12_381_fp_to_g1(&fp(seed)).expect("below the prime");
    let g2 = |seed| DefaultCrypto.bls12_381_fp2_to_g2((fp(seed), fp(seed + 1))).expect("below the prime");
    let coordinates = |point: &[u8], i: usize| -> [u8; 48] { point[48 * i..][..48].try_into().expect("48 bytes") };
    let of_g1 = |point: &[u8]| (coordinates(point, 0), coordinates(point, 1));
    let of_g2 =
        |point: &[u8]| (coordinates(point, 0), coordinates(point, 1), coordinates(point, 2), coordinates(point, 3));
    let scalar = |seed| -> [u8; 32] { noise(seed, 32).try_into().expect("32 bytes") };

    let (p, q, r, s) = (g1(60), g1(61), g2(62), g2(64));
    let sum = DefaultCrypto.bls12_381_g1_add(of_g1(&p), of_g1(&q)).expect("points").to_vec();
    let twist_sum = DefaultCrypto.bls12_381_g2_add(of_g2(&r), of_g2(&s)).expect("points").to_vec();
    let (k, l) = (scalar(66), scalar(67));
    let combination = DefaultCrypto.bls12_381_g1_msm(&mut [Ok((of_g1(&p), k)), Ok((of_g1(&q), l))].into_iter());
    let twist_combination = DefaultCrypto.bls12_381_g2_msm(&mut [Ok((of_g2(&r), k)), Ok((of_g2(&s), l))].into_iter());
    let negative = {
        // By the order less 1.
        let minus_one = hex!("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000");
        DefaultCrypto.bls12_381_g1_msm(&mut [Ok((of_g1(&p), minus_one))].into_iter()).expect("a point")
    };
    vec![
        (Operation::Bls12MapFpToG1, fp(60).to_vec(), Some(p.to_vec())),
        (Operation::Bls12MapFpToG1, vec![0xff; 48], None),
        (Operation::Bls12MapFp2ToG2, [fp(62), fp(63)].concat(), Some(r.to_vec())),
        (Operation::Bls12MapFp2ToG2, vec![0xff; 96], None),
        (Operation::Bls12G1Add, [p, q].concat(), Some(sum)),
        (Operation::Bls12G1Add, [p, [1; 96]].concat(), None),
        (Operation::Bls12G2Add, [r, s].concat(), Some(twist_sum)),
        (Operation::Bls12G2Add, [[1; 192], s].concat(), None),
        (Operation::Bls12G1Msm, [&p[..], &k, &q, &l].concat(), Some(combination.expect("points").to_vec())),
        (Operation::Bls12G1Msm, [&[1; 96][..], &k].concat(), None),
        (Operation::Bls12G2Msm, [&r[..], &k, &s, &l].concat(), Some(twist_combination.expect("points").to_vec())),
        (Operation::Bls12G2Msm, [&[1; 192][..], &k].concat(), None),
        (Operation::Bls12Pairing, [&p[..], &r, &negative, &r].concat(), flag(true)),
        (Operation::Bls12Pairing, [&p[..], &r, &p, &r].concat(), flag(false)),
        (Operation::Bls12Pairing, [&p[..], &[1; 192]].concat(), None),
    ]
}

#[test]
fn the_c_interface_agrees_with_the_evm() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/elf/accelerators-c.elf");
    let program = Program::from_elf(&Hasher::new(), &std::fs::read(path).expect("it is committed")).expect("a program");
    let calls = [hashes(), signatures(), modexps(), bn254(), kzg(), bls12_381()].concat();
    for (number, (operation, operands, expected)) in calls.iter().enumerate() {
        // Aligned, in place, and a pair of alignments that changes from call to call.
        let pointers = [[0, 0, 0], [0, 0, 1], [(number % 7) as u8 + 1, (number / 7 % 7) as u8 + 1, 0], [5, 0, 1]];
        for pointers in pointers {
            let head = [&[*operation as u8][..], &pointers, &(operands.len() as u32).to_le_bytes()].concat();
            let mut machine = Machine::new(&program, &[head, operands.clone()].concat()).expect("it fits");
            let halted = machine.run(1 << 31).unwrap_or_else(|fault| panic!("{operation:?} {pointers:?}: {fault}"));
            assert!(halted, "{operation:?} {pointers:?}: too long");
            let outcome = machine.outcome().expect("it has halted").expect("a short output");
            let output = match expected {
                Some(result) => [&[0][..], result].concat(),
                None => vec![0xff],
            };
            assert_eq!((outcome.exit_code, outcome.output), (0, output), "{operation:?}, call {number}, {pointers:?}");
        }
    }
}

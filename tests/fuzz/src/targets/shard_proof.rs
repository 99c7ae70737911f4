//! Proofs of single shards: decoding, then verification.

use std::sync::LazyLock;

use hearth_machine::testing::random::Random;
use hearth_shard::backend::VerifyError as Refused;
use hearth_shard::keys::KeyId;
use hearth_shard::proof::{DecodeError, ShardProof};
use hearth_shard::verifier::{ShardVerifier, VerifyError};
use hearth_soundness::SizeClass;

use crate::run::{CLASS, PROOFS};
use crate::{ACCEPTED, Class, Target, below, mutate, pick};

/// The target.
pub const TARGET: Target = Target {
    name: "shard_proof",
    judge,
    seeds,
    mutant,
    classes: &[
        ACCEPTED,
        "format",
        "digest",
        "class or key",
        "of another class",
        "statement",
        "too long",
        "truncated",
        "magic",
        "version",
        "backend",
        "class",
        "shape",
        "encoding",
        "not canonical",
        "invalid",
    ],
    memory: 64 << 20,
};

static VERIFIER: LazyLock<ShardVerifier> = LazyLock::new(|| ShardVerifier::new(CLASS).expect("the tables fit"));

/// The class of a refusal by the backend.
pub(super) fn refusal_class(error: &Refused) -> Class {
    match error {
        // The tables decide it, not the bytes.
        Refused::Setup(error) => panic!("a key of known tables: {error}"),
        Refused::TooLong { .. } => "too long",
        Refused::Truncated => "truncated",
        Refused::Magic => "magic",
        Refused::Version(_) => "version",
        Refused::Backend(_) => "backend",
        Refused::Class(_) => "class",
        Refused::Heights(_) => "heights",
        Refused::Encoding(_) => "encoding",
        Refused::NotCanonical => "not canonical",
        Refused::Shape(_) => "shape",
        Refused::PublicValues { .. } => "public values",
        Refused::Security { .. } => "security",
        Refused::Parameters(_) => "parameters",
        Refused::Invalid(_) => "invalid",
    }
}

fn judge(bytes: &[u8]) -> Class {
    let proof = match ShardProof::from_bytes(bytes) {
        Ok(proof) => proof,
        Err(DecodeError::Format) => return "format",
        Err(DecodeError::Digest) => return "digest",
        Err(DecodeError::Key) => return "class or key",
    };
    assert_eq!(proof.to_bytes(), bytes, "a second encoding");
    if proof.class != CLASS {
        return "of another class";
    }
    match VERIFIER.verify(&proof.statement, proof.key as u8, &proof.bytes) {
        Ok(()) => {
            // Nothing here can prove what was not proved honestly.
            assert!(PROOFS.iter().any(|honest| honest.statement == proof.statement), "a forged proof");
            ACCEPTED
        }
        Err(VerifyError::Statement) => "statement",
        Err(VerifyError::Key(_)) => "key",
        Err(VerifyError::Proof(error)) => refusal_class(&error),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    PROOFS.iter().map(ShardProof::to_bytes).collect()
}

/// One field of a proof is another.
pub(super) fn wrong(random: &mut Random) -> ShardProof {
    let mut proof = pick(random, &PROOFS).clone();
    let statement = &mut proof.statement;
    let (len, any) = (proof.bytes.len(), random.word() as u32);
    // Magic, version, backend, class, number of heights, of which there are none; then the words of the body.
    const HEADER: usize = 7;
    match random.below(16) {
        0 => statement.pc_in = any,
        1 => statement.pc_out ^= 4,
        2 => statement.ts_end = any,
        3 => statement.root_out.swap(0, 1),
        4 => statement.program_root.reverse(),
        5 => proof.key = *pick(random, &KeyId::ALL),
        6 => proof.class = *pick(random, &SizeClass::ALL),
        7 => proof.bytes = pick(random, &PROOFS).bytes.clone(),
        8 => proof.bytes.resize((2 << 20) + below(random, 3), 0),
        9 => proof.bytes.truncate(below(random, 60)),
        10 | 11 => proof.bytes[below(random, 7)] = any as u8,
        12 => proof.bytes[HEADER - 1] = any as u8 % 28,
        13 => {
            let mut body = proof.bytes.split_off(HEADER);
            let other = pick(random, &PROOFS).bytes[HEADER..].to_vec();
            mutate::change(&mut body, &[other], random);
            proof.bytes.append(&mut body);
        }
        14 => {
            let word = HEADER + 4 * below(random, (len - HEADER) / 4);
            proof.bytes[word..word + 4].fill(u8::MAX);
        }
        _ => proof.bytes[below(random, len)] ^= 1 << random.below(8),
    }
    proof
}

fn mutant(_: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = wrong(random).to_bytes();
    match random.below(16) {
        // The first word of the statement as the largest number, where it takes five bytes as most do.
        0 => bytes[8..13].copy_from_slice(&[0xff, 0xff, 0xff, 0xff, 0x0f]),
        // Class and key stand before the length of the proof, which takes three bytes.
        1 => {
            let proof = bytes.windows(3).position(|window| window == b"HSP").unwrap_or(bytes.len());
            let at = proof.saturating_sub(4 + random.below(2) as usize);
            bytes[at] = 0x7f;
        }
        _ => {}
    }
    bytes
}

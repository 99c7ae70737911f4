//! Proofs of whole runs: decoding, then verification.

use hearth_machine::hash::Hasher;
use hearth_machine::testing::random::Random;
use hearth_shard::chain::{ChainError, ChainProof, Link};
use serde::Serialize;

use super::shard_proof;
use crate::run::{CLASS, PROOFS, RUN, chain_of};
use crate::{ACCEPTED, Class, Target, below, mutate, pick};

/// The target.
pub const TARGET: Target = Target {
    name: "chain_proof",
    judge,
    seeds,
    mutant,
    classes: &[ACCEPTED, "format", "program", "shards", "class", "shard", "not finished", "opening"],
    memory: 96 << 20,
};

fn judge(bytes: &[u8]) -> Class {
    let verified = ChainProof::from_bytes(bytes).and_then(|proof| {
        assert_eq!(proof.to_bytes(), bytes, "a second encoding");
        proof.verify(RUN.program.key(), true)
    });
    match verified {
        Ok(verified) => {
            assert_eq!((verified.exit_code, &verified.output), (RUN.outcome.exit_code, &RUN.outcome.output));
            assert_eq!(verified.input, RUN.input);
            ACCEPTED
        }
        Err(ChainError::Format(_)) => "format",
        Err(ChainError::Program) => "program",
        Err(ChainError::Shards(_)) => "shards",
        Err(ChainError::Class(_)) => "class",
        Err(ChainError::Setup(_)) => "setup",
        Err(ChainError::Shard { .. }) => "shard",
        Err(ChainError::NotFinished(_)) => "not finished",
        Err(ChainError::Opening(_)) => "opening",
    }
}

fn seeds() -> Vec<Vec<u8>> {
    // Without its shards a chain is short, and as good as a long one for the decoder.
    vec![chain_of(PROOFS.clone()).to_bytes(), chain_of([]).to_bytes()]
}

/// What comes before the links: magic, version, class, digests of program and input.
#[derive(Serialize)]
struct Head([u8; 6], u16, u8, [u32; 9], [u32; 9]);

/// A head with a count of links, and links or leaves of the output as small as can be: memory for few bytes.
fn many(random: &mut Random) -> Vec<u8> {
    let digest =
        |digest: &hearth_machine::hash::Digest| digest.map(|felt| p3_field::PrimeField32::as_canonical_u32(&felt));
    let program = digest(&RUN.program.key().digest(&Hasher::new()));
    let head = Head(*b"HEARTH", 1, CLASS.id(), program, digest(&RUN.input));
    let mut bytes = postcard::to_allocvec(&head).expect("numbers encode");
    let count = |count: u32| postcard::to_allocvec(&count).expect("a number encodes");
    match random.below(3) {
        0 => {
            // 13 bytes each: root, pc, time, key, proof of no bytes.
            bytes.extend(count(1 << 20));
            bytes.resize(bytes.len() + (13 << 16), 0);
        }
        1 => {
            bytes.extend(count(0));
            bytes.extend(count(1 << 20));
            bytes.resize(bytes.len() + (8 << 16), 0);
        }
        _ => {
            bytes.extend(count(0));
            bytes.extend(count(1));
            bytes.resize(bytes.len() + 16, 0);
            bytes.extend(count(1 << 20));
            bytes.resize(bytes.len() + (9 << 16), 0);
        }
    }
    bytes
}

fn mutant(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut shards = PROOFS.clone();
    let all = shards.len();
    match random.below(24) {
        // These verify honest shards first, which takes time: few.
        0 => drop(shards.pop()),
        1 => {
            let mut opening = RUN.opening.clone();
            match random.below(4) {
                0 => opening.registers[2] ^= 1,
                1 => opening.output[0][0] = [0, 60, u64::MAX][random.below(3) as usize],
                2 => drop(opening.uncles.pop()),
                _ => opening.uncles.swap(0, 1),
            }
            let links = shards.into_iter().map(Link::new).collect();
            return ChainProof::new(CLASS, RUN.program.key(), &RUN.input, links, &opening).to_bytes();
        }
        2 => shards[below(random, all)] = shard_proof::wrong(random),
        3 => drop(shards.remove(0)),
        4 => shards.swap(0, all - 1),
        5..8 => shards.clear(),
        8..12 => return many(random),
        // Within the head of a whole chain: the class; version, program, input, number of links.
        12..20 => {
            let mut bytes = seeds[0].clone();
            let at = if random.below(4) == 0 { 7 } else { 6 + below(random, 97) };
            bytes[at] = random.below(256) as u8;
            return bytes;
        }
        // The end of a chain without shards: its closing.
        _ => return mutate::bytes(std::slice::from_ref(pick(random, &seeds[1..])), random),
    }
    chain_of(shards).to_bytes()
}

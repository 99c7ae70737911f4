//! Mutants of a proof: bytes, words, swaps, cuts. 10^4 of them, 10^5 with `HEARTH_FULL=1`.

use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::prove;

use crate::small;

/// A small generator: mutants are the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % end as u64) as usize
    }
}

fn mutate(random: &mut Random, proof: &[u8]) -> Vec<u8> {
    let mut mutant = proof.to_vec();
    let words = proof.len() / 4;
    let word = |at: usize| 4 * at..4 * at + 4;
    match random.below(8) {
        0 => mutant[random.below(proof.len())] ^= 1 << random.below(8),
        1 => mutant[random.below(proof.len())] = random.below(256) as u8,
        2 => {
            let value = random.below(1 << 32) as u32;
            mutant[word(random.below(words))].copy_from_slice(&value.to_le_bytes());
        }
        3 => {
            let value = [0, 1, 0x7f00_0000, 0x7f00_0001, 1 << 24, u32::MAX][random.below(6)];
            mutant[word(random.below(words))].copy_from_slice(&u32::to_le_bytes(value));
        }
        4 => {
            // A word, a digest or an opening from elsewhere.
            let length = [1, 5, 9, 20][random.below(4)];
            let (from, to) = (random.below(words - length), random.below(words - length));
            mutant.copy_within(4 * from..4 * (from + length), 4 * to);
        }
        5 => mutant.truncate(random.below(proof.len())),
        6 => mutant.extend((0..=random.below(64)).map(|i| i as u8)),
        _ => {
            for _ in 0..=random.below(5) {
                mutant[random.below(proof.len())] ^= 1 << random.below(8);
            }
        }
    }
    mutant
}

#[test]
fn mutants_are_refused() {
    let count = if std::env::var_os("HEARTH_FULL").is_some() { 100_000 } else { 10_000 };
    let key = small::key();
    let mut random = Random(1);
    // Not of no ticks: of a stack of zeros every opening is the same, so that another nonce can give another right proof.
    for ticks in [130, 200] {
        let (tables, public) = small::trace(ticks);
        let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
        let mut refused = 0;
        while refused < count / 2 {
            let mutant = mutate(&mut random, &proof);
            if mutant != proof {
                assert!(key.verify(&public, &mutant).is_err(), "mutant {refused} of {ticks} ticks");
                refused += 1;
            }
        }
    }
}

//! The compression function of SHA-256 on plain words, in the steps that the round chip proves (FIPS 180-4, section 6.2).
//!
//! A state and a block are bytes in memory as FIPS 180-4 writes them, most significant byte of each 32-bit word first.

/// Rounds of a compression.
pub const ROUNDS: usize = 64;
/// Rounds that one row proves.
pub const ROUNDS_PER_ROW: usize = 4;
/// Rows of a compression.
pub const ROWS: usize = ROUNDS / ROUNDS_PER_ROW;

/// Working variables a to h.
pub type State = [u32; 8];
/// A message block.
pub type Block = [u32; 16];

/// First 32 bits of the fractions of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2).
#[rustfmt::skip]
pub const ROUND_CONSTANTS: [u32; ROUNDS] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// Distances of a function that is the XOR of three rotations to the right, or of two and a shift.
pub type Distances = [usize; 3];
/// Of the function of a.
pub const BIG_0: Distances = [2, 13, 22];
/// Of the function of e.
pub const BIG_1: Distances = [6, 11, 25];
/// Of the function of the word 15 before; the last is a shift.
pub const SMALL_0: Distances = [7, 18, 3];
/// Of the function of the word 2 before; the last is a shift.
pub const SMALL_1: Distances = [17, 19, 10];

/// XOR of three rotations.
pub const fn big(word: u32, [i, j, k]: Distances) -> u32 {
    word.rotate_right(i as u32) ^ word.rotate_right(j as u32) ^ word.rotate_right(k as u32)
}

/// XOR of two rotations and a shift.
pub const fn small(word: u32, [i, j, k]: Distances) -> u32 {
    word.rotate_right(i as u32) ^ word.rotate_right(j as u32) ^ word >> k
}

/// The bits of f where e has a 1, of g elsewhere.
pub const fn choice(e: u32, f: u32, g: u32) -> u32 {
    g ^ (e & (f ^ g))
}

/// The bits that two of three have.
pub const fn majority(a: u32, b: u32, c: u32) -> u32 {
    (a & b) | (c & (a | b))
}

/// The word 16 after the first of `words`, which are 16.
pub fn next_word(words: &[u32]) -> u32 {
    small(words[14], SMALL_1).wrapping_add(words[9]).wrapping_add(small(words[1], SMALL_0)).wrapping_add(words[0])
}

/// The first `N >= 16` words of the message schedule, whose recurrence goes on beyond the 64 that a compression uses.
pub fn schedule<const N: usize>(block: &Block) -> [u32; N] {
    let mut words = [0; N];
    words[..16].copy_from_slice(block);
    for t in 16..N {
        words[t] = next_word(&words[t - 16..t]);
    }
    words
}

/// Round `t` with the word `word` of the schedule.
pub fn round([a, b, c, d, e, f, g, h]: State, t: usize, word: u32) -> State {
    let sum = h.wrapping_add(big(e, BIG_1)).wrapping_add(choice(e, f, g));
    let sum = sum.wrapping_add(ROUND_CONSTANTS[t]).wrapping_add(word);
    let top = sum.wrapping_add(big(a, BIG_0)).wrapping_add(majority(a, b, c));
    [top, a, b, c, d.wrapping_add(sum), e, f, g]
}

/// The working variables after all rounds.
pub fn rounds(state: State, block: &Block) -> State {
    let words: [u32; ROUNDS] = schedule(block);
    (0..ROUNDS).fold(state, |state, t| round(state, t, words[t]))
}

/// The state after a block.
pub fn compress(state: &State, block: &Block) -> State {
    let worked = rounds(*state, block);
    core::array::from_fn(|i| state[i].wrapping_add(worked[i]))
}

/// 32-bit words from `M` words of memory.
pub fn from_memory<const M: usize, const N: usize>(memory: &[u64; M]) -> [u32; N] {
    core::array::from_fn(|i| ((memory[i / 2] >> (32 * (i % 2))) as u32).swap_bytes())
}

/// A state as words of memory.
pub fn to_memory(state: &State) -> [u64; 4] {
    core::array::from_fn(|i| {
        let [low, high] = [0, 1].map(|k| u64::from(state[2 * i + k].swap_bytes()));
        low | high << 32
    })
}

/// [`compress`] on words of memory.
pub fn compress_memory(state: &[u64; 4], block: &[u64; 8]) -> [u64; 4] {
    to_memory(&compress(&from_memory(state), &from_memory(block)))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// First 32 bits of the fractions of the square roots of the first eight primes (FIPS 180-4, section 5.3.3).
    const START: State =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

    fn hash(message: &[u8]) -> [u8; 32] {
        let mut bytes: Vec<u8> = message.to_vec();
        bytes.push(0x80);
        bytes.resize((message.len() + 9).next_multiple_of(64) - 8, 0);
        bytes.extend((8 * message.len() as u64).to_be_bytes());
        let mut state = to_memory(&START);
        for block in bytes.as_chunks::<64>().0 {
            let words = core::array::from_fn(|i| u64::from_le_bytes(block.as_chunks().0[i]));
            state = compress_memory(&state, &words);
        }
        let mut hash = [0; 32];
        for (bytes, word) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
            *bytes = word.to_le_bytes();
        }
        hash
    }

    /// The examples of NIST ("SHA256.pdf" of the example values) and the empty message: no block, one and two blocks.
    #[test]
    fn has_the_published_vectors() {
        let expect = |message: &[u8], first: [u8; 4], last: [u8; 4]| {
            let hash = hash(message);
            assert_eq!((&hash[..4], &hash[28..]), (&first[..], &last[..]));
        };
        expect(b"", [0xe3, 0xb0, 0xc4, 0x42], [0x78, 0x52, 0xb8, 0x55]);
        expect(b"abc", [0xba, 0x78, 0x16, 0xbf], [0xf2, 0x00, 0x15, 0xad]);
        let two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        expect(two_blocks, [0x24, 0x8d, 0x6a, 0x61], [0x19, 0xdb, 0x06, 0xc1]);
    }
}

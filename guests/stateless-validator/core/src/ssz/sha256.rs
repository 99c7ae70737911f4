//! SHA-256 (FIPS 180-4) with a short cut for the 64-byte messages of Merkle trees: the schedule of their constant
//! padding block is known at compile time. With the feature `crypto-provider` all but constants is hashed by the provider.

const K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
];

const START: [u32; 8] =
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/// Round inputs (schedule plus constants) of the block that pads a 64-byte message.
const PADDING: [u32; 64] = {
    let mut block = [0; 64];
    block[0] = 0x80;
    block[62] = 0x02;
    round_inputs(&block)
};

const fn round_inputs(block: &[u8; 64]) -> [u32; 64] {
    let mut w = [0u32; 64];
    let mut i = 0;
    while i < 16 {
        w[i] = u32::from_be_bytes([block[4 * i], block[4 * i + 1], block[4 * i + 2], block[4 * i + 3]]);
        i += 1;
    }
    while i < 64 {
        let (a, b) = (w[i - 15], w[i - 2]);
        let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        w[i] = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1);
        i += 1;
    }
    i = 0;
    while i < 64 {
        w[i] = w[i].wrapping_add(K[i]);
        i += 1;
    }
    w
}

macro_rules! round {
    ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $w:expr) => {
        let s1 = $e.rotate_right(6) ^ $e.rotate_right(11) ^ $e.rotate_right(25);
        let t = $h.wrapping_add(s1).wrapping_add($g ^ ($e & ($f ^ $g))).wrapping_add($w);
        let s0 = $a.rotate_right(2) ^ $a.rotate_right(13) ^ $a.rotate_right(22);
        $d = $d.wrapping_add(t);
        $h = t.wrapping_add(s0).wrapping_add(($a & $b) | ($c & ($a | $b)));
    };
}

const fn rounds(state: &[u32; 8], w: &[u32; 64]) -> [u32; 8] {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    let mut i = 0;
    while i < 64 {
        round!(a b c d e f g h, w[i]);
        round!(h a b c d e f g, w[i + 1]);
        round!(g h a b c d e f, w[i + 2]);
        round!(f g h a b c d e, w[i + 3]);
        round!(e f g h a b c d, w[i + 4]);
        round!(d e f g h a b c, w[i + 5]);
        round!(c d e f g h a b, w[i + 6]);
        round!(b c d e f g h a, w[i + 7]);
        i += 8;
    }
    let worked = [a, b, c, d, e, f, g, h];
    let mut out = *state;
    i = 0;
    while i < 8 {
        out[i] = out[i].wrapping_add(worked[i]);
        i += 1;
    }
    out
}

const fn digest(state: &[u32; 8]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut i = 0;
    while i < 32 {
        out[i] = (state[i / 4] >> (24 - 8 * (i % 4))) as u8;
        i += 1;
    }
    out
}

/// SHA-256 of exactly 64 bytes: one inner node of a Merkle tree.
pub const fn sha256_64(message: &[u8; 64]) -> [u8; 32] {
    digest(&rounds(&rounds(&START, &round_inputs(message)), &PADDING))
}

/// One inner node of a Merkle tree.
#[cfg(not(feature = "crypto-provider"))]
pub fn node(children: &[u8; 64]) -> [u8; 32] {
    sha256_64(children)
}

/// One inner node of a Merkle tree.
#[cfg(feature = "crypto-provider")]
pub fn node(children: &[u8; 64]) -> [u8; 32] {
    sha256(children)
}

/// SHA-256 of any message.
#[cfg(feature = "crypto-provider")]
pub fn sha256(message: &[u8]) -> [u8; 32] {
    revm::precompile::crypto().sha256(message)
}

/// SHA-256 of any message.
#[cfg(not(feature = "crypto-provider"))]
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let mut state = START;
    let (blocks, rest) = message.as_chunks::<64>();
    for block in blocks {
        state = rounds(&state, &round_inputs(block));
    }
    let mut tail = [0u8; 128];
    tail[..rest.len()].copy_from_slice(rest);
    tail[rest.len()] = 0x80;
    let used = if rest.len() < 56 { 64 } else { 128 };
    tail[used - 8..used].copy_from_slice(&(8 * message.len() as u64).to_be_bytes());
    for block in tail[..used].as_chunks::<64>().0 {
        state = rounds(&state, &round_inputs(block));
    }
    digest(&state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn agrees_with_the_sha2_crate() {
        let message: [u8; 200] = core::array::from_fn(|i| (i * 7) as u8);
        for len in 0..message.len() {
            assert_eq!(sha256(&message[..len]), <[u8; 32]>::from(Sha256::digest(&message[..len])), "{len} bytes");
        }
        let first: &[u8; 64] = message.first_chunk().expect("200 bytes");
        assert_eq!(sha256_64(first), sha256(first));
    }
}

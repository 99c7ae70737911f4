//! Keccak-256 for a machine with 64-bit words and no rotation: the permutation is unrolled so that every index and every
//! rotation distance is a constant.
//!
//! With the feature `native-keccak` alloy calls a C function `native_keccak256` for every hash, the EVM's included; the
//! program that is linked defines it, for instance by this implementation.

/// Bytes absorbed by one permutation.
const RATE: usize = 136;

const ROUND_CONSTANTS: [u64; 24] = [
    0x0000000000000001,
    0x0000000000008082,
    0x800000000000808a,
    0x8000000080008000,
    0x000000000000808b,
    0x0000000080000001,
    0x8000000080008081,
    0x8000000000008009,
    0x000000000000008a,
    0x0000000000000088,
    0x0000000080008009,
    0x000000008000000a,
    0x000000008000808b,
    0x800000000000008b,
    0x8000000000008089,
    0x8000000000008003,
    0x8000000000008002,
    0x8000000000000080,
    0x000000000000800a,
    0x800000008000000a,
    0x8000000080008081,
    0x8000000000008080,
    0x0000000080000001,
    0x8000000080008008,
];

/// One row of chi: five lanes picked by rho and pi out of `a` with theta's `d` added.
macro_rules! row {
    ($a:ident $d:ident -> $b:ident $y:literal; $($lane:literal <<< $rotation:literal),*) => {
        let [l0, l1, l2, l3, l4] = [$(($a[$lane] ^ $d[$lane % 5]).rotate_left($rotation)),*];
        $b[$y] = l0 ^ (!l1 & l2);
        $b[$y + 1] = l1 ^ (!l2 & l3);
        $b[$y + 2] = l2 ^ (!l3 & l4);
        $b[$y + 3] = l3 ^ (!l4 & l0);
        $b[$y + 4] = l4 ^ (!l0 & l1);
    };
}

macro_rules! round {
    ($a:ident -> $b:ident, $constant:expr) => {
        let c0 = $a[0] ^ $a[5] ^ $a[10] ^ $a[15] ^ $a[20];
        let c1 = $a[1] ^ $a[6] ^ $a[11] ^ $a[16] ^ $a[21];
        let c2 = $a[2] ^ $a[7] ^ $a[12] ^ $a[17] ^ $a[22];
        let c3 = $a[3] ^ $a[8] ^ $a[13] ^ $a[18] ^ $a[23];
        let c4 = $a[4] ^ $a[9] ^ $a[14] ^ $a[19] ^ $a[24];
        let d = [
            c4 ^ c1.rotate_left(1),
            c0 ^ c2.rotate_left(1),
            c1 ^ c3.rotate_left(1),
            c2 ^ c4.rotate_left(1),
            c3 ^ c0.rotate_left(1),
        ];
        row!($a d -> $b 0; 0 <<< 0, 6 <<< 44, 12 <<< 43, 18 <<< 21, 24 <<< 14);
        row!($a d -> $b 5; 3 <<< 28, 9 <<< 20, 10 <<< 3, 16 <<< 45, 22 <<< 61);
        row!($a d -> $b 10; 1 <<< 1, 7 <<< 6, 13 <<< 25, 19 <<< 8, 20 <<< 18);
        row!($a d -> $b 15; 4 <<< 27, 5 <<< 36, 11 <<< 10, 17 <<< 15, 23 <<< 56);
        row!($a d -> $b 20; 2 <<< 62, 8 <<< 55, 14 <<< 39, 15 <<< 41, 21 <<< 2);
        $b[0] ^= $constant;
    };
}

/// The permutation Keccak-f[1600].
pub fn keccak_f(state: &mut [u64; 25]) {
    let mut other = [0; 25];
    for [even, odd] in ROUND_CONSTANTS.as_chunks().0 {
        round!(state -> other, even);
        round!(other -> state, odd);
    }
}

/// Keccak-256 as Ethereum uses it.
pub fn keccak256(message: &[u8]) -> [u8; 32] {
    let mut state = [0; 25];
    let (blocks, rest) = message.as_chunks::<RATE>();
    for block in blocks {
        absorb(&mut state, block);
    }
    let mut last = [0; RATE];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x01;
    last[RATE - 1] |= 0x80;
    absorb(&mut state, &last);
    let mut hash = [0; 32];
    for (out, lane) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *out = lane.to_le_bytes();
    }
    hash
}

fn absorb(state: &mut [u64; 25], block: &[u8; RATE]) {
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    keccak_f(state);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_sha3_crate() {
        use sha3::{Digest, Keccak256};
        let message: [u8; 500] = core::array::from_fn(|i| (i * 13 + i / 7) as u8);
        for len in 0..message.len() {
            let expected: [u8; 32] = Keccak256::digest(&message[..len]).into();
            assert_eq!(keccak256(&message[..len]), expected, "{len} bytes");
        }
    }
}

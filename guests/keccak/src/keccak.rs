//! Keccak-256 as Ethereum uses it: rate 136 bytes, padding 0x01 ... 0x80 (the Keccak submission, not FIPS 202).

const RATE: usize = 136;

/// The hash of `message`.
pub fn keccak256(message: &[u8]) -> [u8; 32] {
    let mut state = [0u64; 25];
    let (blocks, rest) = message.as_chunks::<RATE>();
    for block in blocks {
        absorb(&mut state, block);
    }
    let mut last = [0u8; RATE];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] ^= 0x01;
    last[RATE - 1] ^= 0x80;
    absorb(&mut state, &last);
    let mut hash = [0u8; 32];
    for (bytes, lane) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    hash
}

fn absorb(state: &mut [u64; 25], block: &[u8; RATE]) {
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    permute(state);
}

/// Repeats `$body` for the constants 0 to 4. The compiler does not unroll these loops by itself, and only constant
/// indexes let it keep lanes in registers.
macro_rules! for_five {
    ($x:ident, $body:expr) => {
        for_five!(@ $x, $body, 0 1 2 3 4)
    };
    (@ $x:ident, $body:expr, $($value:literal)*) => {
        {
            $({
                const $x: usize = $value;
                $body;
            })*
        }
    };
}

/// Keccak-f[1600]. Lane (x, y) is `a[x + 5 * y]`.
fn permute(state: &mut [u64; 25]) {
    let mut a = *state;
    for constant in ROUND_CONSTANTS {
        // theta
        let mut column = [0u64; 5];
        for_five!(X, column[X] = a[X] ^ a[X + 5] ^ a[X + 10] ^ a[X + 15] ^ a[X + 20]);
        // with rho and pi
        let mut b = [0u64; 25];
        for_five!(X, {
            let d = column[(X + 4) % 5] ^ column[(X + 1) % 5].rotate_left(1);
            for_five!(Y, b[Y + 5 * ((2 * X + 3 * Y) % 5)] = (a[X + 5 * Y] ^ d).rotate_left(ROTATIONS[X + 5 * Y]))
        });
        // chi
        for_five!(Y, for_five!(X, a[X + 5 * Y] = b[X + 5 * Y] ^ (!b[(X + 1) % 5 + 5 * Y] & b[(X + 2) % 5 + 5 * Y])));
        // iota
        a[0] ^= constant;
    }
    *state = a;
}

/// How far rho turns each lane, found on the way that pi takes from lane (1, 0) through all others.
const ROTATIONS: [u32; 25] = {
    let mut out = [0; 25];
    let (mut x, mut y, mut t) = (1, 0, 0);
    while t < 24 {
        out[x + 5 * y] = ((t + 1) * (t + 2) / 2 % 64) as u32;
        (x, y) = (y, (2 * x + 3 * y) % 5);
        t += 1;
    }
    out
};

/// The 24 round constants, from the linear feedback shift register of the definition.
const ROUND_CONSTANTS: [u64; 24] = {
    let mut out = [0u64; 24];
    let mut register = 1u32;
    let mut round = 0;
    while round < 24 {
        let mut j = 0;
        while j < 7 {
            if register & 1 == 1 {
                out[round] |= 1 << ((1 << j) - 1);
            }
            register <<= 1;
            if register & 0x100 != 0 {
                register ^= 0x171;
            }
            j += 1;
        }
        round += 1;
    }
    out
};

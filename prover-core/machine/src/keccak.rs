//! Keccak-f\[1600\] on plain words, in the steps that the round chip proves (FIPS 202, section 3.2).

/// Rounds of the permutation.
pub const ROUNDS: usize = 24;

/// A state of 25 lanes, lane `(x, y)` at `x + 5 y`.
pub type State = [u64; 25];

/// Round constants (FIPS 202, section 3.2.5).
pub const ROUND_CONSTANTS: [u64; ROUNDS] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// Bits that a round constant can have: `2^j - 1`.
pub const CONSTANT_BITS: [usize; 7] = [0, 1, 3, 7, 15, 31, 63];

/// Rotation of lane `(x, y)` at `x + 5 y` (FIPS 202, table 2).
pub const ROTATIONS: [u32; 25] =
    [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

/// Column parities before and after theta.
pub struct Theta {
    /// `c[x]`: parity of column x.
    pub c: [u64; 5],
    /// `c_prime[x]`: parity of column x after theta.
    pub c_prime: [u64; 5],
    /// The state after theta.
    pub state: State,
}

/// Theta (FIPS 202, section 3.2.1).
pub fn theta(state: &State) -> Theta {
    let c: [u64; 5] = core::array::from_fn(|x| (0..5).fold(0, |parity, y| parity ^ state[x + 5 * y]));
    // Five copies of d have the parity of one, so the parity after theta is c ^ d.
    let d: [u64; 5] = core::array::from_fn(|x| c[(x + 4) % 5] ^ c[(x + 1) % 5].rotate_left(1));
    Theta { c, c_prime: core::array::from_fn(|x| c[x] ^ d[x]), state: core::array::from_fn(|i| state[i] ^ d[i % 5]) }
}

/// Where the lane that rho and pi put at `(x, y)` comes from: `x' + 5 y'`.
pub const fn before_pi(x: usize, y: usize) -> usize {
    (x + 3 * y) % 5 + 5 * x
}

/// Rho, pi and chi (FIPS 202, sections 3.2.2 to 3.2.4).
pub fn rho_pi_chi(state: &State) -> State {
    let b: State = core::array::from_fn(|i| {
        let from = before_pi(i % 5, i / 5);
        state[from].rotate_left(ROTATIONS[from])
    });
    core::array::from_fn(|i| {
        let (x, row) = (i % 5, i - i % 5);
        b[i] ^ (!b[row + (x + 1) % 5] & b[row + (x + 2) % 5])
    })
}

/// One round.
pub fn round(state: &State, round: usize) -> State {
    let mut next = rho_pi_chi(&theta(state).state);
    next[0] ^= ROUND_CONSTANTS[round];
    next
}

/// The permutation.
pub fn keccak_f(state: &mut State) {
    for r in 0..ROUNDS {
        *state = round(state, r);
    }
}

//! One row per round.

use core::borrow::{Borrow, BorrowMut};

use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::bus::{BusBuilder, KeccakState};
use crate::chip::Chip;
use crate::columns;
use crate::step::limbs;
use hearth_machine::keccak::{
    self, CONSTANT_BITS, ROTATIONS, ROUND_CONSTANTS, ROUNDS, State, before_pi, rho_pi_chi, theta,
};

columns! {
    /// A round of keccak-f. Lane `(x, y)` is at `x + 5 y`; bits are least significant first.
    pub struct KeccakRound {
        /// Time of the call, which names it.
        pub call: T,
        /// `round[r]` is 1 in round r; all 0 on padding rows.
        pub round: [T; 24],
        /// Input, 16-bit limbs.
        pub input: [[T; 4]; 25],
        /// Column parities of the input.
        pub c: [[T; 64]; 5],
        /// Column parities after theta: `c_prime[x][z] = c[x][z] ^ c[x-1][z] ^ c[x+1][z-1]`.
        pub c_prime: [[T; 64]; 5],
        /// After theta: `input ^ c ^ c_prime`.
        pub theta: [[T; 64]; 25],
        /// The bits of lane 0 after chi that a round constant can flip.
        pub chi: [T; 7],
        /// Output, 16-bit limbs.
        pub output: [[T; 4]; 25],
    }
}

/// The round chip.
pub struct KeccakRoundChip;

fn xor<E: PrimeCharacteristicRing>(a: E, b: E) -> E {
    a.clone() + b.clone() - (a * b).double()
}

/// The limb `limb` of a lane whose bit `z` is `bit(z)`.
fn limb<E: PrimeCharacteristicRing>(limb: usize, bit: impl Fn(usize) -> E) -> E {
    (0..16).rev().fold(E::ZERO, |sum, i| sum.double() + bit(16 * limb + i))
}

impl Chip for KeccakRoundChip {
    const NAME: &'static str = "keccak_round";
    const WIDTH: usize = KeccakRound::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &KeccakRound<B::Var> = main.current_slice().borrow();

        let mut real = B::Expr::ZERO;
        let mut number = B::Expr::ZERO;
        for (r, &flag) in row.round.iter().enumerate() {
            builder.assert_bool(flag);
            real += flag.into();
            number += flag * Felt::from_usize(r);
        }
        builder.assert_bool(real.clone());

        // Theta. The theta bits and c are boolean, c_prime follows; the parity of each column after theta is c_prime,
        // which makes c the parity before it.
        for x in 0..5 {
            for z in 0..64 {
                let c = row.c[x][z];
                builder.assert_bool(c);
                let left: B::Expr = row.c[(x + 4) % 5][z].into();
                let right: B::Expr = row.c[(x + 1) % 5][(z + 63) % 64].into();
                builder.assert_eq(row.c_prime[x][z], xor(xor(c.into(), left), right));
                let sum: B::Expr = (0..5).map(|y| row.theta[x + 5 * y][z].into()).sum();
                let even = sum - row.c_prime[x][z];
                builder.assert_zero(even.clone() * (even.clone() - B::Expr::TWO) * (even - B::Expr::from_u8(4)));
            }
        }
        for lane in 0..25 {
            for z in 0..64 {
                builder.assert_bool(row.theta[lane][z]);
            }
            for i in 0..4 {
                let input = limb(i, |z| {
                    let d = xor(row.c[lane % 5][z].into(), row.c_prime[lane % 5][z].into());
                    xor(d, row.theta[lane][z].into())
                });
                builder.assert_eq(row.input[lane][i], input);
            }
        }

        // Rho, pi, chi and iota.
        let rotated = |x: usize, y: usize, z: usize| -> B::Expr {
            let from = before_pi(x % 5, y);
            row.theta[from][(z + 64 - ROTATIONS[from] as usize) % 64].into()
        };
        let chi = |x: usize, y: usize, z: usize| {
            let and_not = (B::Expr::ONE - rotated(x + 1, y, z)) * rotated(x + 2, y, z);
            xor(rotated(x, y, z), and_not)
        };
        for (&z, &bit) in CONSTANT_BITS.iter().zip(&row.chi) {
            builder.assert_eq(bit, chi(0, 0, z));
        }
        for lane in 0..25 {
            for i in 0..4 {
                let output = limb(i, |z| match CONSTANT_BITS.iter().position(|&bit| lane == 0 && bit == z) {
                    Some(k) => {
                        let constant: B::Expr = (0..ROUNDS)
                            .filter(|&r| ROUND_CONSTANTS[r] >> z & 1 == 1)
                            .map(|r| row.round[r].into())
                            .sum();
                        xor(row.chi[k].into(), constant)
                    }
                    None => chi(lane % 5, lane / 5, z),
                });
                builder.assert_eq(row.output[lane][i], output);
            }
        }

        let state = |round, lanes: &[[B::Var; 4]; 25]| KeccakState {
            call: row.call.into(),
            round,
            lanes: core::array::from_fn(|i| lanes[i / 4][i % 4].into()),
        };
        builder.receive(state(number.clone(), &row.input), real.clone());
        builder.send(state(number + B::Expr::ONE, &row.output), real);
    }
}

impl KeccakRoundChip {
    /// The rows of all rounds of `calls`: the time of each call and the state before it.
    pub fn table(calls: &[(u32, State)], height: usize) -> RowMajorMatrix<Felt> {
        assert!(calls.len() * ROUNDS <= height, "{} calls in {height} rows", calls.len());
        let mut values = alloc::vec![Felt::ZERO; height * Self::WIDTH];
        for (&(call, input), rows) in calls.iter().zip(values.chunks_mut(ROUNDS * Self::WIDTH)) {
            let mut state = input;
            for (r, row) in rows.chunks_mut(Self::WIDTH).enumerate() {
                state = fill(call, r, &state, row.borrow_mut());
            }
        }
        RowMajorMatrix::new(values, Self::WIDTH)
    }
}

fn bits(word: u64) -> [Felt; 64] {
    core::array::from_fn(|z| Felt::from_bool(word >> z & 1 == 1))
}

/// Fills a zero row and returns the state after the round.
fn fill(call: u32, round: usize, input: &State, row: &mut KeccakRound<Felt>) -> State {
    let theta = theta(input);
    let output = keccak::round(input, round);
    let chi = rho_pi_chi(&theta.state)[0];
    row.call = Felt::from_u32(call);
    row.round[round] = Felt::ONE;
    row.input = input.map(limbs);
    row.c = theta.c.map(bits);
    row.c_prime = theta.c_prime.map(bits);
    row.theta = theta.state.map(bits);
    row.chi = CONSTANT_BITS.map(|z| Felt::from_bool(chi >> z & 1 == 1));
    row.output = output.map(limbs);
    output
}

//! REC-6: Poseidon2 of width 24 has the rounds, constants and matrices of its paper (ePrint 2023/323).
//!
//! The permutation is written down here anew: constants by the Grain LFSR, dense matrices, one element after another. It
//! shares nothing with p3's but the numbers of rounds and the choice of matrices.

use hearth_packing::Felt;
use hearth_packing::choice::{RC_24_EXTERNAL_FINAL, RC_24_EXTERNAL_INITIAL, RC_24_INTERNAL, permutation_24};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_symmetric::Permutation;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const WIDTH: usize = 24;
/// Rounds in which every element is cubed: half before, half after the others.
const FULL: usize = 8;
/// Rounds in which the first element alone is cubed.
const PARTIAL: usize = 23;

/// The Grain LFSR in its self-shrinking mode, as the paper makes constants with it.
struct Grain(Vec<bool>);

impl Grain {
    fn new() -> Self {
        // Prime field, x^3, bits of an element, width, rounds.
        let fields = [(1, 2), (0, 4), (31, 12), (WIDTH, 12), (FULL, 10), (PARTIAL, 10), ((1 << 30) - 1, 30)];
        let bits = fields.iter().flat_map(|&(value, count)| (0..count).rev().map(move |i| value >> i & 1 == 1));
        let mut grain = Self(bits.collect());
        for _ in 0..160 {
            grain.step();
        }
        grain
    }

    fn step(&mut self) -> bool {
        let bit = [62, 51, 38, 23, 13, 0].into_iter().fold(false, |bit, place| bit ^ self.0[place]);
        self.0.remove(0);
        self.0.push(bit);
        bit
    }

    fn bit(&mut self) -> bool {
        loop {
            let (keep, bit) = (self.step(), self.step());
            if keep {
                return bit;
            }
        }
    }

    fn element(&mut self) -> Felt {
        loop {
            let value = (0..31).fold(0u32, |value, _| value << 1 | u32::from(self.bit()));
            if value < Felt::ORDER_U32 {
                return Felt::from_u32(value);
            }
        }
    }

    fn elements<const N: usize>(&mut self) -> [Felt; N] {
        core::array::from_fn(|_| self.element())
    }
}

/// `circ(2 M, M, .., M)` with `M = circ(2, 3, 1, 1)`.
fn external(state: &mut [Felt; WIDTH]) {
    const M: [u8; 4] = [2, 3, 1, 1];
    let entry = |i: usize, j: usize| {
        let block = if i / 4 == j / 4 { 2 } else { 1 };
        Felt::from_u8(block * M[(4 + j % 4 - i % 4) % 4])
    };
    *state = core::array::from_fn(|i| (0..WIDTH).map(|j| entry(i, j) * state[j]).sum());
}

/// All ones, and a diagonal.
fn internal(state: &mut [Felt; WIDTH]) {
    let half = |k: u64| Felt::ONE.div_2exp_u64(k);
    let small = |k: u8| Felt::from_u8(k);
    let diagonal = [
        -Felt::TWO,
        Felt::ONE,
        Felt::TWO,
        half(1),
        small(3),
        small(4),
        -half(1),
        -small(3),
        -small(4),
        half(8),
        half(2),
        half(3),
        half(4),
        half(5),
        half(6),
        half(24),
        -half(8),
        -half(3),
        -half(4),
        -half(5),
        -half(6),
        -half(7),
        -half(9),
        -half(24),
    ];
    let sum: Felt = state.iter().copied().sum();
    *state = core::array::from_fn(|i| sum + diagonal[i] * state[i]);
}

fn reference(state: &mut [Felt; WIDTH]) {
    let mut grain = Grain::new();
    let full = |state: &mut [Felt; WIDTH], constants: [Felt; WIDTH]| {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element = (*element + constant).cube();
        }
        external(state);
    };
    external(state);
    (0..FULL / 2).for_each(|_| full(state, grain.elements()));
    for _ in 0..PARTIAL {
        state[0] = (state[0] + grain.element()).cube();
        internal(state);
    }
    (0..FULL / 2).for_each(|_| full(state, grain.elements()));
}

#[test]
fn constants_are_those_of_the_generator() {
    let mut grain = Grain::new();
    assert_eq!(RC_24_EXTERNAL_INITIAL, core::array::from_fn::<_, { FULL / 2 }, _>(|_| grain.elements()));
    assert_eq!(RC_24_INTERNAL, grain.elements::<PARTIAL>());
    assert_eq!(RC_24_EXTERNAL_FINAL, core::array::from_fn::<_, { FULL / 2 }, _>(|_| grain.elements()));
}

#[test]
fn permutation_is_that_of_the_paper() {
    let permutation = permutation_24();
    let mut state: [Felt; WIDTH] = core::array::from_fn(Felt::from_usize);
    for _ in 0..50 {
        let mut expected = state;
        reference(&mut expected);
        permutation.permute_mut(&mut state);
        assert_eq!(state, expected);
    }
}

/// The known answer for 0, 1, .., 23, computed by a third program.
#[test]
fn known_answer() {
    let mut state: [Felt; WIDTH] = core::array::from_fn(Felt::from_usize);
    permutation_24().permute_mut(&mut state);
    let expected: [u32; WIDTH] = [
        723_511_737,
        87_131_171,
        587_052_829,
        1_323_145_575,
        949_917_837,
        2_060_493_993,
        234_724_110,
        834_906_887,
        306_751_607,
        1_771_020_267,
        329_216_878,
        823_818_173,
        765_507_096,
        1_447_982_946,
        605_505_945,
        247_386_051,
        1_223_069_940,
        354_661_286,
        233_493_652,
        2_075_130_821,
        1_961_191_294,
        313_483_662,
        1_701_936_810,
        1_815_724_394,
    ];
    assert_eq!(state.map(|element| element.as_canonical_u32()), expected);
    // Cubing is a permutation: 3 does not divide p - 1.
    assert_ne!((Felt::ORDER_U32 - 1) % 3, 0);
}

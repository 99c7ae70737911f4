//! The rounds, written once for constraints and rows. Constants and matrices are the library's.
//!
//! Source: Poseidon2, eprint 2023/323, section 5 and 6; `p3-koala-bear`, width 24.

use hearth_machine::hash::WIDTH;
use hearth_packing::choice::{
    RC_24_EXTERNAL_FINAL as RC_FINAL, RC_24_EXTERNAL_INITIAL as RC_INITIAL, RC_24_INTERNAL as RC_PARTIAL,
};
use p3_field::{Algebra, PrimeCharacteristicRing};
use p3_koala_bear::{
    GenericPoseidon2LinearLayersKoalaBear as Linear, KOALABEAR_POSEIDON2_HALF_FULL_ROUNDS as HALF,
    KOALABEAR_POSEIDON2_PARTIAL_ROUNDS_24 as PARTIAL,
};
use p3_poseidon2::GenericPoseidon2LinearLayers;

use crate::Felt;

/// S-box outputs of all rounds but the last.
pub const SBOXES: usize = (2 * HALF - 1) * WIDTH + PARTIAL;

/// The permutation with its round constants multiplied by `real`.
///
/// `sbox` takes each `(x + constant)^3` in order, those of the last round at the end, and returns what stands for it.
pub fn permute<R: Algebra<Felt>>(state: &mut [R; WIDTH], real: R, mut sbox: impl FnMut(R) -> R) {
    let mut apply = |element: &mut R, constant: Felt| {
        *element = sbox((element.clone() + real.clone() * constant).cube());
    };
    external(state);
    for constants in RC_INITIAL {
        state.iter_mut().zip(constants).for_each(|(element, constant)| apply(element, constant));
        external(state);
    }
    for constant in RC_PARTIAL {
        apply(&mut state[0], constant);
        Linear::internal_linear_layer(state);
    }
    for constants in RC_FINAL {
        state.iter_mut().zip(constants).for_each(|(element, constant)| apply(element, constant));
        external(state);
    }
}

fn external<R: PrimeCharacteristicRing>(state: &mut [R; WIDTH]) {
    <Linear as GenericPoseidon2LinearLayers<WIDTH>>::external_linear_layer(state);
}

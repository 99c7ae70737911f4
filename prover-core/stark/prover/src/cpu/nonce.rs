//! Grinding.

use hearth_stark_verifier::field::F;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::device::NonceSearch;
use crate::lanes::Lanes;

/// The least nonce, as many at a time as there are lanes.
pub fn find<P: Lanes>(search: &NonceSearch) -> u32 {
    let permutation = P::permutation();
    let start = search.state.map(P::from);
    let mask = (1 << search.bits) - 1;
    (0..u32::from(u8::MAX) << 23)
        .step_by(P::WIDTH)
        .find_map(|first| {
            let mut state = start;
            state[search.place] = P::from_fn(|lane| F::from_u32(first + lane as u32));
            P::permute(&permutation, &mut state);
            let is_hit = |squeezed: &F| squeezed.as_canonical_u32() & mask == search.wanted;
            Some(first + state[0].as_slice().iter().position(is_hit)? as u32)
        })
        .expect("2^30 nonces have one for at most 24 bits, but for a probability of exp(-64)")
}

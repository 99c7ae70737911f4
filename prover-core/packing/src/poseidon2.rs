//! Poseidon2 over elements and over packed elements.
//!
//! Source: eprint 2023/323, sections 5 and 6. Constants and matrices are those of `p3-koala-bear`, and so is every
//! result. For packed elements the constants are added without a reduction and the S-box takes what comes out.

use alloc::vec::Vec;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_koala_bear::{
    KOALABEAR_POSEIDON2_RC_16_EXTERNAL_FINAL, KOALABEAR_POSEIDON2_RC_16_EXTERNAL_INITIAL,
    KOALABEAR_POSEIDON2_RC_16_INTERNAL, KOALABEAR_POSEIDON2_RC_24_EXTERNAL_FINAL,
    KOALABEAR_POSEIDON2_RC_24_EXTERNAL_INITIAL, KOALABEAR_POSEIDON2_RC_24_INTERNAL, KoalaBear,
    KoalaBearInternalLayerParameters, KoalaBearParameters,
};
use p3_monty_31::InternalLayerBaseParameters;
use p3_poseidon2::{
    ExternalLayer, ExternalLayerConstants, ExternalLayerConstructor, InternalLayer, InternalLayerConstructor, MDSMat4,
    add_rc_and_sbox_generic, external_initial_permute_state, external_terminal_permute_state,
};

use crate::element::Element;
use crate::lanes::Lanes;
use crate::montgomery::{self, P};
use crate::packed::Packed;

/// The permutation of `[F; WIDTH]` and of `[Packed<F>; WIDTH]`.
pub type Poseidon2<F, const WIDTH: usize> =
    p3_poseidon2::Poseidon2<F, ExternalRounds<F, WIDTH>, InternalRounds<F>, WIDTH, 3>;

/// The permutation of width 16.
pub fn poseidon2_16<F: Element>() -> Poseidon2<F, 16> {
    poseidon2(
        &KOALABEAR_POSEIDON2_RC_16_EXTERNAL_INITIAL,
        &KOALABEAR_POSEIDON2_RC_16_INTERNAL,
        &KOALABEAR_POSEIDON2_RC_16_EXTERNAL_FINAL,
    )
}

/// The permutation of width 24.
pub fn poseidon2_24<F: Element>() -> Poseidon2<F, 24> {
    poseidon2(
        &KOALABEAR_POSEIDON2_RC_24_EXTERNAL_INITIAL,
        &KOALABEAR_POSEIDON2_RC_24_INTERNAL,
        &KOALABEAR_POSEIDON2_RC_24_EXTERNAL_FINAL,
    )
}

fn poseidon2<F: Element, const WIDTH: usize>(
    initial: &[[KoalaBear; WIDTH]],
    internal: &[KoalaBear],
    terminal: &[[KoalaBear; WIDTH]],
) -> Poseidon2<F, WIDTH> {
    let rows = |rows: &[[KoalaBear; WIDTH]]| rows.iter().map(|row| row.map(F::from_koala_bear)).collect();
    let internal = internal.iter().map(|&constant| F::from_koala_bear(constant)).collect();
    Poseidon2::new(ExternalLayerConstants::new(rows(initial), rows(terminal)), internal)
}

/// A round constant less `P`, in Montgomery form: added to a canonical lane it gives one in `[-P, P)`.
#[derive(Clone, Copy, Debug)]
struct Offset(u32);

impl Offset {
    fn new<F: PrimeField32 + Element>(constant: F) -> Self {
        Self(constant.montgomery().wrapping_sub(P))
    }
}

/// `(x + constant)^3`.
#[inline(always)]
fn add_and_cube<F: Element>(x: &mut Packed<F>, offset: Offset) {
    *x = Packed::from_lanes(montgomery::cube(x.lanes().add(Lanes::splat(offset.0))));
}

/// The rounds with an S-box on every element.
#[derive(Clone, Debug)]
pub struct ExternalRounds<F, const WIDTH: usize> {
    constants: ExternalLayerConstants<F, WIDTH>,
    offsets: ExternalLayerConstants<Offset, WIDTH>,
}

impl<F: Element, const WIDTH: usize> ExternalLayerConstructor<F, WIDTH> for ExternalRounds<F, WIDTH> {
    fn new_from_constants(constants: ExternalLayerConstants<F, WIDTH>) -> Self {
        let offsets = |rows: &[[F; WIDTH]]| rows.iter().map(|row| row.map(Offset::new)).collect();
        let offsets = ExternalLayerConstants::new(
            offsets(constants.get_initial_constants()),
            offsets(constants.get_terminal_constants()),
        );
        Self { constants, offsets }
    }
}

impl<F: Element, const WIDTH: usize> ExternalLayer<F, WIDTH, 3> for ExternalRounds<F, WIDTH> {
    fn permute_state_initial(&self, state: &mut [F; WIDTH]) {
        let constants = self.constants.get_initial_constants();
        external_initial_permute_state(state, constants, add_rc_and_sbox_generic::<_, _, 3>, &MDSMat4);
    }

    fn permute_state_terminal(&self, state: &mut [F; WIDTH]) {
        let constants = self.constants.get_terminal_constants();
        external_terminal_permute_state(state, constants, add_rc_and_sbox_generic::<_, _, 3>, &MDSMat4);
    }
}

impl<F: Element, const WIDTH: usize> ExternalLayer<Packed<F>, WIDTH, 3> for ExternalRounds<F, WIDTH> {
    fn permute_state_initial(&self, state: &mut [Packed<F>; WIDTH]) {
        external_initial_permute_state(state, self.offsets.get_initial_constants(), add_and_cube, &MDSMat4);
    }

    fn permute_state_terminal(&self, state: &mut [Packed<F>; WIDTH]) {
        external_terminal_permute_state(state, self.offsets.get_terminal_constants(), add_and_cube, &MDSMat4);
    }
}

/// The rounds with an S-box on the first element alone.
#[derive(Clone, Debug)]
pub struct InternalRounds<F> {
    constants: Vec<F>,
    offsets: Vec<Offset>,
}

impl<F: Element> InternalLayerConstructor<F> for InternalRounds<F> {
    fn new_from_constants(constants: Vec<F>) -> Self {
        let offsets = constants.iter().map(|&constant| Offset::new(constant)).collect();
        Self { constants, offsets }
    }
}

impl<F: Element, const WIDTH: usize> InternalLayer<F, WIDTH, 3> for InternalRounds<F>
where
    KoalaBearInternalLayerParameters: InternalLayerBaseParameters<KoalaBearParameters, WIDTH>,
{
    fn permute_state(&self, state: &mut [F; WIDTH]) {
        for &constant in &self.constants {
            add_rc_and_sbox_generic::<_, _, 3>(&mut state[0], constant);
            multiply(state);
        }
    }
}

impl<F: Element, const WIDTH: usize> InternalLayer<Packed<F>, WIDTH, 3> for InternalRounds<F>
where
    KoalaBearInternalLayerParameters: InternalLayerBaseParameters<KoalaBearParameters, WIDTH>,
{
    fn permute_state(&self, state: &mut [Packed<F>; WIDTH]) {
        for &offset in &self.offsets {
            add_and_cube(&mut state[0], offset);
            multiply(state);
        }
    }
}

/// The matrix of an internal round: ones, and p3's diagonal on top.
#[inline(always)]
fn multiply<R: PrimeCharacteristicRing, const WIDTH: usize>(state: &mut [R; WIDTH])
where
    KoalaBearInternalLayerParameters: InternalLayerBaseParameters<KoalaBearParameters, WIDTH>,
{
    KoalaBearInternalLayerParameters::generic_internal_linear_layer(state);
}

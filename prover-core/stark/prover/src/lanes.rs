//! Packings of the base field that the prover computes with.

use hearth_machine::hash::WIDTH;
use hearth_packing::choice::{Packing, Permutation, permutation_24};
use hearth_soundness::stark::LOG_LANES;
use hearth_stark_verifier::field::{E, F, Quintic};
use p3_field::{PackedField, PackedValue, PrimeCharacteristicRing};
use p3_symmetric::Permutation as _;

/// Rows that are bound last, and so stay side by side: the lanes of one or several packed elements.
pub const LANES: usize = 1 << LOG_LANES;

/// A packing with a permutation. Its width divides [`LANES`].
pub trait Lanes: PackedField<Scalar = F> {
    /// The permutation with its constants.
    type Permutation: Sync;
    /// Makes the permutation.
    fn permutation() -> Self::Permutation;
    /// Permutes as many states as there are lanes.
    fn permute(permutation: &Self::Permutation, state: &mut [Self; WIDTH]);
}

/// The packing of the target.
pub type Native = Packing;

impl Lanes for Native {
    type Permutation = Permutation<WIDTH>;
    fn permutation() -> Self::Permutation {
        permutation_24()
    }
    fn permute(permutation: &Self::Permutation, state: &mut [Self; WIDTH]) {
        permutation.permute_mut(state);
    }
}

/// Packed elements in the lanes of a group of rows.
pub const fn parts<P: PackedValue>() -> usize {
    LANES / P::WIDTH
}

/// `sum over the lanes of weight_lane value_lane` of a group.
pub fn weighted_lanes<P: Lanes>(group: &[Quintic<P>], weights: &[E]) -> E {
    (0..LANES).map(|lane| group[lane / P::WIDTH].lane(lane % P::WIDTH) * weights[lane]).sum()
}

/// Adds element by element.
pub fn add_all<X: PrimeCharacteristicRing + Copy>(mut a: Vec<X>, b: Vec<X>) -> Vec<X> {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
    a
}

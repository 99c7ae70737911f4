//! What the verifier runs on.

use alloc::vec::Vec;

use hearth_machine::hash::{DIGEST, WIDTH};
use p3_field::{Algebra, PrimeCharacteristicRing};

use crate::error::{Check, Rejection};
use crate::field::{DEGREE, Extends, F};
use crate::step::Step;
use crate::weights::{self, IntervalState};

/// The operations of the verifier on elements that may be numbers, counted numbers or wires of a circuit.
///
/// The verifier never branches on an element and reads a fixed number of them: its course is fixed by the key.
pub trait Context {
    /// A base field element.
    type Base: Algebra<F> + Copy + Send + Sync;
    /// An extension element.
    type Ext: Algebra<F> + Extends<Self::Base> + Extends<Self::Ext> + Send + Sync;

    /// The next element of the proof.
    ///
    /// # Errors
    /// When the proof has no more, or the next is no canonical element.
    fn read(&mut self) -> Result<Self::Base, Rejection>;

    /// The extension element with these coordinates.
    fn ext(&self, coordinates: [Self::Base; DEGREE]) -> Self::Ext;

    /// Poseidon2 of width 24.
    fn permute(&mut self, state: &mut [Self::Base; WIDTH]);

    /// The same of several states.
    fn permute_all(&mut self, states: &mut [[Self::Base; WIDTH]]) {
        states.iter_mut().for_each(|state| self.permute(state));
    }

    /// The `count` lowest bits of the canonical representative of `value`, lowest first.
    fn low_bits(&mut self, value: Self::Base, count: usize) -> Vec<Self::Base>;

    /// The node of `nodes` with the number that `bits` spell, lowest first; there are `2^bits.len()` nodes.
    fn select(&mut self, nodes: &[[Self::Base; DIGEST]], bits: &[Self::Base]) -> [Self::Base; DIGEST];

    /// [`weights::interval_step`].
    fn interval_step(
        &mut self,
        state: &IntervalState<Self::Ext>,
        x: Self::Ext,
        y: Self::Ext,
        start: Self::Base,
        end: Self::Base,
    ) -> IntervalState<Self::Ext> {
        weights::interval_step(state, x, y, start, end)
    }

    /// [`weights::power_step`].
    fn power_step(&mut self, product: Self::Ext, rho: Self::Ext, power: Self::Base) -> (Self::Ext, Self::Base) {
        weights::power_step(product, rho, power)
    }

    /// Asserts that `value` is 0.
    ///
    /// # Errors
    /// A [`Rejection`] that names `check`.
    fn assert_zero(&mut self, check: Check, value: Self::Ext) -> Result<(), Rejection>;

    /// Asserts that `value` is not 0.
    ///
    /// # Errors
    /// A [`Rejection`] that names `check`.
    fn assert_nonzero(&mut self, check: Check, value: Self::Ext) -> Result<(), Rejection>;

    /// The verifier begins a step, or goes on with it.
    #[inline(always)]
    fn enter(&mut self, _: Step) {}

    /// The transcript absorbs an element.
    #[inline(always)]
    fn absorbed(&mut self, _: Self::Base) {}

    /// An element is squeezed from the transcript.
    #[inline(always)]
    fn squeezed(&mut self, _: Self::Base) {}

    /// Asserts that `value` is 0.
    ///
    /// # Errors
    /// A [`Rejection`] that names `check`.
    fn assert_zero_base(&mut self, check: Check, value: Self::Base) -> Result<(), Rejection> {
        self.assert_zero(check, <Self::Ext as Extends<Self::Base>>::lift(value))
    }

    /// The bits of `value`, lowest first, asserted to be below `2^count`.
    ///
    /// # Errors
    /// A [`Rejection`] that names `check`.
    fn range(&mut self, check: Check, value: Self::Base, count: usize) -> Result<Vec<Self::Base>, Rejection> {
        let bits = self.low_bits(value, count);
        let sum: Self::Base = bits.iter().enumerate().map(|(i, &bit)| bit * F::from_u64(1 << i)).sum();
        self.assert_zero_base(check, value - sum)?;
        Ok(bits)
    }
}

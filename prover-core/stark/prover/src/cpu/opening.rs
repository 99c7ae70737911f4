//! The polynomial that is opened: the stack under its weights, then what is left of it.

use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::E;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::{Weight, blocks};
use hearth_stark_verifier::poly::eq_table;
use p3_field::PrimeCharacteristicRing;

use super::packed::{Packed, Pair};
use super::strips::{Joint, Rows, fold_cells, in_tile_weights, row_sums, strip_weights};
use crate::device::PointClaim;
use crate::lanes::Lanes;
use crate::stack::Stack;

/// The polynomial and its weights.
pub struct Opening<P> {
    /// The weights of the strips.
    strips: Vec<E>,
    /// What the variable was bound to that tells trace and preprocessed columns apart, if there are any.
    joint: Option<E>,
    /// What the first variables were bound to, until they are folded.
    bound: Vec<E>,
    state: State<P>,
}

enum State<P> {
    /// Trace and preprocessed columns are apart.
    Joint { both: Joint<P>, in_tile: Vec<E> },
    /// The stack is not folded.
    Rows(Rows),
    /// It is.
    Rest(Pair<P>),
}

impl<P: Lanes> Opening<P> {
    /// A stack under the weights of a claim.
    pub fn new<A: Chip>(key: &Key<A>, stack: &Stack, weight: &Weight<E>) -> Self {
        let (of_trace, of_key) = weight.mu.split_at(blocks(&key.shapes, false).count());
        let strips = strip_weights(key, stack, weight, of_trace, false);
        let in_tile = in_tile_weights(weight);
        let state = match &stack.preprocessed {
            Some(preprocessed) => {
                let of_key = strip_weights(key, stack, weight, of_key, true);
                State::Joint { both: Joint::new(stack, preprocessed, &strips, of_key), in_tile }
            }
            None => State::Rows(Rows { sums: row_sums::<P>(stack.trace(), &strips), weights: in_tile }),
        };
        Self { strips, joint: None, bound: Vec::new(), state }
    }

    /// Binds a variable, if there was a round before; then the constant and the square coefficient.
    pub fn round(&mut self, bound: Option<E>) -> [E; 2] {
        if let Some(r) = bound {
            self.bind(r);
        }
        match &self.state {
            State::Joint { both, in_tile } => both.message(in_tile),
            State::Rows(rows) => rows.message(),
            State::Rest(rest) => rest.message(),
        }
    }

    /// Binds a variable; then what is left.
    pub fn fold(&mut self, stack: &Stack, bound: E) -> &mut Pair<P> {
        self.bind(bound);
        if let State::Rows(rows) = &self.state {
            let values = match (self.joint, &stack.preprocessed) {
                (Some(b), Some(preprocessed)) => {
                    let [of_trace, of_key] = [E::ONE - b, b].map(|weight| eq_table(&self.bound, weight));
                    let mut values = fold_cells::<P>(stack.trace(), &of_trace);
                    let more = fold_cells::<P>(&preprocessed.cells, &of_key);
                    values.iter_mut().zip(more).for_each(|(value, more)| *value += more);
                    values
                }
                _ => fold_cells::<P>(stack.trace(), &eq_table(&self.bound, E::ONE)),
            };
            let weights = Packed::new(rows.spread(&self.strips));
            self.strips = Vec::new();
            self.state = State::Rest(Pair { values: Packed::new(values), weights });
        }
        match &mut self.state {
            State::Rest(rest) => rest,
            State::Joint { .. } | State::Rows(_) => unreachable!("the stack is folded"),
        }
    }

    /// Adds claims to the weights of what is left.
    pub fn add_claims(&mut self, claims: &[PointClaim]) {
        match &mut self.state {
            State::Rest(rest) => rest.weights.add_powers(claims),
            State::Joint { .. } | State::Rows(_) => unreachable!("queries come after a fold"),
        }
    }

    fn bind(&mut self, r: E) {
        match &mut self.state {
            State::Joint { both, in_tile } => {
                let sums = both.bind(r, &mut self.strips);
                self.joint = Some(r);
                self.state = State::Rows(Rows { sums, weights: core::mem::take(in_tile) });
            }
            State::Rows(rows) => {
                rows.fold(r);
                self.bound.push(r);
            }
            State::Rest(rest) => rest.fold(r),
        }
    }
}

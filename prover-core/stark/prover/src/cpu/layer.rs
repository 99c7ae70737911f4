//! The sumcheck of a layer of the fractions' tree.
//!
//! It binds the variables in the tree's order. While there are row variables, each slot is an array of groups of its own
//! length with a constant tail; then all slots are one array of groups; then there are 16 lanes.

use std::sync::Arc;

use hearth_soundness::stark::LOG_SKIP;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, Quintic};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::poly::eq_table;
use p3_field::PrimeCharacteristicRing;
use p3_maybe_rayon::prelude::*;

use super::halves::{Halves, first_fold, first_message, fold_groups, message, pad, pair, split, split_groups, summand};
use super::leaves::SlotLayer;
use super::tree::{Tree, scalars};
use crate::lanes::{Lanes, parts, weighted_lanes};

/// A layer's sumcheck.
pub struct Layer<P> {
    /// Batches numerator and denominator.
    lambda: E,
    /// The claim's point: one coordinate per variable.
    point: Vec<E>,
    /// Variables that are bound.
    bound: usize,
    /// Slot variables of the tree.
    log_slots: usize,
    state: State<P>,
}

enum State<P> {
    Rows(Rows<P>),
    Slots(Slots<P>),
    Lanes(Halves<E>),
}

/// While there are row variables.
struct Rows<P> {
    /// The layer, before a variable is bound.
    slots: Arc<Vec<SlotLayer<P>>>,
    /// By slot, from then on.
    halves: Vec<Halves<Quintic<P>>>,
    /// By slot: the denominator beyond its rows.
    tails: Vec<E>,
    /// By slot, unused ones included.
    slot_weights: Vec<E>,
    lane_weights: Vec<E>,
    /// `eq` of the row variables above the next.
    weights: Vec<E>,
    /// Row variables that are left.
    left: usize,
}

/// While there are slot variables but none of rows.
struct Slots<P> {
    halves: Halves<Quintic<P>>,
    lane_weights: Vec<E>,
    /// Slot variables that are left.
    left: usize,
}

impl<P: Lanes> Layer<P> {
    /// The sumcheck of layer `number`, which is taken from the tree.
    pub fn new<A: Chip>(key: &Key<A>, tree: &mut Tree<P>, number: usize, point: &[E], lambda: E) -> Self {
        let (rows, log_slots) = (LOG_SKIP + key.tile_variables(), key.log_slots);
        let slots =
            |halves, left: usize| State::Slots(Slots { halves, lane_weights: eq_table(&point[left..], E::ONE), left });
        let state = if number > rows + log_slots {
            let (p, q) = &tree.lanes[number - rows - log_slots - 1];
            State::Lanes(split(p, q, lambda))
        } else if number == rows + log_slots {
            let (p, q) = &tree.slots[log_slots];
            State::Lanes(split(&scalars::<P>(p), &scalars::<P>(q), lambda))
        } else if number >= rows {
            let (p, q) = &tree.slots[number - rows];
            slots(split_groups::<P>(p, q, lambda), rows + log_slots - number - 1)
        } else {
            let layer = tree.rows.pop().expect("one layer per row variable");
            State::Rows(Rows::new(layer, point, rows - number - 1, log_slots))
        };
        let mut layer = Self { lambda, point: point.to_vec(), bound: 0, log_slots, state };
        layer.change_state();
        layer
    }

    /// Binds a variable, if there was a round before; then the value at 0 and the square coefficient.
    pub fn round(&mut self, bound: Option<E>) -> [E; 2] {
        self.bind(bound);
        let rest = &self.point[self.bound..];
        match &mut self.state {
            State::Rows(rows) => rows.message(self.lambda),
            State::Slots(slots) => slots.message(rest),
            State::Lanes(halves) => lanes_message(halves, rest),
        }
    }

    /// Binds the last variable; then the numerators and denominators of the layer below.
    pub fn end(mut self, bound: Option<E>) -> [E; 4] {
        self.bind(bound);
        let State::Lanes(halves) = self.state else { unreachable!("a layer has a round for each of its variables") };
        let [a, p1, q0, q1] = halves.map(|values| values[0]);
        [a - self.lambda * q0, p1, q0, q1]
    }

    fn bind(&mut self, bound: Option<E>) {
        let Some(r) = bound else { return };
        self.bound += 1;
        match &mut self.state {
            State::Rows(rows) => rows.bind(self.lambda, r),
            State::Slots(slots) => slots.bind(r),
            State::Lanes(halves) => {
                for values in halves {
                    for j in 0..values.len() / 2 {
                        values[j] = values[2 * j] + r * (values[2 * j + 1] - values[2 * j]);
                    }
                    values.truncate(values.len() / 2);
                }
            }
        }
        self.change_state();
    }

    /// Goes on with slots when no row variable is left, and with lanes when no slot variable is.
    fn change_state(&mut self) {
        if let State::Rows(rows) = &mut self.state
            && rows.left == 0
        {
            let lane_weights = core::mem::take(&mut rows.lane_weights);
            let halves = rows.all_slots(self.lambda, self.log_slots);
            self.state = State::Slots(Slots { halves, lane_weights, left: self.log_slots });
        }
        if let State::Slots(slots) = &mut self.state
            && slots.left == 0
        {
            self.state = State::Lanes(core::mem::take(&mut slots.halves).map(|values| scalars::<P>(&values)));
        }
    }
}

fn lanes_message(halves: &Halves<E>, rest: &[E]) -> [E; 2] {
    let (mut t0, mut square) = (E::ZERO, E::ZERO);
    for (j, &weight) in eq_table(&rest[1..], E::ONE).iter().enumerate() {
        let [low, slope] = pair(halves, 2 * j, 2 * j + 1);
        t0 += weight.product(&summand(low));
        square += weight.product(&summand(slope));
    }
    [t0, square]
}

impl<P: Lanes> Slots<P> {
    fn message(&self, rest: &[E]) -> [E; 2] {
        let k = parts::<P>();
        let mut sums = vec![(Quintic::<P>::ZERO, Quintic::<P>::ZERO); k];
        for (j, &weight) in eq_table(&rest[1..self.left], E::ONE).iter().enumerate() {
            let weight = Quintic::broadcast(weight);
            for (i, sum) in sums.iter_mut().enumerate() {
                let [low, slope] = pair(&self.halves, 2 * j * k + i, (2 * j + 1) * k + i);
                sum.0 += weight.product(&summand(low));
                sum.1 += weight.product(&summand(slope));
            }
        }
        let (t0, square): (Vec<_>, Vec<_>) = sums.into_iter().unzip();
        [weighted_lanes(&t0, &self.lane_weights), weighted_lanes(&square, &self.lane_weights)]
    }

    fn bind(&mut self, r: E) {
        for values in &mut self.halves {
            fold_groups::<P>(values, r);
        }
        self.left -= 1;
    }
}

impl<P: Lanes> Rows<P> {
    fn new(slots: Arc<Vec<SlotLayer<P>>>, point: &[E], left: usize, log_slots: usize) -> Self {
        let (of_rows, rest) = point.split_at(left);
        let (of_slots, of_lanes) = rest.split_at(log_slots);
        Self {
            tails: slots.iter().map(|slot| slot.tail).collect(),
            slots,
            halves: Vec::new(),
            slot_weights: eq_table(of_slots, E::ONE),
            lane_weights: eq_table(of_lanes, E::ONE),
            weights: if left > 0 { eq_table(&of_rows[1..], E::ONE) } else { Vec::new() },
            left,
        }
    }

    fn message(&mut self, lambda: E) -> [E; 2] {
        let (weights, lane_weights) = (&self.weights, &self.lane_weights);
        let sums: Vec<(E, E, usize)> = if self.halves.is_empty() {
            let packed = Quintic::broadcast(lambda);
            self.slots.par_iter().map(|slot| first_message(slot, packed, weights, lane_weights)).collect()
        } else {
            let slots = self.halves.par_iter_mut().zip(self.tails.par_iter());
            slots
                .map(|(halves, &tail)| {
                    pad::<P>(halves, 2, lambda, tail);
                    message::<P>(halves, weights, lane_weights)
                })
                .collect()
        };
        let mut ends = Vec::with_capacity(weights.len() + 1);
        let mut end = E::ZERO;
        ends.push(end);
        for &weight in weights {
            end += weight;
            ends.push(end);
        }
        // Slots that no chip has are 0/1.
        let unused = self.slot_weights[self.tails.len()..].iter().copied().sum::<E>() * lambda;
        let (mut t0, mut square) = (unused, E::ZERO);
        for ((low, slope, pairs), (&tail, &weight)) in sums.into_iter().zip(self.tails.iter().zip(&self.slot_weights)) {
            // The summand beyond a slot's rows is `lambda tail^2`.
            t0 += weight * (low + lambda * tail * tail * (E::ONE - ends[pairs]));
            square += weight * slope;
        }
        [t0, square]
    }

    fn bind(&mut self, lambda: E, r: E) {
        if self.halves.is_empty() {
            let lambda = Quintic::broadcast(lambda);
            self.halves = self.slots.par_iter().map(|slot| first_fold(slot, lambda, r)).collect();
        } else {
            self.halves.par_iter_mut().for_each(|halves| {
                for values in halves {
                    fold_groups::<P>(values, r);
                }
            });
        }
        self.weights = self.weights.chunks(2).map(|pair| pair.iter().copied().sum()).collect();
        self.left -= 1;
    }

    /// All slots as one array: those without rows are their tails, those that no chip has 0/1.
    fn all_slots(&mut self, lambda: E, log_slots: usize) -> Halves<Quintic<P>> {
        if self.halves.is_empty() {
            let of_slot = |slot: &SlotLayer<P>| {
                let mut slot = slot.clone();
                slot.resize(2);
                split_groups::<P>(&slot.p, &slot.q, lambda)
            };
            self.halves = self.slots.iter().map(of_slot).collect();
        }
        let mut all: Halves<Quintic<P>> = Default::default();
        for (mut slot, &tail) in core::mem::take(&mut self.halves).into_iter().zip(&self.tails) {
            if slot[0].is_empty() {
                pad::<P>(&mut slot, 1, lambda, tail);
            }
            for (all, values) in all.iter_mut().zip(slot) {
                all.extend(values);
            }
        }
        let length = parts::<P>() << log_slots;
        all[0].resize(length, Quintic::broadcast(lambda));
        all[1].resize(length, Quintic::ZERO);
        all[2].resize(length, Quintic::ONE);
        all[3].resize(length, Quintic::ONE);
        all
    }
}

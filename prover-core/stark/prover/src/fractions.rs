//! Step 3: the GKR protocol on the tree of fractions; mirrors [`hearth_stark_verifier::fractions`].
//!
//! A layer's sumcheck binds the variables in the tree's order. While there are row variables, each slot is an array of
//! groups of its own length with a constant tail; then all slots are one array of groups; then there are 16 lanes.
//! With `a = p_0 + lambda q_0` the summand is `a q_1 + p_1 q_0`.

use hearth_soundness::stark::LOG_SKIP;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F, Quintic};
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::poly::eq_table;
use p3_field::{PackedField, PrimeCharacteristicRing};
use p3_maybe_rayon::prelude::*;

use crate::lanes::{LANES, Lanes, parts, weighted_lanes};
use crate::leaves::{SlotLayer, Tree, scalars};
use crate::writer::Writer;

/// Proves the sum of all fractions; keeps the leaves.
pub fn prove<P: Lanes, A: Chip>(
    writer: &mut Writer,
    key: &Key<A>,
    mut tree: Tree<P>,
) -> (LeafClaim<E>, Vec<SlotLayer<P>>) {
    let (mut p, mut q) = tree.root();
    writer.send_exts(&[p, q]);

    let shape = Shape { rows: LOG_SKIP + key.tile_variables(), slots: key.log_slots };
    let mut point: Vec<E> = Vec::with_capacity(key.tree_variables());
    let mut leaves = Vec::new();
    for layer in (0..key.tree_variables()).rev() {
        // 3.1 Batch numerator and denominator.
        let lambda = writer.challenge();
        let claim = p + lambda * q;
        // 3.2 Sumcheck over the layer's variables.
        let mut round = Rounds { writer, point: &point, next: Vec::with_capacity(point.len()), claim, lambda };
        let halves = if layer > shape.rows + shape.slots {
            let (p, q) = &tree.lanes[layer - shape.rows - shape.slots - 1];
            round.lanes(split(p, q, lambda))
        } else if layer == shape.rows + shape.slots {
            let (p, q) = &tree.slots[shape.slots];
            round.lanes(split(&scalars::<P>(p), &scalars::<P>(q), lambda))
        } else if layer >= shape.rows {
            let (p, q) = &tree.slots[layer - shape.rows];
            round.slots(split_groups::<P>(p, q, lambda), layer + 1 - shape.rows, shape)
        } else {
            let slots = tree.rows.pop().expect("one layer per row variable");
            let halves = round.rows(&slots, layer, shape);
            leaves = slots;
            halves
        };
        let mut next = round.next;
        // 3.3 The two halves of the layer below.
        let [a, p1, q0, q1] = halves;
        let p0 = a - lambda * q0;
        writer.send_exts(&[p0, p1, q0, q1]);
        // 3.4 Fold the halves.
        let r = writer.challenge();
        p = p0 + r * (p1 - p0);
        q = q0 + r * (q1 - q0);
        next.insert(0, r);
        point = next;
    }
    (LeafClaim { p, q, point }, leaves)
}

/// Numbers of row and slot variables.
#[derive(Clone, Copy)]
struct Shape {
    rows: usize,
    slots: usize,
}

/// `a = p_0 + lambda q_0`, `p_1`, `q_0`, `q_1` of the pairs of a layer.
type Halves<X> = [Vec<X>; 4];

fn split(p: &[E], q: &[E], lambda: E) -> Halves<E> {
    let half = |values: &[E], side: usize| values.iter().skip(side).step_by(2).copied().collect::<Vec<_>>();
    let q0 = half(q, 0);
    let a = half(p, 0).into_iter().zip(&q0).map(|(p, &q)| p + lambda * q).collect();
    [a, half(p, 1), q0, half(q, 1)]
}

fn split_groups<P: Lanes>(p: &[Quintic<P>], q: &[Quintic<P>], lambda: E) -> Halves<Quintic<P>> {
    let k = parts::<P>();
    let half = |values: &[Quintic<P>], side: usize| -> Vec<Quintic<P>> {
        values.chunks_exact(2 * k).flat_map(|pair| pair[side * k..][..k].iter().copied()).collect()
    };
    let lambda = Quintic::broadcast(lambda);
    let q0 = half(q, 0);
    let a = half(p, 0).into_iter().zip(&q0).map(|(p, &q)| p + lambda * q).collect();
    [a, half(p, 1), q0, half(q, 1)]
}

/// A sumcheck in the making.
struct Rounds<'a> {
    writer: &'a mut Writer,
    /// The claim's point: one coordinate per variable.
    point: &'a [E],
    /// The challenges so far.
    next: Vec<E>,
    claim: E,
    lambda: E,
}

impl Rounds<'_> {
    /// Coordinates that are not bound.
    fn rest(&self) -> &[E] {
        &self.point[self.next.len()..]
    }

    /// Sends `t` by its value at 0 and its square coefficient, and draws the challenge.
    fn round(&mut self, t0: E, square: E) -> E {
        let z = self.rest()[0];
        let inverse = z.try_inverse().expect("a challenge is 0 with probability 2^-154");
        let t1 = (self.claim - (E::ONE - z) * t0) * inverse;
        let linear = t1 - t0 - square;
        self.writer.send_exts(&[linear, square]);
        let r = self.writer.challenge();
        self.claim = t0 + r * (linear + r * square);
        self.next.push(r);
        r
    }

    /// Rounds over lanes.
    fn lanes(&mut self, mut halves: Halves<E>) -> [E; 4] {
        while halves[0].len() > 1 {
            let weights = eq_table(&self.rest()[1..], E::ONE);
            let (mut t0, mut square) = (E::ZERO, E::ZERO);
            for (j, &weight) in weights.iter().enumerate() {
                let [low, slope] = pair(&halves, 2 * j, 2 * j + 1);
                t0 += weight.product(&summand(low));
                square += weight.product(&summand(slope));
            }
            let r = self.round(t0, square);
            for values in &mut halves {
                for j in 0..values.len() / 2 {
                    values[j] = values[2 * j] + r * (values[2 * j + 1] - values[2 * j]);
                }
                values.truncate(values.len() / 2);
            }
        }
        halves.map(|values| values[0])
    }

    /// Rounds over slots, of which `bound` are bound by the layer's depth, then lanes.
    fn slots<P: Lanes>(&mut self, mut halves: Halves<Quintic<P>>, bound: usize, shape: Shape) -> [E; 4] {
        let k = parts::<P>();
        let lane_weights = eq_table(&self.rest()[shape.slots - bound..], E::ONE);
        for bound in bound..shape.slots {
            let weights = eq_table(&self.rest()[1..shape.slots - bound], E::ONE);
            let mut sums = vec![(Quintic::<P>::ZERO, Quintic::<P>::ZERO); k];
            for (j, &weight) in weights.iter().enumerate() {
                let weight = Quintic::broadcast(weight);
                for (i, sum) in sums.iter_mut().enumerate() {
                    let [low, slope] = pair(&halves, 2 * j * k + i, (2 * j + 1) * k + i);
                    sum.0 += weight.product(&summand(low));
                    sum.1 += weight.product(&summand(slope));
                }
            }
            let (t0, square): (Vec<_>, Vec<_>) = sums.into_iter().unzip();
            let r = self.round(weighted_lanes(&t0, &lane_weights), weighted_lanes(&square, &lane_weights));
            for values in &mut halves {
                fold_groups::<P>(values, r);
            }
        }
        self.lanes(halves.map(|values| scalars::<P>(&values)))
    }

    /// Rounds over the row variables above `layer`, then slots, then lanes.
    fn rows<P: Lanes>(&mut self, slots: &[SlotLayer<P>], layer: usize, shape: Shape) -> [E; 4] {
        let k = parts::<P>();
        let rows = shape.rows - layer - 1;
        let lambda = Quintic::<P>::broadcast(self.lambda);
        let tails: Vec<E> = slots.iter().map(|slot| slot.tail).collect();
        let after_rows = &self.point[rows..];
        let slot_weights = eq_table(&after_rows[..shape.slots], E::ONE);
        let lane_weights = eq_table(&after_rows[shape.slots..], E::ONE);
        // `lambda tail^2`, the summand beyond a slot's rows, times the slot's weight.
        let beyond: Vec<E> =
            tails.iter().zip(&slot_weights).map(|(&t, &weight)| weight * self.lambda * t * t).collect();
        // Slots that no chip has are 0/1.
        let unused: E = slot_weights[tails.len()..].iter().copied().sum::<E>() * self.lambda;

        let mut halves: Vec<Halves<Quintic<P>>> = Vec::new();
        let mut weights = if rows > 0 { eq_table(&self.rest()[1..rows], E::ONE) } else { Vec::new() };
        for round in 0..rows {
            let sums: Vec<(E, E, usize)> = if round == 0 {
                slots.par_iter().map(|slot| first_message(slot, lambda, &weights, &lane_weights)).collect()
            } else {
                halves
                    .par_iter_mut()
                    .zip(tails.par_iter())
                    .map(|(halves, &tail)| {
                        pad::<P>(halves, 2, self.lambda, tail);
                        message::<P>(halves, &weights, &lane_weights)
                    })
                    .collect()
            };
            let mut ends = Vec::with_capacity(weights.len() + 1);
            let mut end = E::ZERO;
            ends.push(end);
            for &weight in &weights {
                end += weight;
                ends.push(end);
            }
            let (mut t0, mut square) = (unused, E::ZERO);
            for (i, (low, slope, pairs)) in sums.into_iter().enumerate() {
                t0 += slot_weights[i] * low + beyond[i] * (E::ONE - ends[pairs]);
                square += slot_weights[i] * slope;
            }
            let r = self.round(t0, square);
            if round == 0 {
                halves = slots.par_iter().map(|slot| first_fold(slot, lambda, r)).collect();
            } else {
                halves.par_iter_mut().for_each(|halves| {
                    for values in halves {
                        fold_groups::<P>(values, r);
                    }
                });
            }
            weights = weights.chunks(2).map(|pair| pair.iter().copied().sum()).collect();
        }
        if rows == 0 {
            halves = slots
                .iter()
                .map(|slot| {
                    let mut slot = slot.clone();
                    slot.resize(2);
                    split_groups::<P>(&slot.p, &slot.q, self.lambda)
                })
                .collect();
        }

        // All slots as one array: those without rows are their tails, those that no chip has 0/1.
        let mut all: Halves<Quintic<P>> = Default::default();
        for (mut slot, &tail) in halves.into_iter().zip(&tails) {
            if slot[0].is_empty() {
                pad::<P>(&mut slot, 1, self.lambda, tail);
            }
            for (all, values) in all.iter_mut().zip(slot) {
                all.extend(values);
            }
        }
        let length = k << shape.slots;
        all[0].resize(length, lambda);
        all[1].resize(length, Quintic::ZERO);
        all[2].resize(length, Quintic::ONE);
        all[3].resize(length, Quintic::ONE);
        self.slots(all, 0, shape)
    }
}

/// `a q_1 + p_1 q_0`.
#[inline(always)]
fn summand<P: PackedField<Scalar = F>>([a, p1, q0, q1]: [Quintic<P>; 4]) -> Quintic<P> {
    a.product(&q1) + p1.product(&q0)
}

/// The values at `low`, and the differences from there to `high`.
#[inline(always)]
fn pair<X: PrimeCharacteristicRing + Copy>(halves: &Halves<X>, low: usize, high: usize) -> [[X; 4]; 2] {
    let at = |i: usize| [halves[0][i], halves[1][i], halves[2][i], halves[3][i]];
    let (low, high) = (at(low), at(high));
    [low, core::array::from_fn(|i| high[i] - low[i])]
}

/// Fills up to a multiple of `groups` groups, at least one such.
fn pad<P: Lanes>(halves: &mut Halves<Quintic<P>>, groups: usize, lambda: E, tail: E) {
    let step = groups * parts::<P>();
    let length = halves[0].len().next_multiple_of(step).max(if groups == 1 { step } else { 0 });
    let values = [lambda * tail, E::ZERO, tail, tail];
    for (half, value) in halves.iter_mut().zip(values) {
        half.resize(length, Quintic::broadcast(value));
    }
}

/// Folds neighbouring groups.
fn fold_groups<P: Lanes>(values: &mut Vec<Quintic<P>>, r: E) {
    let k = parts::<P>();
    let r = Quintic::broadcast(r);
    let half = values.len() / 2;
    for j in 0..half / k {
        for i in 0..k {
            let (low, high) = (values[2 * j * k + i], values[(2 * j + 1) * k + i]);
            values[j * k + i] = low + r.product(&(high - low));
        }
    }
    values.truncate(half);
}

/// A slot's part of a message: value at 0, square coefficient, pairs that are there.
fn message<P: Lanes>(halves: &Halves<Quintic<P>>, weights: &[E], lane_weights: &[E]) -> (E, E, usize) {
    let k = parts::<P>();
    let pairs = halves[0].len() / (2 * k);
    let mut sums = [(Quintic::<P>::ZERO, Quintic::<P>::ZERO); LANES];
    for (j, &weight) in weights[..pairs].iter().enumerate() {
        let weight = Quintic::broadcast(weight);
        for (i, sum) in sums[..k].iter_mut().enumerate() {
            let [low, slope] = pair(halves, 2 * j * k + i, (2 * j + 1) * k + i);
            sum.0 += weight.product(&summand(low));
            sum.1 += weight.product(&summand(slope));
        }
    }
    finish(&sums[..k], lane_weights, pairs)
}

fn finish<P: Lanes>(sums: &[(Quintic<P>, Quintic<P>)], lane_weights: &[E], pairs: usize) -> (E, E, usize) {
    let (low, slope): (Vec<_>, Vec<_>) = sums.iter().copied().unzip();
    (weighted_lanes(&low, lane_weights), weighted_lanes(&slope, lane_weights), pairs)
}

/// Four neighbouring groups of a slot: both halves at two neighbouring positions, `lambda` applied.
#[inline(always)]
fn four<P: Lanes>(slot: &SlotLayer<P>, j: usize, i: usize, lambda: Quintic<P>) -> [[Quintic<P>; 4]; 2] {
    let k = parts::<P>();
    let at = |group: usize| {
        let place = (4 * j + group) * k + i;
        match slot.p.get(place) {
            Some(&p) => (p, slot.q[place]),
            None => (Quintic::ZERO, Quintic::broadcast(slot.tail)),
        }
    };
    let ((p0, q0), (p1, q1)) = (at(0), at(1));
    let low = [p0 + lambda.product(&q0), p1, q0, q1];
    let ((p0, q0), (p1, q1)) = (at(2), at(3));
    let high = [p0 + lambda.product(&q0), p1, q0, q1];
    [low, high]
}

/// [`message`] of the first round, off the layer itself.
fn first_message<P: Lanes>(
    slot: &SlotLayer<P>,
    lambda: Quintic<P>,
    weights: &[E],
    lane_weights: &[E],
) -> (E, E, usize) {
    let k = parts::<P>();
    let pairs = slot.groups().div_ceil(4);
    let mut sums = [(Quintic::<P>::ZERO, Quintic::<P>::ZERO); LANES];
    for (j, &weight) in weights[..pairs].iter().enumerate() {
        let weight = Quintic::broadcast(weight);
        for (i, sum) in sums[..k].iter_mut().enumerate() {
            let [low, high] = four(slot, j, i, lambda);
            sum.0 += weight.product(&summand(low));
            sum.1 += weight.product(&summand(core::array::from_fn(|h| high[h] - low[h])));
        }
    }
    finish(&sums[..k], lane_weights, pairs)
}

/// The halves after the first round, off the layer itself.
fn first_fold<P: Lanes>(slot: &SlotLayer<P>, lambda: Quintic<P>, r: E) -> Halves<Quintic<P>> {
    let k = parts::<P>();
    let r = Quintic::broadcast(r);
    let pairs = slot.groups().div_ceil(4);
    let mut halves: Halves<Quintic<P>> = core::array::from_fn(|_| Vec::with_capacity(pairs * k));
    for j in 0..pairs {
        for i in 0..k {
            let [low, high] = four(slot, j, i, lambda);
            for ((half, low), high) in halves.iter_mut().zip(low).zip(high) {
                half.push(low + r.product(&(high - low)));
            }
        }
    }
    halves
}

//! Passes over the fractions of a layer.
//!
//! With `a = p_0 + lambda q_0` the summand is `a q_1 + p_1 q_0`.

use hearth_stark_verifier::field::{E, F, Quintic};
use p3_field::{PackedField, PrimeCharacteristicRing};

use super::leaves::SlotLayer;
use crate::lanes::{LANES, Lanes, parts, weighted_lanes};

/// `a = p_0 + lambda q_0`, `p_1`, `q_0`, `q_1` of the pairs of a layer.
pub type Halves<X> = [Vec<X>; 4];

pub fn split(p: &[E], q: &[E], lambda: E) -> Halves<E> {
    let half = |values: &[E], side: usize| values.iter().skip(side).step_by(2).copied().collect::<Vec<_>>();
    let q0 = half(q, 0);
    let a = half(p, 0).into_iter().zip(&q0).map(|(p, &q)| p + lambda * q).collect();
    [a, half(p, 1), q0, half(q, 1)]
}

pub fn split_groups<P: Lanes>(p: &[Quintic<P>], q: &[Quintic<P>], lambda: E) -> Halves<Quintic<P>> {
    let k = parts::<P>();
    let half = |values: &[Quintic<P>], side: usize| -> Vec<Quintic<P>> {
        values.chunks_exact(2 * k).flat_map(|pair| pair[side * k..][..k].iter().copied()).collect()
    };
    let lambda = Quintic::broadcast(lambda);
    let q0 = half(q, 0);
    let a = half(p, 0).into_iter().zip(&q0).map(|(p, &q)| p + lambda * q).collect();
    [a, half(p, 1), q0, half(q, 1)]
}

/// `a q_1 + p_1 q_0`.
#[inline(always)]
pub fn summand<P: PackedField<Scalar = F>>([a, p1, q0, q1]: [Quintic<P>; 4]) -> Quintic<P> {
    a.product(&q1) + p1.product(&q0)
}

/// The values at `low`, and the differences from there to `high`.
#[inline(always)]
pub fn pair<X: PrimeCharacteristicRing + Copy>(halves: &Halves<X>, low: usize, high: usize) -> [[X; 4]; 2] {
    let at = |i: usize| [halves[0][i], halves[1][i], halves[2][i], halves[3][i]];
    let (low, high) = (at(low), at(high));
    [low, core::array::from_fn(|i| high[i] - low[i])]
}

/// Fills up to a multiple of `groups` groups, at least one such.
pub fn pad<P: Lanes>(halves: &mut Halves<Quintic<P>>, groups: usize, lambda: E, tail: E) {
    let step = groups * parts::<P>();
    let length = halves[0].len().next_multiple_of(step).max(if groups == 1 { step } else { 0 });
    let values = [lambda * tail, E::ZERO, tail, tail];
    for (half, value) in halves.iter_mut().zip(values) {
        half.resize(length, Quintic::broadcast(value));
    }
}

/// Folds neighbouring groups.
pub fn fold_groups<P: Lanes>(values: &mut Vec<Quintic<P>>, r: E) {
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
pub fn message<P: Lanes>(halves: &Halves<Quintic<P>>, weights: &[E], lane_weights: &[E]) -> (E, E, usize) {
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
pub fn first_message<P: Lanes>(
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
pub fn first_fold<P: Lanes>(slot: &SlotLayer<P>, lambda: Quintic<P>, r: E) -> Halves<Quintic<P>> {
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

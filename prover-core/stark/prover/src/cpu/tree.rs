//! The tree of fractions.

use std::sync::Arc;

use hearth_soundness::stark::{LOG_LANES, LOG_SKIP};
use hearth_stark_verifier::field::{E, Quintic};
use p3_field::PrimeCharacteristicRing;
use p3_maybe_rayon::prelude::*;

use super::leaves::SlotLayer;
use crate::lanes::{LANES, Lanes, parts};

/// The layers of the tree. Layer `k` has the variables from the `k`-th on: skip, tile, slot, lane.
pub struct Tree<P> {
    /// Layers with skip and tile variables, the leaves first.
    pub rows: Vec<Arc<Vec<SlotLayer<P>>>>,
    /// Layers without: `2^slots` groups, then half as many, ... down to one.
    pub slots: Vec<Layer<P>>,
    /// Layers of lanes: half the lanes, ... down to the sum of all fractions.
    pub lanes: Vec<(Vec<E>, Vec<E>)>,
}

impl<P: Lanes> Tree<P> {
    /// Adds fractions up to the root.
    pub fn new(leaves: Arc<Vec<SlotLayer<P>>>, tile_variables: usize, log_slots: usize) -> Self {
        let mut rows = vec![leaves];
        for _ in 0..LOG_SKIP + tile_variables - 1 {
            let next = rows[rows.len() - 1].par_iter().map(half).collect();
            rows.push(Arc::new(next));
        }
        // The last fold of rows leaves one group per slot.
        let mut p = Vec::with_capacity(parts::<P>() << log_slots);
        let mut q = Vec::with_capacity(parts::<P>() << log_slots);
        for layer in rows[rows.len() - 1].iter() {
            let mut layer = half(layer);
            layer.resize(1);
            p.extend(layer.p);
            q.extend(layer.q);
        }
        p.resize(parts::<P>() << log_slots, Quintic::ZERO);
        q.resize(parts::<P>() << log_slots, Quintic::ONE);
        let mut slots = vec![(p, q)];
        for _ in 0..log_slots {
            let (p, q) = &slots[slots.len() - 1];
            slots.push(pairs::<P>(p, q));
        }
        let (p, q) = &slots[log_slots];
        let mut lane = (scalars::<P>(p), scalars::<P>(q));
        let mut lanes = Vec::with_capacity(LOG_LANES);
        for _ in 0..LOG_LANES {
            let (p, q) = &lane;
            let add = |i: usize| (p[2 * i] * q[2 * i + 1] + p[2 * i + 1] * q[2 * i], q[2 * i] * q[2 * i + 1]);
            lane = (0..p.len() / 2).map(add).unzip();
            lanes.push(lane.clone());
        }
        Self { rows, slots, lanes }
    }

    /// The sum of all fractions.
    pub fn root(&self) -> [E; 2] {
        let (p, q) = &self.lanes[LOG_LANES - 1];
        [p[0], q[0]]
    }
}

/// The slot's next layer: neighbouring groups added; that of a last group without one is `0 / tail`.
fn half<P: Lanes>(layer: &SlotLayer<P>) -> SlotLayer<P> {
    let whole = layer.p.len() / (2 * parts::<P>()) * (2 * parts::<P>());
    let (mut p, mut q) = pairs::<P>(&layer.p[..whole], &layer.q[..whole]);
    let tail = Quintic::broadcast(layer.tail);
    p.extend(layer.p[whole..].iter().map(|p| p.product(&tail)));
    q.extend(layer.q[whole..].iter().map(|q| q.product(&tail)));
    SlotLayer { p, q, tail: layer.tail * layer.tail }
}

/// Numerators and denominators of groups, slot by slot.
type Layer<P> = (Vec<Quintic<P>>, Vec<Quintic<P>>);

fn pairs<P: Lanes>(p: &[Quintic<P>], q: &[Quintic<P>]) -> Layer<P> {
    let k = parts::<P>();
    // One more, for a last group without a neighbour.
    let room = p.len() / 2 + k;
    let mut out = (Vec::with_capacity(room), Vec::with_capacity(room));
    for (p, q) in p.chunks_exact(2 * k).zip(q.chunks_exact(2 * k)) {
        for i in 0..k {
            out.0.push(p[i].product(&q[i + k]) + p[i + k].product(&q[i]));
            out.1.push(q[i].product(&q[i + k]));
        }
    }
    out
}

/// The lanes of a group, in order.
pub fn scalars<P: Lanes>(group: &[Quintic<P>]) -> Vec<E> {
    (0..LANES).map(|lane| group[lane / P::WIDTH].lane(lane % P::WIDTH)).collect()
}

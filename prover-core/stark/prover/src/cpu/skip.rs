//! The first message of the zerocheck: the skip variables at once, on the base field.

use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F, Quintic};
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::poly::lagrange;
use hearth_stark_verifier::zerocheck::{Challenges, SKIP, SKIP_VALUES};
use p3_field::PrimeCharacteristicRing;
use p3_maybe_rayon::prelude::*;

use super::leaves::SlotLayer;
use super::summand::Summand;
use crate::lanes::{Lanes, add_all, parts, weighted_lanes};
use crate::stack::{Part, Stack};

/// Values of the first message that no fraction gives.
const EXTRA: usize = SKIP_VALUES - SKIP;

/// Tiles of a chip that one task works on.
const TASK_TILES: usize = 16;

/// The first message at the nodes from `SKIP` on.
pub fn extra_values<P: Lanes, A: Chip>(
    key: &Key<A>,
    stack: &Stack,
    fingerprint: &Fingerprint<E>,
    challenges: &Challenges<E>,
    tile_weights: &[E],
    lane_weights: &[E],
) -> Vec<E> {
    let nodes: Vec<[F; SKIP]> = (SKIP..SKIP_VALUES).map(node_weights).collect();
    let mut extra = vec![E::ZERO; EXTRA];
    for (index, part) in stack.parts.iter().enumerate() {
        let summand = Summand::new(key, index, challenges, fingerprint, Quintic::<P>::broadcast);
        let sums = skip_message::<P, A>(&summand, part, &stack.cells, &nodes, tile_weights);
        for (value, sum) in extra.iter_mut().zip(sums.chunks(parts::<P>())) {
            *value += weighted_lanes(sum, lane_weights);
        }
    }
    extra
}

/// The Lagrange polynomials of the nodes `0 .. SKIP` at `node`.
fn node_weights(node: usize) -> [F; SKIP] {
    lagrange(SKIP, F::from_usize(node)).try_into().expect("as many as nodes")
}

/// The first message at the nodes `0 .. SKIP`: constraints are 0 there, and the fractions are known.
pub fn leaf_values<P: Lanes, A: Chip>(
    key: &Key<A>,
    stack: &Stack,
    challenges: &Challenges<E>,
    leaves: &[SlotLayer<P>],
    tile_weights: &[E],
    lane_weights: &[E],
) -> Vec<E> {
    let k = parts::<P>();
    let per_slot: Vec<Vec<E>> = leaves
        .par_iter()
        .zip(challenges.slots[..leaves.len()].par_iter())
        .map(|(leaf, &slot)| {
            let mut sums = vec![(Quintic::<P>::ZERO, Quintic::<P>::ZERO); SKIP * k];
            let tiles = leaf.p.chunks_exact(SKIP * k).zip(leaf.q.chunks_exact(SKIP * k));
            for ((p, q), &weight) in tiles.zip(tile_weights) {
                let weight = Quintic::broadcast(weight);
                for (i, sum) in sums.iter_mut().enumerate() {
                    sum.0 += weight.product(&p[i]);
                    sum.1 += weight.product(&q[i]);
                }
            }
            let lambda = Quintic::broadcast(challenges.denominator);
            let sums: Vec<_> = sums.into_iter().map(|(p, q)| p + lambda * q).collect();
            sums.chunks(k).map(|group| slot * weighted_lanes(group, lane_weights)).collect()
        })
        .collect();
    let mut values = per_slot.into_iter().fold(vec![E::ZERO; SKIP], add_all);
    for (index, part) in stack.parts.iter().enumerate().take(key.chips.len()) {
        let rows: E = tile_weights[..part.tiles].iter().copied().sum();
        for value in &mut values {
            *value -= challenges.constants[index] * rows;
        }
    }
    values
}

/// A chip's part of the first message at the nodes from `SKIP` on, not yet summed over lanes.
fn skip_message<P: Lanes, A: Chip>(
    summand: &Summand<'_, A, Quintic<P>>,
    part: &Part,
    cells: &[F],
    nodes: &[[F; SKIP]],
    tile_weights: &[E],
) -> Vec<Quintic<P>> {
    let k = parts::<P>();
    let width = summand.shape.row();
    let nodes: Vec<[P; SKIP]> = nodes.iter().map(|weights| weights.map(P::from)).collect();
    (0..part.tiles.div_ceil(TASK_TILES))
        .into_par_iter()
        .map(|task| {
            let mut sums = vec![Quintic::<P>::ZERO; EXTRA * k];
            let mut groups = vec![[P::ZERO; SKIP]; width];
            let mut row = vec![P::ZERO; width];
            let mut fields = vec![P::ZERO; summand.fingerprint.fields.len()];
            for tile in (task * TASK_TILES..part.tiles).take(TASK_TILES) {
                let weight = Quintic::broadcast(tile_weights[tile]);
                for lanes in 0..k {
                    for (column, groups) in groups.iter_mut().enumerate() {
                        *groups = core::array::from_fn(|group| part.cell(cells, column, tile, group, lanes));
                    }
                    for (i, node) in nodes.iter().enumerate() {
                        for (cell, groups) in row.iter_mut().zip(&groups) {
                            *cell = P::dot_product(node, groups);
                        }
                        sums[i * k + lanes] += weight * summand.of(&row, &mut fields);
                    }
                }
            }
            sums
        })
        .par_fold_reduce(|| vec![Quintic::ZERO; EXTRA * k], add_all, add_all)
}

/// The columns of a chip with the skip variables bound: `width` columns of [`parts`] elements for each tile.
pub fn fold_skip<P: Lanes>(width: usize, part: &Part, cells: &[F], at: &[E; SKIP]) -> Vec<Quintic<P>> {
    let k = parts::<P>();
    let weights: [[P; SKIP]; 5] = core::array::from_fn(|coordinate| at.map(|x| P::from(x.0[coordinate])));
    let mut rows = vec![Quintic::ZERO; part.tiles * width * k];
    rows.par_chunks_mut(width * k).enumerate().for_each(|(tile, row)| {
        for (place, cell) in row.iter_mut().enumerate() {
            let (column, lanes) = (place / k, place % k);
            let groups: [P; SKIP] = core::array::from_fn(|group| part.cell(cells, column, tile, group, lanes));
            *cell = Quintic(core::array::from_fn(|i| P::dot_product(&weights[i], &groups)));
        }
    });
    rows
}

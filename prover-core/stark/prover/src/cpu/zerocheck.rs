//! The sumcheck of constraints and leaves.
//!
//! The skip variables are bound at once, on the base field; what follows has an eighth of the rows. Rows beyond a
//! table's tiles are zero rows, where the summand vanishes.

use std::sync::Arc;

use hearth_soundness::stark::{LOG_SKIP, MAX_DEGREE};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F, Quintic};
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::poly::{eq_table, lagrange};
use hearth_stark_verifier::zerocheck::{Challenges, SKIP, SKIP_VALUES};
use p3_field::{PackedField, PrimeCharacteristicRing};
use p3_maybe_rayon::prelude::*;

use super::leaves::SlotLayer;
use super::skip::{extra_values, fold_skip, leaf_values};
use super::summand::{Summand, points};
use crate::lanes::{LANES, Lanes, add_all, parts, weighted_lanes};
use crate::stack::Stack;

/// The sumcheck.
pub struct Zerocheck<P> {
    fingerprint: Fingerprint<E>,
    challenges: Challenges<E>,
    /// The claim's coordinates.
    z_tile: Vec<E>,
    z_lane: Vec<E>,
    lane_weights: Vec<E>,
    rows: Rows<P>,
}

/// What is left of the tables.
enum Rows<P> {
    /// No variable is bound.
    Stacked,
    /// Tile variables are left; `weights` is `eq` of those above the next.
    Tiles { rows: Vec<Vec<Quintic<P>>>, weights: Vec<E>, bound: usize },
    /// Lane variables are left.
    Lanes { rows: Vec<Vec<E>>, bound: usize },
}

impl<P: Lanes> Zerocheck<P> {
    /// The sumcheck, and its first message.
    pub fn new<A: Chip>(
        key: &Key<A>,
        stack: &Stack,
        leaves: Arc<Vec<SlotLayer<P>>>,
        fingerprint: &Fingerprint<E>,
        leaf: &LeafClaim<E>,
        challenges: Challenges<E>,
    ) -> (Self, [E; SKIP_VALUES]) {
        let (z_tile, rest) = leaf.point[LOG_SKIP..].split_at(key.tile_variables());
        let z_lane = &rest[key.log_slots..];
        let tile_weights = eq_table(z_tile, E::ONE);
        let lane_weights = eq_table(z_lane, E::ONE);
        let mut values = leaf_values(key, stack, &challenges, &leaves, &tile_weights, &lane_weights);
        drop(leaves);
        values.extend(extra_values::<P, A>(key, stack, fingerprint, &challenges, &tile_weights, &lane_weights));
        let sumcheck = Self {
            fingerprint: Fingerprint { buses: fingerprint.buses.clone(), fields: fingerprint.fields.clone() },
            challenges,
            z_tile: z_tile.to_vec(),
            z_lane: z_lane.to_vec(),
            lane_weights,
            rows: Rows::Stacked,
        };
        (sumcheck, values.try_into().expect("a value for each node"))
    }

    /// Binds the next variables; then the values of the next round at 0, 2 and -1.
    pub fn round<A: Chip>(&mut self, key: &Key<A>, stack: &Stack, bound: E) -> [E; MAX_DEGREE] {
        match &mut self.rows {
            Rows::Stacked => self.rows = self.bind_skip(key, stack, bound),
            Rows::Tiles { .. } => self.bind_tile(key, bound),
            Rows::Lanes { rows, bound: count } => bind_lane(key, rows, count, bound),
        }
        match &self.rows {
            Rows::Tiles { rows, weights, .. } => self.tile_message(key, rows, weights),
            Rows::Lanes { rows, bound } => self.lane_message(key, rows, *bound),
            Rows::Stacked => unreachable!("the skip variables are bound"),
        }
    }

    /// Binds the last variable; then the values of all columns.
    pub fn end<A: Chip>(self, key: &Key<A>, bound: E) -> Vec<E> {
        let Rows::Lanes { mut rows, bound: mut count } = self.rows else {
            unreachable!("the zerocheck has a round for each of its variables")
        };
        bind_lane(key, &mut rows, &mut count, bound);
        let mut columns = Vec::with_capacity(key.columns() + key.preprocessed_columns());
        for (shape, row) in key.shapes.iter().zip(&rows) {
            if row.is_empty() {
                columns.resize(columns.len() + shape.committed(), E::ZERO);
            } else {
                columns.extend_from_slice(&row[shape.fixed.len()..shape.width]);
            }
        }
        // Chips with preprocessed columns have rows.
        for (shape, row) in key.shapes.iter().zip(&rows).filter(|(shape, _)| shape.preprocessed > 0) {
            columns.extend_from_slice(&row[shape.width..]);
        }
        columns
    }

    fn bind_skip<A: Chip>(&self, key: &Key<A>, stack: &Stack, skip: E) -> Rows<P> {
        let at_skip: [E; SKIP] = lagrange(SKIP, skip).try_into().expect("as many as nodes");
        let parts = key.shapes.iter().zip(&stack.parts);
        let rows = parts.map(|(shape, part)| fold_skip::<P>(shape.row(), part, &stack.cells, &at_skip)).collect();
        Rows::Tiles { rows, weights: eq_table(&self.z_tile[1..], E::ONE), bound: 0 }
    }

    /// Binds a tile variable; after the last, the lanes are taken apart.
    fn bind_tile<A: Chip>(&mut self, key: &Key<A>, r: E) {
        let Rows::Tiles { rows, weights, bound } = &mut self.rows else { return };
        for (shape, rows) in key.shapes.iter().zip(rows.iter_mut()) {
            fold_rows(rows, shape.row() * parts::<P>(), r);
        }
        *weights = weights.chunks(2).map(|pair| pair.iter().copied().sum()).collect();
        *bound += 1;
        if *bound == self.z_tile.len() {
            let rows = rows.iter().zip(&key.shapes).map(|(row, shape)| unpack::<P>(row, shape.row())).collect();
            self.rows = Rows::Lanes { rows, bound: 0 };
        }
    }

    fn tile_message<A: Chip>(&self, key: &Key<A>, rows: &[Vec<Quintic<P>>], weights: &[E]) -> [E; MAX_DEGREE] {
        let mut sums = [E::ZERO; MAX_DEGREE];
        for (index, rows) in rows.iter().enumerate() {
            let summand = Summand::new(key, index, &self.challenges, &self.fingerprint, Quintic::<P>::broadcast);
            let partial = round_message(&summand, rows, weights, &self.lane_weights);
            for (sum, partial) in sums.iter_mut().zip(partial) {
                *sum += partial;
            }
        }
        sums
    }

    fn lane_message<A: Chip>(&self, key: &Key<A>, rows: &[Vec<E>], bound: usize) -> [E; MAX_DEGREE] {
        let weights = eq_table(&self.z_lane[bound + 1..], E::ONE);
        let mut sums = [E::ZERO; MAX_DEGREE];
        let mut fields = vec![E::ZERO; key.message_width];
        for (index, rows) in rows.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            let summand = Summand::new(key, index, &self.challenges, &self.fingerprint, |x| x);
            let width = summand.shape.row();
            let mut row = vec![E::ZERO; width];
            for (pair, &weight) in rows.chunks_exact(2 * width).zip(&weights) {
                let (low, high) = pair.split_at(width);
                for (sum, value) in sums.iter_mut().zip(points(&summand, low, high, &mut row, &mut fields)) {
                    *sum += weight * value;
                }
            }
        }
        sums
    }
}

/// Binds a lane variable, of which `count` are bound.
fn bind_lane<A: Chip>(key: &Key<A>, rows: &mut [Vec<E>], count: &mut usize, r: E) {
    for (shape, rows) in key.shapes.iter().zip(rows) {
        fold_rows(rows, shape.row(), r);
    }
    *count += 1;
}

/// A chip's part of a round's message.
fn round_message<P: Lanes, A: Chip>(
    summand: &Summand<'_, A, Quintic<P>>,
    rows: &[Quintic<P>],
    weights: &[E],
    lane_weights: &[E],
) -> [E; MAX_DEGREE] {
    let k = parts::<P>();
    let width = summand.shape.row();
    let sums = rows
        .par_chunks(2 * width * k)
        .enumerate()
        .map(|(j, pair)| {
            let weight = Quintic::broadcast(weights[j]);
            let mut low = vec![Quintic::<P>::ZERO; width];
            let mut high = low.clone();
            let mut row = low.clone();
            let mut fields = vec![Quintic::<P>::ZERO; summand.fingerprint.fields.len()];
            let mut sums = vec![Quintic::<P>::ZERO; MAX_DEGREE * k];
            for lanes in 0..k {
                for column in 0..width {
                    low[column] = pair[column * k + lanes];
                    high[column] = pair.get((width + column) * k + lanes).copied().unwrap_or(Quintic::ZERO);
                }
                for (i, value) in points(summand, &low, &high, &mut row, &mut fields).into_iter().enumerate() {
                    sums[i * k + lanes] = weight * value;
                }
            }
            sums
        })
        .par_fold_reduce(|| vec![Quintic::ZERO; MAX_DEGREE * k], add_all, add_all);
    core::array::from_fn(|i| weighted_lanes(&sums[i * k..][..k], lane_weights))
}

/// Folds neighbouring rows of `length` elements; the row after the last is zero.
fn fold_rows<X: PrimeCharacteristicRing + Copy + Fold>(rows: &mut Vec<X>, length: usize, r: E) {
    let r = X::challenge(r);
    let count = rows.len() / length;
    for j in 0..count.div_ceil(2) {
        for i in 0..length {
            let low = rows[2 * j * length + i];
            let high = rows.get((2 * j + 1) * length + i).copied().unwrap_or(X::ZERO);
            rows[j * length + i] = low + r * (high - low);
        }
    }
    rows.truncate(count.div_ceil(2) * length);
}

/// What a challenge folds.
trait Fold {
    fn challenge(r: E) -> Self;
}

impl<P: PackedField<Scalar = F>> Fold for Quintic<P> {
    fn challenge(r: E) -> Self {
        Self::broadcast(r)
    }
}

/// One row of packed columns as [`LANES`] rows.
fn unpack<P: Lanes>(row: &[Quintic<P>], width: usize) -> Vec<E> {
    if row.is_empty() {
        return Vec::new();
    }
    let k = parts::<P>();
    let cell = |lane: usize, column: usize| row[column * k + lane / P::WIDTH].lane(lane % P::WIDTH);
    (0..LANES * width).map(|i| cell(i / width, i % width)).collect()
}

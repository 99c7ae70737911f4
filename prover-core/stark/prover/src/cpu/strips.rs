//! The stack under its weights while variables in a tile are left: all is said by sums over the strips.

use core::marker::PhantomData;

use hearth_soundness::stark::{LOG_LANES, LOG_TILE};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, Extends, F, Quintic};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::{Weight, blocks};
use hearth_stark_verifier::poly::{eq_table, lagrange};
use hearth_stark_verifier::zerocheck::SKIP;
use p3_field::PrimeCharacteristicRing;
use p3_maybe_rayon::prelude::*;

use super::packed::product_message;
use crate::lanes::{Lanes, add_all};
use crate::preprocessed::Preprocessed;
use crate::stack::{Stack, TILE};

/// Strips that one task works on.
const TASK_STRIPS: usize = 1 << 10;

/// The weight of each strip of the trace's stack, or of that of the preprocessed columns.
pub fn strip_weights<A: Chip>(key: &Key<A>, stack: &Stack, weight: &Weight<E>, mu: &[E], of_key: bool) -> Vec<E> {
    let mut strips = Vec::with_capacity(1 << (key.params.log_cells - LOG_TILE));
    let tiles = eq_table(&weight.point.tile, E::ONE);
    for ((chip, bits), &mu) in blocks(&key.shapes, of_key).zip(mu) {
        let columns = eq_table(&weight.tau[..bits], mu);
        for &tile in &tiles[..stack.parts[chip].tiles] {
            strips.extend(columns.iter().map(|&column| tile * column));
        }
    }
    strips.resize(strips.capacity(), E::ZERO);
    strips
}

/// The weight of each row in a tile.
pub fn in_tile_weights(weight: &Weight<E>) -> Vec<E> {
    let lanes = eq_table(&weight.point.lane, E::ONE);
    let skip = lagrange(SKIP, weight.point.skip);
    (0..TILE).map(|row| lanes[row % (1 << LOG_LANES)] * skip[row >> LOG_LANES]).collect()
}

/// The in-tile variables: the sums over all strips, and the in-tile weights.
pub struct Rows {
    pub sums: Vec<E>,
    pub weights: Vec<E>,
}

impl Rows {
    pub fn message(&self) -> [E; 2] {
        product_message(&self.sums, &self.weights)
    }

    pub fn fold(&mut self, r: E) {
        for values in [&mut self.sums, &mut self.weights] {
            *values = values.chunks_exact(2).map(|pair| pair[0] + r * (pair[1] - pair[0])).collect();
        }
    }

    /// The weights of what is left: those in a tile times those of the strips.
    pub fn spread(&self, strips: &[E]) -> Vec<E> {
        strips.par_iter().flat_map_iter(|&strip| self.weights.iter().map(move |&weight| strip * weight)).collect()
    }
}

/// One pass over a stack: `sum over the strips of weight cell` for each row of a tile.
pub fn row_sums<P: Lanes>(cells: &[F], strips: &[E]) -> Vec<E> {
    let sums = cells
        .par_chunks(TASK_STRIPS * TILE)
        .zip(strips.par_chunks(TASK_STRIPS))
        .map(|(cells, strips)| {
            let mut sums = vec![Quintic::<P>::ZERO; TILE / P::WIDTH];
            for (strip, &weight) in cells.chunks_exact(TILE).zip(strips) {
                if weight == E::ZERO {
                    continue;
                }
                let weight = Quintic::<P>::broadcast(weight);
                for (sum, &cell) in sums.iter_mut().zip(P::pack_slice(strip)) {
                    *sum += weight.times(cell);
                }
            }
            sums
        })
        .par_fold_reduce(|| vec![Quintic::ZERO; TILE / P::WIDTH], add_all, add_all);
    (0..TILE).map(|row| sums[row / P::WIDTH].lane(row % P::WIDTH)).collect()
}

/// Trace and preprocessed columns before their variable is bound. Both stacks have the same weights in a tile, so that all is
/// said by the row sums of each under the strips' weights of each.
pub struct Joint<P> {
    /// `[stack][weights]`.
    sums: [[Vec<E>; 2]; 2],
    /// The strips' weights in the stack of preprocessed columns.
    strips: Vec<E>,
    lanes: PhantomData<P>,
}

impl<P: Lanes> Joint<P> {
    pub fn new(stack: &Stack, preprocessed: &Preprocessed, of_trace: &[E], of_key: Vec<E>) -> Self {
        let sums = [stack.trace(), &preprocessed.cells]
            .map(|cells| [of_trace, &of_key].map(|strips| row_sums::<P>(cells, strips)));
        Self { sums, strips: of_key, lanes: PhantomData }
    }

    /// The constant and the square coefficient of the round.
    pub fn message(&self, in_tile: &[E]) -> [E; 2] {
        let total = |sums: &[E]| sums.iter().zip(in_tile).map(|(&sum, &weight)| sum * weight).sum::<E>();
        let [[tt, tk], [kt, kk]] = self.sums.each_ref().map(|sums| sums.each_ref().map(|sums| total(sums)));
        [tt, tt - tk - kt + kk]
    }

    /// Binds the variable: folds the strips' weights and returns the row sums under them.
    pub fn bind(&self, b: E, strips: &mut [E]) -> Vec<E> {
        for (strip, &of_key) in strips.iter_mut().zip(&self.strips) {
            *strip += b * (of_key - *strip);
        }
        let line = |[low, high]: [Vec<E>; 2]| -> Vec<E> {
            low.into_iter().zip(high).map(|(low, high)| low + b * (high - low)).collect()
        };
        line(self.sums.clone().map(line))
    }
}

/// The stack with its lowest variables bound: `sum_i weights_i cell_i` of neighbouring cells.
pub fn fold_cells<P: Lanes>(cells: &[F], weights: &[E]) -> Vec<E> {
    let packed: Vec<Quintic<P>> =
        weights.chunks_exact(P::WIDTH).map(|chunk| Quintic::from_lanes(|lane| chunk[lane])).collect();
    cells
        .par_chunks(weights.len())
        .map(|cells| {
            let sum = packed
                .iter()
                .zip(P::pack_slice(cells))
                .fold(Quintic::<P>::ZERO, |sum, (weight, &cell)| sum + weight.times(cell));
            Quintic(sum.0.map(|coordinate| coordinate.as_slice().iter().copied().sum::<F>()))
        })
        .collect()
}

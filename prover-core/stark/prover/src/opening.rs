//! Steps 5 and 6: the claim on the stack and its opening; mirrors [`hearth_stark_verifier::opening`].

use core::marker::PhantomData;

use hearth_soundness::stark::{LOG_LANES, LOG_TILE};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{DEGREE, E, Extends, F, Quintic};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::{Weight, blocks};
use hearth_stark_verifier::poly::{eq_table, horner, lagrange};
use hearth_stark_verifier::zerocheck::SKIP;
use p3_dft::Radix2DitParallel;
use p3_field::{PrimeCharacteristicRing, PrimeField32, TwoAdicField};
use p3_maybe_rayon::prelude::*;

use crate::commit::{Oracle, commit};
use crate::lanes::{Lanes, add_all};
use crate::preprocessed::Preprocessed;
use crate::stack::{Stack, TILE};
use crate::writer::Writer;

/// Strips that one task works on.
const TASK_STRIPS: usize = 1 << 10;

/// Opens `sum_x T(x) W(x) = claim`, or `sum_x T(x) W(x) + G(x) W'(x) = claim` with the preprocessed columns' stack.
#[allow(clippy::too_many_arguments)] // the claim's parts
pub fn prove<P: Lanes, A: Chip>(
    writer: &mut Writer,
    dft: &Radix2DitParallel<F>,
    key: &Key<A>,
    stack: &Stack,
    mut oracle: Oracle,
    weight: &Weight<E>,
    mut claim: E,
) {
    let params = &key.params;
    let (of_trace, of_key) = weight.mu.split_at(blocks(&key.shapes, false).count());
    let mut strips = strip_weights(key, stack, weight, of_trace, false);
    let in_tile = in_tile_weights(weight);
    // 6.0 Bind the variable that tells trace and key apart.
    let joint = stack.preprocessed.as_ref().map(|preprocessed| {
        let both = Joint::<P>::new(stack, preprocessed, &strips, strip_weights(key, stack, weight, of_key, true));
        let b = round::<P>(writer, &mut claim, both.message(&in_tile), params.fold_grinding);
        (preprocessed, b, both.bind(b, &mut strips))
    });
    let sums = match &joint {
        Some((.., sums)) => sums.clone(),
        None => row_sums::<P>(stack.trace(), &strips),
    };
    let mut rows = Rows { sums, weights: in_tile };
    let mut rest: Option<Pair<P>> = None;
    for k in 0..params.oracles() {
        // 6.1 Bind the next variables.
        let mut bound = Vec::with_capacity(params.folds[k]);
        for _ in 0..params.folds[k] {
            let message = rest.as_ref().map_or_else(|| rows.message(), Pair::message);
            let r = round::<P>(writer, &mut claim, message, params.fold_grinding);
            match &mut rest {
                Some(rest) => rest.fold(r),
                None => rows.fold(r),
            }
            bound.push(r);
        }
        let fold = eq_table(&bound, E::ONE);
        let left = rest.get_or_insert_with(|| Pair {
            values: Packed::new(match &joint {
                Some((preprocessed, b, _)) => {
                    let [of_trace, of_key] = [E::ONE - *b, *b].map(|weight| scaled(&fold, weight));
                    let mut values = fold_cells::<P>(stack.trace(), &of_trace);
                    let more = fold_cells::<P>(&preprocessed.cells, &of_key);
                    values.iter_mut().zip(more).for_each(|(value, more)| *value += more);
                    values
                }
                None => fold_cells::<P>(stack.trace(), &fold),
            }),
            weights: Packed::new(rows.spread(&strips)),
        });
        #[cfg(feature = "forge")]
        if writer.forgery.repair == Some(k) {
            left.repair(claim);
        }
        // 6.2 The next oracle, or what is left in the clear.
        let values = left.values.to_vec();
        #[cfg(feature = "forge")]
        let values = writer.forged_polynomial(k + 1, values);
        #[cfg(feature = "forge")]
        {
            left.values = Packed::new(values.clone());
        }
        let next = if k + 1 < params.oracles() {
            let message: Vec<F> = values.iter().flat_map(|value| value.0).collect();
            let width = DEGREE << params.folds[k + 1];
            Some(commit::<P>(writer, dft, &message, width, params.log_inv_rates[k + 1], params.log_cap(k + 1)))
        } else {
            writer.send_exts(&values);
            None
        };
        // 6.3 Queries.
        writer.grind::<P>(params.query_grinding);
        let mask = (1 << params.log_domain(k)) - 1;
        let indexes: Vec<usize> =
            (0..params.queries[k]).map(|_| writer.squeeze().as_canonical_u32() as usize & mask).collect();
        let mut claims = Vec::with_capacity(indexes.len());
        for &index in &indexes {
            let leaf = oracle.leaf(index);
            #[cfg(feature = "forge")]
            let made_up = (writer.forgery.fitting_leaves && k > 0).then(|| {
                let point = domain_point(index, params.log_domain(k));
                fitting_leaf(leaf, &fold, horner(&values, point.into()))
            });
            #[cfg(feature = "forge")]
            let leaf = made_up.as_deref().unwrap_or(leaf);
            writer.write(leaf);
            oracle.write_path(writer, index);
            claims.push(if k == 0 {
                fold.iter().zip(leaf).map(|(weight, &cell)| weight.times(cell)).sum()
            } else {
                let cells = leaf.chunks(DEGREE).map(|c| Quintic(core::array::from_fn(|i| c[i])));
                fold.iter().zip(cells).map(|(&weight, cell)| weight * cell).sum::<E>()
            });
        }
        if let Some((preprocessed, b, _)) = joint.as_ref().filter(|_| k == 0) {
            for (&index, claim) in indexes.iter().zip(&mut claims) {
                let leaf = preprocessed.oracle.leaf(index);
                writer.write(leaf);
                preprocessed.oracle.write_path(writer, index);
                let of_key: E = fold.iter().zip(leaf).map(|(weight, &cell)| weight.times(cell)).sum();
                *claim += *b * (of_key - *claim);
            }
        }
        // 6.4 Batch their claims with the one that is left.
        let gamma = writer.challenge();
        let mut power = gamma;
        let mut batch = Vec::with_capacity(indexes.len());
        for (index, value) in indexes.into_iter().zip(claims) {
            claim += power * value;
            batch.push((domain_point(index, params.log_domain(k)), power));
            power *= gamma;
        }
        left.weights.add_powers(&batch);
        if let Some(next) = next {
            oracle = next;
        }
    }

    // 6.5 All claims on the last polynomial become one.
    let mut left = rest.expect("a class has an oracle");
    for _ in 0..params.variables(params.oracles()) {
        let r = round::<P>(writer, &mut claim, left.message(), 0);
        left.fold(r);
    }
}

/// Sends a product round and draws its challenge. The message is the constant and the square coefficient.
fn round<P: Lanes>(writer: &mut Writer, claim: &mut E, (c0, c2): (E, E), grinding: usize) -> E {
    writer.send_exts(&[c0, c2]);
    writer.grind::<P>(grinding);
    let r = writer.challenge();
    let c1 = *claim - c0 - c0 - c2;
    *claim = horner(&[c0, c1, c2], r);
    r
}

/// The point of leaf `index`: the domain's generator to the power of the reversed number.
fn domain_point(index: usize, log_domain: usize) -> F {
    let exponent = index.reverse_bits() >> (usize::BITS as usize - log_domain);
    F::two_adic_generator(log_domain).exp_u64(exponent as u64)
}

/// A leaf of extension elements with another first one, so that it folds to `value`.
#[cfg(feature = "forge")]
fn fitting_leaf(leaf: &[F], fold: &[E], value: E) -> Vec<F> {
    let found: E = (fold.iter().zip(leaf.chunks_exact(DEGREE)))
        .map(|(&weight, cell)| weight * Quintic(core::array::from_fn(|i| cell[i])))
        .sum();
    let lie = (value - found) * fold[0].try_inverse().expect("a challenge is 0 with probability 2^-154");
    leaf.iter().zip(lie.0.into_iter().chain(core::iter::repeat(F::ZERO))).map(|(&cell, lie)| cell + lie).collect()
}

/// The weight of each strip of the trace's stack, or of that of the preprocessed columns.
fn strip_weights<A: Chip>(key: &Key<A>, stack: &Stack, weight: &Weight<E>, mu: &[E], of_key: bool) -> Vec<E> {
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
fn in_tile_weights(weight: &Weight<E>) -> Vec<E> {
    let lanes = eq_table(&weight.point.lane, E::ONE);
    let skip = lagrange(SKIP, weight.point.skip);
    (0..TILE).map(|row| lanes[row % (1 << LOG_LANES)] * skip[row >> LOG_LANES]).collect()
}

/// The in-tile variables: the sums over all strips, and the in-tile weights.
struct Rows {
    sums: Vec<E>,
    weights: Vec<E>,
}

/// One pass over a stack: `sum over the strips of weight cell` for each row of a tile.
fn row_sums<P: Lanes>(cells: &[F], strips: &[E]) -> Vec<E> {
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
struct Joint<P> {
    /// `[stack][weights]`.
    sums: [[Vec<E>; 2]; 2],
    /// The strips' weights in the stack of preprocessed columns.
    strips: Vec<E>,
    lanes: PhantomData<P>,
}

impl<P: Lanes> Joint<P> {
    fn new(stack: &Stack, preprocessed: &Preprocessed, of_trace: &[E], of_key: Vec<E>) -> Self {
        let sums = [stack.trace(), &preprocessed.cells]
            .map(|cells| [of_trace, &of_key].map(|strips| row_sums::<P>(cells, strips)));
        Self { sums, strips: of_key, lanes: PhantomData }
    }

    /// The constant and the square coefficient of the round.
    fn message(&self, in_tile: &[E]) -> (E, E) {
        let total = |sums: &[E]| sums.iter().zip(in_tile).map(|(&sum, &weight)| sum * weight).sum::<E>();
        let [[tt, tk], [kt, kk]] = self.sums.each_ref().map(|sums| sums.each_ref().map(|sums| total(sums)));
        (tt, tt - tk - kt + kk)
    }

    /// Binds the variable: folds the strips' weights and returns the row sums under them.
    fn bind(self, b: E, strips: &mut [E]) -> Vec<E> {
        for (strip, &of_key) in strips.iter_mut().zip(&self.strips) {
            *strip += b * (of_key - *strip);
        }
        let line = |[low, high]: [Vec<E>; 2]| -> Vec<E> {
            low.into_iter().zip(high).map(|(low, high)| low + b * (high - low)).collect()
        };
        line(self.sums.map(line))
    }
}

/// All weights times one.
fn scaled(weights: &[E], by: E) -> Vec<E> {
    weights.iter().map(|&weight| weight * by).collect()
}

impl Rows {
    fn message(&self) -> (E, E) {
        let pairs = self.sums.chunks_exact(2).zip(self.weights.chunks_exact(2));
        pairs.fold((E::ZERO, E::ZERO), |(c0, c2), (f, w)| (c0 + f[0] * w[0], c2 + (f[1] - f[0]) * (w[1] - w[0])))
    }

    fn fold(&mut self, r: E) {
        for values in [&mut self.sums, &mut self.weights] {
            *values = values.chunks_exact(2).map(|pair| pair[0] + r * (pair[1] - pair[0])).collect();
        }
    }

    /// The weights of what is left: those in a tile times those of the strips.
    fn spread(&self, strips: &[E]) -> Vec<E> {
        strips.par_iter().flat_map_iter(|&strip| self.weights.iter().map(move |&weight| strip * weight)).collect()
    }
}

/// The stack with its lowest variables bound: `sum_i weights_i cell_i` of neighbouring cells.
fn fold_cells<P: Lanes>(cells: &[F], weights: &[E]) -> Vec<E> {
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

/// A multilinear polynomial by its values; element `i` of lane `l` is number `l length + i`.
struct Packed<P> {
    values: Vec<Quintic<P>>,
    /// Once there are fewer values than lanes.
    few: Vec<E>,
}

impl<P: Lanes> Packed<P> {
    fn new(values: Vec<E>) -> Self {
        let length = values.len() / P::WIDTH;
        if length == 0 {
            return Self { values: Vec::new(), few: values };
        }
        let packed =
            (0..length).into_par_iter().map(|i| Quintic::from_lanes(|lane| values[lane * length + i])).collect();
        Self { values: packed, few: Vec::new() }
    }

    fn to_vec(&self) -> Vec<E> {
        if self.values.is_empty() {
            return self.few.clone();
        }
        (0..P::WIDTH).flat_map(|lane| self.values.iter().map(move |value| value.lane(lane))).collect()
    }

    fn fold(&mut self, r: E) {
        if self.values.len() == 1 {
            self.few = self.to_vec();
            self.values.clear();
        }
        let half = self.values.len() / 2;
        let packed = Quintic::broadcast(r);
        for i in 0..half {
            self.values[i] = self.values[2 * i] + packed * (self.values[2 * i + 1] - self.values[2 * i]);
        }
        self.values.truncate(half);
        self.few = self.few.chunks_exact(2).map(|pair| pair[0] + r * (pair[1] - pair[0])).collect();
    }

    /// Adds `sum weight point^x` at all `x`.
    fn add_powers(&mut self, batch: &[(F, E)]) {
        let length = self.values.len();
        if length == 0 {
            for (x, value) in self.few.iter_mut().enumerate() {
                *value += batch.iter().map(|&(point, weight)| weight * point.exp_u64(x as u64)).sum::<E>();
            }
            return;
        }
        const TASK: usize = 256;
        self.values.par_chunks_mut(TASK).enumerate().for_each(|(task, values)| {
            for &(point, weight) in batch {
                let far = point.exp_u64(length as u64);
                let mut power = point.exp_u64((task * TASK) as u64);
                let mut start = P::ZERO;
                for lane in start.as_slice_mut() {
                    *lane = power;
                    power *= far;
                }
                let (weight, point) = (Quintic::<P>::broadcast(weight), P::from(point));
                for value in values.iter_mut() {
                    *value += weight.times(start);
                    start *= point;
                }
            }
        });
    }
}

/// Values and weights of a product sumcheck.
struct Pair<P> {
    values: Packed<P>,
    weights: Packed<P>,
}

impl<P: Lanes> Pair<P> {
    fn message(&self) -> (E, E) {
        if self.values.values.len() < 2 {
            let (values, weights) = (self.values.to_vec(), self.weights.to_vec());
            return Rows { sums: values, weights }.message();
        }
        let sums = self
            .values
            .values
            .par_chunks(2)
            .zip(self.weights.values.par_chunks(2))
            .map(|(f, w)| vec![f[0] * w[0], (f[1] - f[0]) * (w[1] - w[0])])
            .par_fold_reduce(|| vec![Quintic::<P>::ZERO; 2], add_all, add_all);
        let total = |sum: Quintic<P>| (0..P::WIDTH).map(|lane| sum.lane(lane)).sum();
        (total(sums[0]), total(sums[1]))
    }

    fn fold(&mut self, r: E) {
        self.values.fold(r);
        self.weights.fold(r);
    }

    /// Makes a false claim true by one number added to all values. Of the polynomial's codeword this changes as few places
    /// as can be: `1 + y + y^2 + ..` is zero at all roots of unity of its length but 1.
    #[cfg(feature = "forge")]
    fn repair(&mut self, claim: E) {
        let (values, weights) = (self.values.to_vec(), self.weights.to_vec());
        let found: E = values.iter().zip(&weights).map(|(&value, &weight)| value * weight).sum();
        let all: E = weights.iter().copied().sum();
        let lie = (claim - found) * all.try_inverse().expect("a sum of challenges is 0 with probability 2^-154");
        self.values = Packed::new(values.into_iter().map(|value| value + lie).collect());
    }
}

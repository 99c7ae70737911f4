//! Step 4: the sumcheck of constraints and leaves; mirrors [`hearth_stark_verifier::zerocheck`].
//!
//! The skip variables are bound at once, on the base field; what follows has an eighth of the rows. Rows beyond a
//! table's tiles are zero rows, where the summand vanishes.

use hearth_soundness::stark::{LOG_LANES, LOG_SKIP, MAX_DEGREE};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, Extends, F, Quintic};
use hearth_stark_verifier::folder::{Fingerprint, Folder, WeightedSlots};
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::key::{ChipShape, Key};
use hearth_stark_verifier::poly::{eq_table, horner, lagrange};
use hearth_stark_verifier::zerocheck::{Challenges, Columns, RowPoint, SKIP, SKIP_VALUES};
use p3_field::{Algebra, Field, PackedField, PrimeCharacteristicRing};
use p3_maybe_rayon::prelude::*;

use crate::lanes::{LANES, Lanes, add_all, parts, weighted_lanes};
use crate::leaves::SlotLayer;
use crate::stack::{Part, Stack};
use crate::writer::Writer;

/// Values of the first message that no fraction gives.
const EXTRA: usize = SKIP_VALUES - SKIP;

/// Tiles of a chip that one task works on.
const TASK_TILES: usize = 16;

/// Everything that folds a row of chip `chip`, over `X`.
struct Summand<'a, A, X> {
    chip: &'a A,
    shape: &'a ChipShape,
    fingerprint: Fingerprint<X>,
    powers: Vec<X>,
    weights: Vec<X>,
    lambda: X,
    constant: X,
}

impl<'a, A: Chip, X: PrimeCharacteristicRing + Copy> Summand<'a, A, X> {
    fn new(
        key: &'a Key<A>,
        index: usize,
        challenges: &Challenges<E>,
        fingerprint: &Fingerprint<E>,
        lift: impl Fn(E) -> X + Copy,
    ) -> Self {
        let shape = &key.shapes[index];
        let all = |values: &[E]| values.iter().map(|&x| lift(x)).collect::<Vec<X>>();
        let base = challenges.chips[index];
        Self {
            chip: &key.chips[index],
            shape,
            fingerprint: Fingerprint { buses: all(&fingerprint.buses), fields: all(&fingerprint.fields) },
            powers: challenges.constraints[..shape.constraints].iter().map(|&power| lift(base * power)).collect(),
            weights: all(&challenges.slots[shape.first_slot..][..shape.slots()]),
            lambda: lift(challenges.denominator),
            constant: lift(challenges.constants[index]),
        }
    }

    /// `G` on a row.
    #[inline(always)]
    fn of<V>(&self, row: &[V], fields: &mut [V]) -> X
    where
        V: Algebra<F> + Copy + Send + Sync,
        X: Extends<V> + Extends<X>,
    {
        let mut slots = WeightedSlots { weights: &self.weights, lambda: self.lambda, sum: X::ZERO };
        let mut folder = Folder::new(row, &[], self.shape, &self.fingerprint, &self.powers, fields, &mut slots);
        self.chip.eval(&mut folder);
        let constraints = folder.finish();
        constraints + slots.sum - self.constant
    }
}

/// Proves the sumcheck; returns its point and the columns' values there.
pub fn prove<P: Lanes, A: Chip>(
    writer: &mut Writer,
    key: &Key<A>,
    stack: &Stack,
    fingerprint: &Fingerprint<E>,
    leaf: &LeafClaim<E>,
    leaves: Vec<SlotLayer<P>>,
) -> Columns<E> {
    // 4.1 Challenges.
    writer.grind::<P>(key.params.constraint_grinding);
    let (context, transcript) = writer.parts();
    let challenges = Challenges::draw(context, transcript, key, fingerprint, leaf);
    let tiles = key.tile_variables();
    let (z_tile, rest) = leaf.point[LOG_SKIP..].split_at(tiles);
    let z_lane = &rest[key.log_slots..];

    // 4.2 The skip variables at once.
    let tile_weights = eq_table(z_tile, E::ONE);
    let lane_weights = eq_table(z_lane, E::ONE);
    let mut values = leaf_values(key, stack, &challenges, &leaves, &tile_weights, &lane_weights);
    drop(leaves);
    let nodes: Vec<[F; SKIP]> = (SKIP..SKIP_VALUES).map(node_weights).collect();
    let mut extra = vec![E::ZERO; EXTRA];
    for (index, part) in stack.parts.iter().enumerate() {
        let summand = Summand::new(key, index, &challenges, fingerprint, Quintic::<P>::broadcast);
        let sums = skip_message::<P, A>(&summand, part, &stack.cells, &nodes, &tile_weights);
        for (value, sum) in extra.iter_mut().zip(sums.chunks(parts::<P>())) {
            *value += weighted_lanes(sum, &lane_weights);
        }
    }
    values.extend(extra);
    writer.send_exts(&values);
    let skip = writer.challenge();
    let mut claim: E = lagrange(SKIP_VALUES, skip).into_iter().zip(values).map(|(l, value)| l * value).sum();
    let at_skip: [E; SKIP] = lagrange(SKIP, skip).try_into().expect("as many as nodes");
    let mut rows: Vec<Vec<Quintic<P>>> = key
        .shapes
        .iter()
        .zip(&stack.parts)
        .map(|(shape, part)| fold_skip::<P>(shape.row(), part, &stack.cells, &at_skip))
        .collect();

    // 4.3 The tile and lane variables, one by one.
    let packed: Vec<_> = (0..key.chips.len())
        .map(|index| Summand::new(key, index, &challenges, fingerprint, Quintic::<P>::broadcast))
        .collect();
    let mut weights = eq_table(&z_tile[1..], E::ONE);
    let mut tile = Vec::with_capacity(tiles);
    for &z in z_tile {
        let mut sums = [E::ZERO; MAX_DEGREE];
        for (summand, rows) in packed.iter().zip(&rows) {
            let partial = round_message(summand, rows, &weights, &lane_weights);
            for (sum, partial) in sums.iter_mut().zip(partial) {
                *sum += partial;
            }
        }
        let r = round(writer, z, &mut claim, sums);
        for (summand, rows) in packed.iter().zip(&mut rows) {
            fold_rows(rows, summand.shape.row() * parts::<P>(), r);
        }
        weights = weights.chunks(2).map(|pair| pair.iter().copied().sum()).collect();
        tile.push(r);
    }
    let scalar: Vec<_> =
        (0..key.chips.len()).map(|index| Summand::new(key, index, &challenges, fingerprint, |x| x)).collect();
    let mut rows: Vec<Vec<E>> =
        rows.into_iter().zip(&key.shapes).map(|(row, shape)| unpack::<P>(&row, shape.row())).collect();
    let mut lane = Vec::with_capacity(LOG_LANES);
    for (bound, &z) in z_lane.iter().enumerate() {
        let weights = eq_table(&z_lane[bound + 1..], E::ONE);
        let mut sums = [E::ZERO; MAX_DEGREE];
        let mut fields = vec![E::ZERO; key.message_width];
        for (summand, rows) in scalar.iter().zip(&rows).filter(|(_, rows)| !rows.is_empty()) {
            let width = summand.shape.row();
            for (pair, &weight) in rows.chunks_exact(2 * width).zip(&weights) {
                let (low, high) = pair.split_at(width);
                for (sum, value) in
                    sums.iter_mut().zip(points(summand, low, high, &mut vec![E::ZERO; width], &mut fields))
                {
                    *sum += weight * value;
                }
            }
        }
        let r = round(writer, z, &mut claim, sums);
        for (summand, rows) in scalar.iter().zip(&mut rows) {
            fold_rows(rows, summand.shape.row(), r);
        }
        lane.push(r);
    }

    // 4.4 The columns at the point.
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
    writer.send_exts(&columns);
    (RowPoint { skip, tile, lane }, columns)
}

/// Sends a round of degree 3 by its values at 0, 2 and -1 and draws the challenge.
fn round(writer: &mut Writer, z: E, claim: &mut E, [t0, t2, t_1]: [E; MAX_DEGREE]) -> E {
    let inverse = z.try_inverse().expect("a challenge is 0 with probability 2^-154");
    let t1 = (*claim - (E::ONE - z) * t0) * inverse;
    let half = F::TWO.inverse();
    let square = (t1 + t_1) * half - t0;
    let odd = (t1 - t_1) * half;
    let cube = ((t2 - t0 - square.double().double()) * half - odd) * F::from_u8(3).inverse();
    let linear = odd - cube;
    writer.send_exts(&[linear, square, cube]);
    let r = writer.challenge();
    *claim = horner(&[t0, linear, square, cube], r);
    r
}

/// The Lagrange polynomials of the nodes `0 .. SKIP` at `node`.
fn node_weights(node: usize) -> [F; SKIP] {
    lagrange(SKIP, F::from_usize(node)).try_into().expect("as many as nodes")
}

/// The first message at the nodes `0 .. SKIP`: constraints are 0 there, and the fractions are known.
fn leaf_values<P: Lanes, A: Chip>(
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
fn fold_skip<P: Lanes>(width: usize, part: &Part, cells: &[F], at: &[E; SKIP]) -> Vec<Quintic<P>> {
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

/// `G` at 0, 2 and -1 on the line through two rows.
#[inline(always)]
fn points<A: Chip, X>(
    summand: &Summand<'_, A, X>,
    low: &[X],
    high: &[X],
    row: &mut [X],
    fields: &mut [X],
) -> [X; MAX_DEGREE]
where
    X: Algebra<F> + Extends<X> + Send + Sync,
{
    let t0 = summand.of(low, fields);
    for ((cell, &low), &high) in row.iter_mut().zip(low).zip(high) {
        *cell = high.double() - low;
    }
    let t2 = summand.of(row, fields);
    for ((cell, &low), &high) in row.iter_mut().zip(low).zip(high) {
        *cell = low.double() - high;
    }
    [t0, t2, summand.of(row, fields)]
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

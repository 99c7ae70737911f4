//! Steps 5 and 6: the columns' values become one claim on the stack, which WHIR proves.
//!
//! The stack: chips one after another, each as sub-blocks of `2^k` columns (the binary digits of its width, greatest
//! first); in a block of a chip with `H` tiles, the cell of row `128 tile + r`, column `j`, is number
//! `128 (start + 2^k tile + j) + r`. A *strip* is the 128 cells of a column in a tile.
//!
//! The preprocessed columns have a stack `G` of their own, laid out alike and committed in the key. Where there is one, both are
//! one polynomial `F(b, x) = (1 - b) T(x) + b G(x)` with the weight `(1 - b) W(x) + b W'(x)`, and `b` is the first variable that
//! is bound. Both oracles have the same domain and are opened at the same places; from the first fold on there is one.

use alloc::vec::Vec;

use hearth_soundness::stark::{LOG_LANES, LOG_TILE};
use p3_field::{PrimeCharacteristicRing, TwoAdicField};

use crate::chip::Chip;
use crate::context::Context;
use crate::error::{Check, Rejection};
use crate::field::{DEGREE, Extends, F};
use crate::key::{ChipShape, Key};
use crate::merkle::{Digest, open, read_cap};
use crate::poly::{eq_table, eq1, evaluate, lagrange, powers};
use crate::step::Step;
use crate::sumcheck::product_round;
use crate::transcript::Transcript;
use crate::zerocheck::{RowPoint, SKIP};

/// The weight of the cells of both stacks in the claim.
pub struct Weight<X> {
    /// The zerocheck's point.
    pub point: RowPoint<X>,
    /// Batches the columns of a block.
    pub tau: Vec<X>,
    /// One power of mu per block; those of preprocessed columns come last.
    pub mu: Vec<X>,
}

/// The blocks of a stack in their order, each with its chip.
pub fn blocks(shapes: &[ChipShape], of_key: bool) -> impl Iterator<Item = (usize, usize)> {
    let of = move |shape: &ChipShape| if of_key { shape.preprocessed_blocks.clone() } else { shape.blocks.clone() };
    shapes.iter().enumerate().flat_map(move |(chip, shape)| of(shape).into_iter().map(move |bits| (chip, bits)))
}

impl<X: PrimeCharacteristicRing + Copy> Weight<X> {
    /// Draws the challenges that batch the columns, and batches their values.
    ///
    /// Error: (greatest number of bits of a width + number of blocks) / |E|.
    pub fn draw<C: Context<Ext = X>, A: Chip>(
        context: &mut C,
        transcript: &mut Transcript<C>,
        key: &Key<A>,
        point: RowPoint<X>,
        columns: &[X],
    ) -> (Self, X) {
        let tau = transcript.challenges(context, key.block_bits());
        let mu = transcript.challenge(context);
        let all: Vec<usize> =
            [false, true].into_iter().flat_map(|of_key| blocks(&key.shapes, of_key)).map(|(_, bits)| bits).collect();
        let mu = powers(mu, all.len());
        let mut claim = X::ZERO;
        let mut rest = columns;
        for (bits, &mu) in all.into_iter().zip(&mu) {
            let (block, after) = rest.split_at(1 << bits);
            rest = after;
            claim += mu * evaluate(block.to_vec(), &tau[..bits]);
        }
        (Self { point, tau, mu }, claim)
    }
}

/// The multilinear extension of the weight at `rho`, whose variables are those of a cell's number; `joint` is the value of the
/// variable that tells the stacks apart, if there are two.
fn evaluate_weight<C: Context, A: Chip>(
    context: &mut C,
    key: &Key<A>,
    weight: &Weight<C::Ext>,
    heights: &[C::Base],
    joint: Option<C::Ext>,
    rho: &[C::Ext],
) -> Result<C::Ext, Rejection> {
    let (in_tile, strip) = rho.split_at(LOG_TILE);
    let lanes: C::Ext = weight.point.lane.iter().zip(in_tile).map(|(&r, &x)| eq1(r, x)).product();
    let skip: C::Ext = lagrange(SKIP, weight.point.skip)
        .into_iter()
        .zip(eq_table(&in_tile[LOG_LANES..], C::Ext::ONE))
        .map(|(l, e)| l * e)
        .sum();

    let (of_trace, of_key) = weight.mu.split_at(blocks(&key.shapes, false).count());
    let mut strips = strip_weight(context, weight, of_trace, blocks(&key.shapes, false), heights, strip)?;
    if let Some(b) = joint {
        let preprocessed = strip_weight(context, weight, of_key, blocks(&key.shapes, true), heights, strip)?;
        strips += b * (preprocessed - strips);
    }
    Ok(lanes * skip * strips)
}

/// The part of the weight that depends on the strip, of a stack of these blocks, whose powers of mu are `mu`.
fn strip_weight<C: Context>(
    context: &mut C,
    weight: &Weight<C::Ext>,
    mu: &[C::Ext],
    blocks: impl Iterator<Item = (usize, usize)>,
    heights: &[C::Base],
    strip: &[C::Ext],
) -> Result<C::Ext, Rejection> {
    let mut strips = C::Ext::ZERO;
    let mut start = C::Base::ZERO;
    let mut start_bits = context.range(Check::Area, start, strip.len() + 1)?;
    for ((chip, bits), &mu) in blocks.zip(mu) {
        start += heights[chip] * F::from_usize(1 << bits);
        let end_bits = context.range(Check::Area, start, strip.len() + 1)?;
        let coordinates: Vec<C::Ext> = weight.tau[..bits].iter().chain(&weight.point.tile).copied().collect();
        strips += mu * interval(context, &coordinates, strip, &start_bits, &end_bits);
        start_bits = end_bits;
    }
    Ok(strips)
}

/// `sum_x eq(rho, x) eq(z, x - start) [start <= x < end]` over all `x`, by a read-once branching program over the bits,
/// lowest first, whose state is (carry of `start + y = x`, `x < end` so far). `z` has a coordinate for each bit of `y`;
/// missing ones are 0, and bits of `y` beyond those of `x` are 0.
fn interval<C: Context>(context: &mut C, z: &[C::Ext], rho: &[C::Ext], start: &[C::Base], end: &[C::Base]) -> C::Ext {
    let zero = C::Ext::ZERO;
    let mut state = [[C::Ext::ONE, zero], [zero, zero]];
    for (i, &x) in rho.iter().enumerate() {
        let y = z.get(i).copied().unwrap_or(zero);
        state = context.interval_step(&state, x, y, start[i], end[i]);
    }
    let (t, e) = (start[rho.len()], end[rho.len()]);
    let inside = state[0][1] + state[0][0].times(e);
    let inside = inside - inside.times(t);
    // Bits of y beyond those of x are 0.
    z.iter().skip(rho.len()).fold(inside, |value, &z| value - value * z)
}

/// An oracle: a committed codeword.
struct Oracle<C: Context> {
    cap: Vec<Digest<C>>,
}

/// The claims of an oracle's queries on the next polynomial.
struct QueryClaims<C: Context> {
    /// Variables bound before them.
    bound: usize,
    /// Evaluation points.
    points: Vec<C::Base>,
    /// Batching challenge: claim `i` has weight `gamma^(i + 1)`.
    gamma: C::Ext,
}

/// Verifies `sum_x T(x) W(x) = claim` for the oracle with the cap `cap`, or `sum_x T(x) W(x) + G(x) W'(x) = claim` where the key
/// has the cap `preprocessed` of a second one: step 6.
///
/// Errors, in the unique decoding regime (distance (1 - rate) / 2): each folding challenge, that of `b` among them,
/// (distance x domain + 1) / |E| and 2 / |E|, divided by 2 to its grinding; the queries of an oracle, (1 - distance)^queries, divided likewise;
/// gamma, queries / |E|; the last rounds, 2 / |E| each.
///
/// # Errors
/// A [`Rejection`].
#[allow(clippy::too_many_arguments)] // the claim's parts
pub fn verify<C: Context, A: Chip>(
    context: &mut C,
    transcript: &mut Transcript<C>,
    key: &Key<A>,
    heights: &[C::Base],
    [cap, preprocessed]: [Vec<Digest<C>>; 2],
    weight: &Weight<C::Ext>,
    mut claim: C::Ext,
) -> Result<(), Rejection> {
    let params = &key.params;
    let mut rho: Vec<C::Ext> = Vec::with_capacity(params.log_cells);
    let mut oracle = Oracle::<C> { cap };
    let mut last = Vec::new();
    let mut queries = Vec::with_capacity(params.oracles());
    // 6.0 Bind the variable that tells trace and key apart.
    let mut joint = None;
    if key.is_joint() {
        context.enter(Step::Folds);
        let (reduced, b) = product_round(context, transcript, claim, params.fold_grinding)?;
        claim = reduced;
        joint = Some(b);
    }
    for k in 0..params.oracles() {
        // 6.1 Bind the next variables.
        context.enter(Step::Folds);
        let before = rho.len();
        for _ in 0..params.folds[k] {
            let (reduced, r) = product_round(context, transcript, claim, params.fold_grinding)?;
            claim = reduced;
            rho.push(r);
        }
        // 6.2 The next oracle, or what is left in the clear.
        let next = if k + 1 < params.oracles() {
            Oracle { cap: read_cap(context, transcript, params.log_cap(k + 1))? }
        } else {
            last = transcript.read_exts(context, 1 << params.variables(k + 1))?;
            Oracle { cap: Vec::new() }
        };
        // 6.3 Queries: the folded leaf is the value of the next polynomial's codeword.
        context.enter(Step::Queries);
        transcript.grind(context, params.query_grinding)?;
        let log_domain = params.log_domain(k);
        let indexes: Vec<C::Base> = (0..params.queries[k]).map(|_| transcript.squeeze(context)).collect();
        let fold = eq_table(&rho[before..], C::Ext::ONE);
        let indexes: Vec<Vec<C::Base>> = indexes.into_iter().map(|index| context.low_bits(index, log_domain)).collect();
        let points: Vec<C::Base> = indexes.iter().map(|bits| domain_point::<C>(bits)).collect();
        let values: Vec<C::Ext> = if k == 0 {
            let value = |leaf: &Vec<C::Base>| fold.iter().zip(leaf).map(|(weight, &cell)| weight.times(cell)).sum();
            let mut values: Vec<C::Ext> = open(context, &oracle.cap, &indexes, fold.len())?.iter().map(value).collect();
            if let Some(b) = joint {
                let leaves = open(context, &preprocessed, &indexes, fold.len())?;
                for (of_trace, of_key) in values.iter_mut().zip(leaves.iter().map(value)) {
                    *of_trace += b * (of_key - *of_trace);
                }
            }
            values
        } else {
            let leaves = open(context, &oracle.cap, &indexes, fold.len() * DEGREE)?;
            let value = |leaf: &Vec<C::Base>| {
                let cells = leaf.chunks(DEGREE).map(|c| context.ext(core::array::from_fn(|i| c[i])));
                fold.iter().zip(cells).map(|(&weight, cell)| weight * cell).sum::<C::Ext>()
            };
            leaves.iter().map(value).collect()
        };
        // 6.4 Batch their claims with the one that is left.
        context.enter(Step::QueryBatching);
        let gamma = transcript.challenge(context);
        let mut power = gamma;
        for value in values {
            claim += power * value;
            power *= gamma;
        }
        queries.push(QueryClaims::<C> { bound: rho.len(), points, gamma });
        oracle = next;
    }

    // 6.5 All claims on the last polynomial, which is in the clear, become one.
    context.enter(Step::LastRounds);
    for _ in 0..params.variables(params.oracles()) {
        let (reduced, r) = product_round(context, transcript, claim, 0)?;
        claim = reduced;
        rho.push(r);
    }
    let value = evaluate(last, &rho[params.log_cells - params.variables(params.oracles())..]);

    // 6.6 The weight of all claims at the point.
    context.enter(Step::StackWeight);
    let mut total = evaluate_weight(context, key, weight, heights, joint, &rho)?;
    context.enter(Step::QueryWeights);
    for claims in &queries {
        let mut power = claims.gamma;
        for &point in &claims.points {
            total += power * power_weight(context, point, &rho[claims.bound..]);
            power *= claims.gamma;
        }
    }
    context.assert_zero(Check::Opening, claim - value * total)
}

/// The point of leaf number `bits` (lowest first): the domain's generator to the power of the reversed number.
fn domain_point<C: Context>(bits: &[C::Base]) -> C::Base {
    let mut root = F::two_adic_generator(bits.len());
    let mut point = C::Base::ONE;
    for &bit in bits.iter().rev() {
        point *= bit * (root - F::ONE) + F::ONE;
        root = root.square();
    }
    point
}

/// The multilinear extension of `x -> y^x` at `rho`: `prod_i (1 + rho_i (y^(2^i) - 1))`.
fn power_weight<C: Context>(context: &mut C, y: C::Base, rho: &[C::Ext]) -> C::Ext {
    rho.iter().fold((C::Ext::ONE, y), |(product, power), &rho| context.power_step(product, rho, power)).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{E, Quintic};
    use crate::native::Native;

    fn element(seed: u32) -> E {
        Quintic(core::array::from_fn(|i| F::from_u32(seed * 7919 + i as u32 * 104_729 + 11)))
    }

    /// The branching program against the sum that it stands for, for all intervals of eight places.
    #[test]
    fn interval_is_its_sum() {
        let mut context = Native::new(&[]);
        let rho: Vec<E> = (0..3).map(element).collect();
        let at_x = eq_table(&rho, E::ONE);
        for coordinates in [1, 3, 4] {
            let z: Vec<E> = (10..10 + coordinates).map(element).collect();
            let at_y = eq_table(&z, E::ONE);
            for start in 0..=8u32 {
                for end in start..=8 {
                    let sum: E =
                        (start..end).filter_map(|x| Some(at_x[x as usize] * *at_y.get((x - start) as usize)?)).sum();
                    let [start, end] = [start, end].map(|t| context.low_bits(F::from_u32(t), 4));
                    assert_eq!(interval(&mut context, &z, &rho, &start, &end), sum);
                }
            }
        }
    }
}

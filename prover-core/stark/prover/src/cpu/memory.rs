//! How much memory a proof takes at most: a function of the key, whatever the heights.

use hearth_machine::hash::Digest;
use hearth_soundness::stark::{LOG_LANES, LOG_TILE, StarkParams};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::key::{ChipShape, Key};
use hearth_stark_verifier::zerocheck::SKIP;

use super::CpuDevice;

/// A numerator and a denominator.
const FRACTION: u64 = 2 * EXT;
const EXT: u64 = size_of::<E>() as u64;
const BASE: u64 = size_of::<F>() as u64;

impl<P> CpuDevice<P> {
    /// Bytes that a proof under a key takes at most, its stack included, but for what each thread works on at a time (some rows,
    /// well below 1 MiB).
    pub fn memory_bound<A: Chip>(key: &Key<A>) -> u64 {
        let params = &key.params;
        let cells = 1u64 << params.log_cells;
        let stacks = if key.is_joint() { 2 } else { 1 };
        // Those of the key are kept beside the stack that they are copied to.
        let stack = BASE * cells * (2 * stacks - 1);
        let oracle = stacks * oracle(params, 0);
        let fractions = fractions(key);
        // Step 3: the tree is twice its leaves. Then a layer's sumcheck has half of what is above the layer at most.
        let groups = key.tree_variables() as u64 * key.shapes.iter().map(|shape| shape.slots() as u64).sum::<u64>();
        let spread = 1u64 << (key.log_slots + LOG_LANES);
        let tree = FRACTION * (2 * fractions + (groups << LOG_LANES) + 4 * spread);
        // Step 4: the leaves until the first message is made, then the rows with their skip variables bound.
        let fixed = |shape: &ChipShape| (shape.fixed.len() * shape.fixed_rows.unwrap_or(0)) as u64;
        let rows = stacks * cells + key.shapes.iter().map(fixed).sum::<u64>();
        let zerocheck = (FRACTION * fractions).max(EXT * rows / SKIP as u64);
        // Weights of rows: the tables and their sums.
        let weights = (3 * EXT) << (params.log_rows - LOG_LANES);
        stack + oracle + tree.max(zerocheck).max(opening(params, stacks)) + weights + proof(params)
    }
}

/// An oracle: its codeword, all digests up to the cap, and the roots of unity.
fn oracle(params: &StarkParams, number: usize) -> u64 {
    let domain = 1u64 << params.log_domain(number);
    domain * (BASE * leaf(params, number) + 2 * size_of::<Digest>() as u64 + 2 * BASE)
}

/// Elements of a leaf.
fn leaf(params: &StarkParams, number: usize) -> u64 {
    (if number == 0 { 1 } else { DEGREE as u64 }) << params.folds[number]
}

/// Step 6: the strips' weights; what is left after the first fold, four times over while it is made; then the next oracles with the
/// coefficients that they are made of, until the last.
fn opening(params: &StarkParams, stacks: u64) -> u64 {
    let strips = (stacks * EXT) << (params.log_cells - LOG_TILE);
    let left = |k| EXT << params.variables(k);
    let folded = strips + 5 * left(1);
    let next = (1..params.oracles()).map(|k| 2 * left(1) + 2 * left(k) + oracle(params, k) + oracle(params, 1));
    next.fold(folded, u64::max)
}

/// The proof while it grows, and opened leaves beside it.
fn proof(params: &StarkParams) -> u64 {
    let opened = (0..params.oracles()).map(|k| {
        let path = params.log_domain(k) * size_of::<Digest>();
        params.queries[k] as u64 * (BASE * leaf(params, k) + path as u64)
    });
    4 * opened.sum::<u64>() + (1 << 20)
}

/// Fractions of a trace that has as many as fit into the stack: after the tables of constant height, those with most slots for
/// their cells.
fn fractions<A: Chip>(key: &Key<A>) -> u64 {
    let (fixed, mut open): (Vec<&ChipShape>, Vec<&ChipShape>) =
        key.shapes.iter().partition(|shape| shape.fixed_rows.is_some());
    let rows = |shape: &ChipShape| shape.fixed_rows.unwrap_or(0) as u64;
    let mut fractions: u64 = fixed.iter().map(|shape| rows(shape) * shape.slots() as u64).sum();
    let taken: u64 = fixed.iter().map(|shape| rows(shape) * shape.committed() as u64).sum();
    let mut left = (1u64 << key.params.log_cells).saturating_sub(taken);
    // By slots / columns, greatest first.
    open.sort_by_key(|shape| core::cmp::Reverse(((shape.slots() as u64) << 32) / shape.committed().max(1) as u64));
    for shape in open {
        let columns = shape.committed().max(1) as u64;
        let rows = (left / columns).min(1 << key.params.log_rows);
        fractions += rows * shape.slots() as u64;
        left -= rows * columns;
    }
    fractions
}

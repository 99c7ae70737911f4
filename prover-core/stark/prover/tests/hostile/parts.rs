//! Where what is in a proof.

use std::ops::Range;

use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::DEGREE;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::zerocheck::SKIP_VALUES;

/// Elements of a digest.
pub const DIGEST: usize = 9;

/// A part of a proof: its kind and its words.
pub type Part = (&'static str, Range<usize>);

/// The parts of the proofs of a key, in their order.
pub fn parts<A: Chip>(key: &Key<A>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut add = |name, words: usize| {
        let first = parts.last().map_or(0, |(_, part)| part.end);
        parts.push((name, first..first + words));
    };
    let params = &key.params;
    add("heights", key.shapes.iter().filter(|shape| shape.fixed_rows.is_none()).count());
    add("cap", DIGEST << params.log_cap(0));
    add("bus nonce", 1);
    add("sum", 2 * DEGREE);
    for layer in 0..key.tree_variables() {
        add("layer rounds", layer * 2 * DEGREE);
        add("layer halves", 4 * DEGREE);
    }
    add("constraint nonce", 1);
    add("skip", SKIP_VALUES * DEGREE);
    add("zerocheck rounds", (params.log_rows - 3) * 3 * DEGREE);
    add("columns", key.columns() * DEGREE);
    for k in 0..params.oracles() {
        for _ in 0..params.folds[k] {
            add("fold round", 2 * DEGREE);
            add("fold nonce", 1);
        }
        if k + 1 < params.oracles() {
            add("next cap", DIGEST << params.log_cap(k + 1));
        } else {
            add("last polynomial", DEGREE << params.variables(k + 1));
        }
        add("query nonce", 1);
        let width = if k == 0 { 1 } else { DEGREE } << params.folds[k];
        let path = DIGEST * (params.log_domain(k) - params.log_cap(k));
        for _ in 0..params.queries[k] {
            add("leaf", width);
            add("path", path);
        }
    }
    add("last rounds", params.variables(params.oracles()) * 2 * DEGREE);
    parts
}

/// The parts of a kind.
pub fn of_kind<A: Chip>(key: &Key<A>, kind: &str) -> Vec<Range<usize>> {
    parts(key).into_iter().filter(|(name, words)| *name == kind && !words.is_empty()).map(|(_, words)| words).collect()
}

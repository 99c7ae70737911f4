//! The error terms of our own shard protocol, from the constants that prover and verifier compile.
//!
//! Everything is proven in the unique decoding regime: a committed word is within (1 - rate) / 2 of at most one
//! codeword. Nothing rests on a conjecture, and grinding counts at its own site only.

use alloc::vec::Vec;

use crate::stark::{LOG_SKIP, LOG_TILE, MAX_DEGREE, StarkParams};

/// log2 of the field's order p = 2^31 - 2^24 + 1.
const LOG_P: f64 = 30.988_684_687_449_26;
/// log2 of the challenge field's order.
pub const LOG_E: f64 = 5.0 * LOG_P;
/// Field elements of a digest.
const DIGEST: f64 = 9.0;

/// What the terms need to know of a key.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Fractions of all rows of all tables, at most.
    pub fractions: f64,
    /// Variables of the fractions' tree.
    pub tree_variables: usize,
    /// Constraints of the chip with most of them.
    pub constraints: usize,
    /// Chips.
    pub chips: usize,
    /// Sub-blocks of columns.
    pub blocks: usize,
    /// log2 of the widest sub-block.
    pub block_bits: usize,
}

/// A challenge, or several alike, and the probability that it saves a false statement.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Which challenge.
    pub name: &'static str,
    /// The oracle it belongs to.
    pub oracle: Option<usize>,
    /// -log2 of the error, grinding included.
    pub bits: f64,
    /// Grinding at this site.
    pub grinding: usize,
}

/// All terms of a proof.
pub struct Report {
    /// One per challenge or group of challenges.
    pub terms: Vec<Term>,
}

impl Report {
    /// The terms of proofs with these parameters.
    #[must_use]
    pub fn new(params: &StarkParams, facts: &Facts) -> Self {
        let mut terms = Vec::new();
        let mut add = |name, oracle, error: f64, grinding: usize| {
            terms.push(Term { name, oracle, bits: grinding as f64 - libm::log2(error), grinding });
        };
        let field = |numerator: f64| numerator * libm::exp2(-LOG_E);
        // 2. A sum of fractions with N distinct linear denominators is a polynomial of degree below N over the product of
        //    N denominators: it vanishes, or a denominator does, with 2 N / |E|.
        add("fingerprints", None, field(2.0 * facts.fractions), params.bus_grinding);
        // 3. Each layer with v variables: v rounds of degree 2, one challenge to batch, one to fold.
        let variables = facts.tree_variables as f64;
        add("fraction tree", None, field(variables * (variables - 1.0) + 2.0 * variables), 0);
        // 4. Powers of alpha, powers of gamma, lambda, lambda'.
        add(
            "constraint batching",
            None,
            field((facts.constraints + facts.chips + 2) as f64),
            params.constraint_grinding,
        );
        // The zerocheck's point is the leaves': a failed constraint may vanish at it, once per row variable.
        add("zerocheck point", None, field(params.log_rows as f64), 0);
        let skip = MAX_DEGREE * ((1 << LOG_SKIP) - 1);
        let rounds = MAX_DEGREE * (params.log_rows - LOG_SKIP);
        add("zerocheck", None, field((skip + rounds) as f64), 0);
        // 5. tau is multilinear, mu a power.
        add("column batching", None, field((facts.block_bits + facts.blocks) as f64), 0);
        // 6. Each fold of a word of n symbols at distance d: (d n + 1) / |E| for the proximity gap (BCHKS25, theorem 1.3)
        //    and 2 / |E| for the sumcheck's round.
        for k in 0..params.oracles() {
            let distance = (1.0 - libm::exp2(-(params.log_inv_rates[k] as f64))) / 2.0;
            let symbols = libm::exp2(params.log_domain(k) as f64);
            let folds = params.folds[k] as f64;
            add("folds", Some(k), folds * field(distance * symbols + 3.0), params.fold_grinding);
            let queries = params.queries[k] as f64;
            // p - 1 is a multiple of 2^24: the low bits of an element are uniform but for one more case of 0.
            let bias = 2.0 * libm::exp2(-LOG_P);
            let miss = libm::pow((1.0 - distance) * (1.0 + bias), queries);
            add("queries", Some(k), miss, params.query_grinding);
            add("query batching", Some(k), field(queries), 0);
        }
        add("last rounds", None, field(2.0 * params.variables(params.oracles()) as f64), 0);
        let _tiles_are_whole = LOG_TILE;
        Self { terms }
    }

    /// (A) -log2 of the union of all terms.
    #[must_use]
    pub fn union_bits(&self) -> f64 {
        -libm::log2(self.terms.iter().map(|term| libm::exp2(-term.bits)).sum())
    }

    /// (A) of `count` such proofs together.
    #[must_use]
    pub fn union_bits_of(&self, count: usize) -> f64 {
        self.union_bits() - libm::log2(count as f64)
    }

    /// (B) the random-oracle bound: each query to the oracle meets one challenge, so the worst term decides, however many
    /// proofs there are.
    #[must_use]
    pub fn worst_bits(&self) -> f64 {
        self.terms.iter().map(|term| term.bits).fold(f64::INFINITY, f64::min)
    }
}

/// Generic collisions of the digests: half of 9 log2 p. The design claims 128.
pub const COLLISION_BITS: f64 = DIGEST * LOG_P / 2.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SizeClass;

    /// The field's order, and the design's figures for a key like the one of the notes.
    #[test]
    fn figures_of_the_design() {
        assert!((libm::log2(f64::from((1u32 << 31) - (1 << 24) + 1)) - LOG_P).abs() < 1e-12);
        let facts = Facts {
            fractions: 16_777_216.0,
            tree_variables: 29,
            constraints: 2000,
            chips: 28,
            blocks: 90,
            block_bits: 10,
        };
        let report = Report::new(&StarkParams::of(SizeClass::Real24), &facts);
        let bits = |name: &str, oracle| {
            let found = report.terms.iter().find(|term| term.name == name && term.oracle == oracle);
            found.unwrap_or_else(|| panic!("no term {name}")).bits
        };
        assert!((bits("queries", Some(0)) - 147.1).abs() < 0.1);
        assert!((bits("queries", Some(1)) - 147.5).abs() < 0.1);
        assert!((bits("queries", Some(2)) - 147.0).abs() < 0.1);
        assert!((bits("folds", Some(0)) - 145.4).abs() < 0.1);
        assert!((bits("fraction tree", None) - 145.2).abs() < 0.1);
        assert!(report.union_bits() > 142.0, "{}", report.union_bits());
    }

    /// Each constant counts: a weaker one lowers the total.
    #[test]
    fn every_constant_counts() {
        let facts = Facts {
            fractions: 16_777_216.0,
            tree_variables: 29,
            constraints: 2000,
            chips: 28,
            blocks: 90,
            block_bits: 10,
        };
        let params = StarkParams::of(SizeClass::Real24);
        let total = |params: StarkParams| Report::new(&params, &facts).union_bits();
        let full = total(params);
        assert!(total(StarkParams { bus_grinding: 15, ..params }) < full);
        assert!(total(StarkParams { constraint_grinding: 3, ..params }) < full);
        assert!(total(StarkParams { fold_grinding: 9, ..params }) < full);
        assert!(total(StarkParams { query_grinding: 17, ..params }) < full);
        assert!(total(StarkParams { queries: &[310, 191, 135], ..params }) < full);
        assert!(total(StarkParams { queries: &[311, 190, 135], ..params }) < full);
        assert!(total(StarkParams { queries: &[311, 191, 134], ..params }) < full);
        assert!(total(StarkParams { log_inv_rates: &[1, 2, 4], ..params }) < full);
    }
}

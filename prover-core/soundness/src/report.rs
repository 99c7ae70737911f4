//! The error terms of our own shard protocol, from the constants that prover and verifier compile.
//!
//! Everything is proven in the unique decoding regime: a committed word is within (1 - rate) / 2 of at most one
//! codeword; terms are for a radius a little below that ([`radius`]), where the theorem on folds holds. Nothing rests on a conjecture, and grinding counts at its own site only.

use alloc::vec::Vec;

use crate::stark::{LOG_SKIP, MAX_DEGREE, StarkParams};

/// log2 of the field's order p = 2^31 - 2^24 + 1.
const LOG_P: f64 = 30.988_684_687_449_26;
/// Degree of the challenge field.
pub const EXTENSION_DEGREE: usize = 5;
/// log2 of the challenge field's order.
pub const LOG_E: f64 = EXTENSION_DEGREE as f64 * LOG_P;
/// Field elements of a digest, and of the transcript's capacity.
pub const DIGEST_ELEMENTS: usize = 9;

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
    /// Whether a second stack, of preprocessed columns, is opened together with the first: one more fold of the first oracle.
    pub is_joint: bool,
}

impl Facts {
    /// Folds of oracle `k`.
    fn folds(&self, params: &StarkParams, k: usize) -> usize {
        params.folds[k] + usize::from(self.is_joint && k == 0)
    }
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

/// Nonces of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grinding {
    /// Before which challenges.
    pub name: &'static str,
    /// The oracle they belong to.
    pub oracle: Option<usize>,
    /// How many nonces.
    pub sites: usize,
    /// Bits of each.
    pub bits: usize,
}

/// All terms of a proof.
#[derive(Clone, Debug)]
pub struct Report {
    /// One per challenge or group of challenges.
    pub terms: Vec<Term>,
    /// The work that the prover is made to do, each credited to the term of its name alone.
    pub grinding: Vec<Grinding>,
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
        // 4. A constraint that some row breaks has a multilinear extension that is not zero: at the leaves' point, drawn
        //    after the stack is fixed, it is zero with probability (row variables) / |E|.
        add("zerocheck point", None, field(params.log_rows as f64), 0);
        // Powers of alpha, powers of gamma, lambda, lambda'.
        add(
            "constraint batching",
            None,
            field((facts.constraints + facts.chips + 2) as f64),
            params.constraint_grinding,
        );
        let skip = MAX_DEGREE * ((1 << LOG_SKIP) - 1);
        let rounds = MAX_DEGREE * (params.log_rows - LOG_SKIP);
        add("zerocheck", None, field((skip + rounds) as f64), 0);
        // 5. tau is multilinear, mu a power.
        add("column batching", None, field((facts.block_bits + facts.blocks) as f64), 0);
        // 6. Each fold of a word of n symbols at distance d: (d n + 1) / |E| for the proximity gap (BCHKS25, corollary 1.4)
        //    and 2 / |E| for the sumcheck's round.
        for k in 0..params.oracles() {
            let symbols = libm::exp2(params.log_domain(k) as f64);
            let distance = radius(params.log_inv_rates[k], symbols);
            let folds = facts.folds(params, k) as f64;
            add("folds", Some(k), folds * field(distance * symbols + 3.0), params.fold_grinding);
            let queries = params.queries[k] as f64;
            // p - 1 is a multiple of 2^24: the low bits of an element are uniform but for one more case of 0.
            let bias = 2.0 * libm::exp2(-LOG_P);
            let miss = libm::pow((1.0 - distance) * (1.0 + bias), queries);
            add("queries", Some(k), miss, params.query_grinding);
            add("query batching", Some(k), field(queries), 0);
        }
        add("last rounds", None, field(2.0 * params.variables(params.oracles()) as f64), 0);
        let site = |name, oracle, sites, bits| Grinding { name, oracle, sites, bits };
        let mut grinding = alloc::vec![
            site("fingerprints", None, 1, params.bus_grinding),
            site("constraint batching", None, 1, params.constraint_grinding),
        ];
        for k in 0..params.oracles() {
            grinding.push(site("folds", Some(k), facts.folds(params, k), params.fold_grinding));
            grinding.push(site("queries", Some(k), 1, params.query_grinding));
        }
        Self { terms, grinding }
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

    /// Permutations that all nonces of a proof take, on average.
    #[must_use]
    pub fn ground_permutations(&self) -> f64 {
        self.grinding.iter().map(|site| site.sites as f64 * libm::exp2(site.bits as f64)).sum()
    }

    /// (B) the random-oracle bound: each query to the oracle meets one challenge, so the worst term decides, however many
    /// proofs there are.
    #[must_use]
    pub fn worst_bits(&self) -> f64 {
        self.terms.iter().map(|term| term.bits).fold(f64::INFINITY, f64::min)
    }
}

/// The greatest radius for which BCHKS25, corollary 1.4, bounds the challenges that fold two words into one that is closer than
/// they are by (radius symbols + 1): `delta / 2 - 3 / (delta symbols)` with the code's distance `delta = 1 - rate`; 0 where there is none.
fn radius(log_inv_rate: usize, symbols: f64) -> f64 {
    let delta = 1.0 - libm::exp2(-(log_inv_rate as f64));
    (delta / 2.0 - 3.0 / (delta * symbols)).max(0.0)
}

/// Generic collisions of the digests: half of 9 log2 p. The design claims 128.
pub const COLLISION_BITS: f64 = DIGEST_ELEMENTS as f64 * LOG_P / 2.0;

#[cfg(test)]
mod tests;

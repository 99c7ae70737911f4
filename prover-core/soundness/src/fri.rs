//! Parameters of the FRI backend, and the error terms that follow from them.

use crate::{DIGEST_COLLISION_BITS, SizeClass};

/// Parameters of FRI for one size class.
///
/// In the unique decoding regime one query at rate 1/2 is worth log2(4/3) = 0.415 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FriParams {
    /// Log2 of the inverse rate.
    pub log_blowup: usize,
    /// Log2 of the length of the last polynomial, sent in the clear.
    pub log_final_poly_len: usize,
    /// Log2 of the greatest folding arity.
    pub max_log_arity: usize,
    /// Number of queries.
    pub num_queries: usize,
    /// Grinding before each folding challenge, in bits.
    pub commit_pow_bits: usize,
    /// Grinding before the queries, in bits.
    pub query_pow_bits: usize,
}

/// Log2 of the number of challenges: 5 log2(p).
const LOG_CHALLENGES: f64 = 154.943;
/// Out-of-domain points of a column: the point and its next row.
const POINTS: f64 = 2.0;

/// What the error terms need to know of one table of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FriTable {
    /// Log2 of its rows.
    pub log_height: u8,
    /// Constraints of the chip, those of its look-ups included.
    pub constraints: usize,
    /// Highest degree of a constraint.
    pub degree: usize,
    /// Openings: pairs of a committed column over the base field and a point that it is opened at.
    pub openings: usize,
    /// Messages of a row.
    pub messages: usize,
}

/// One way to cheat and the bits that stand against it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FriTerm {
    /// Which step of the proof system the term belongs to.
    pub label: &'static str,
    /// Minus log2 of the probability of success.
    pub bits: f64,
}

impl FriParams {
    /// The parameters of a class.
    #[must_use]
    pub const fn of(_class: SizeClass) -> Self {
        Self {
            log_blowup: 1,
            log_final_poly_len: 5,
            max_log_arity: 3,
            num_queries: 284,
            commit_pow_bits: 0,
            query_pow_bits: 16,
        }
    }

    /// The greatest length of a proof in bytes: every query opens a row of every table, some 10,000 columns in all.
    #[must_use]
    pub const fn max_proof_bytes(_class: SizeClass) -> usize {
        16 << 20
    }

    /// The error terms of one proof in the unique decoding regime, where every list of codewords has one entry.
    ///
    /// `widest` is the greatest number of fields of a message. Every term is a union over all tables or all rounds; `|F|` is the
    /// number of challenges, `k` the rows of a table, `n = 2^log_blowup k`.
    ///
    /// | term | bound |
    /// |---|---|
    /// | messages | `N (W + 2) / F`, `N` messages of `W` fields in all tables: LogUp (ePrint 2022/1530), vanishing denominators included |
    /// | constraints | one power of a challenge per constraint: their number `/ F` |
    /// | out of domain | `(d (k + 1) + k - 1) / F`, `d` the degree (ethSTARK, ePrint 2021/582) |
    /// | batching | `(openings - 1) n / F` for the columns of each height (Theorem 1.2 of ePrint 2020/654) |
    /// | folding | a fold by `a` that takes in a lower table is a curve of degree `a`: at most `a n / F` per round; the domains at least halve, so their sum is below `2 n` |
    /// | queries | `(1 - distance)^queries`, `distance = (1 - (k + 2) / n) / 2` at the least height, and the grinding before them |
    /// | hash collision | half of a digest |
    #[must_use]
    pub fn terms(&self, tables: &[FriTable], widest: usize) -> [FriTerm; 7] {
        let over_challenges = |count: f64| LOG_CHALLENGES - libm::log2(count.max(1.0));
        let blowup = f64::from(1u32 << self.log_blowup);
        let sum = |part: &dyn Fn(&FriTable) -> f64| tables.iter().map(part).sum::<f64>();
        let rows = |table: &FriTable| libm::exp2(f64::from(table.log_height));

        let messages = sum(&|table| table.messages as f64 * rows(table)) * (widest as f64 + 2.0);
        let constraints = sum(&|table| table.constraints as f64);
        // p3 splits the quotient into chunks of k coefficients; with at most d of them the first bound is the greater one.
        let out_of_domain = sum(&|table| table.degree as f64 * (rows(table) + POINTS - 1.0) + rows(table) - 1.0);
        let batching = sum(&|table| table.openings as f64 * rows(table) * blowup);
        let heights = || tables.iter().map(|table| table.log_height);
        let least = libm::exp2(heights().min().unwrap_or(0).into());
        let greatest = libm::exp2(heights().max().unwrap_or(0).into());
        let folding = libm::exp2(self.max_log_arity as f64) * 2.0 * greatest * blowup;
        let agreement = 0.5 + (least + POINTS) / (2.0 * least * blowup);
        let queries = -libm::log2(agreement.min(1.0)) * self.num_queries as f64;

        let term = |label, bits| FriTerm { label, bits };
        [
            term("messages", over_challenges(messages)),
            term("constraints", over_challenges(constraints)),
            term("out of domain", over_challenges(out_of_domain)),
            term("batching", over_challenges(batching)),
            term("folding", over_challenges(folding) + self.commit_pow_bits as f64),
            term("queries", queries + self.query_pow_bits as f64),
            term("hash collision", DIGEST_COLLISION_BITS),
        ]
    }
}

/// Bits of the union of terms.
#[must_use]
pub fn union(terms: &[FriTerm]) -> f64 {
    -libm::log2(terms.iter().map(|term| libm::exp2(-term.bits)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: FriTable = FriTable { log_height: 7, constraints: 50, degree: 3, openings: 100, messages: 20 };

    fn bits(tables: &[FriTable], label: &str) -> f64 {
        let terms = FriParams::of(SizeClass::Real24).terms(tables, 30);
        terms.iter().find(|term| term.label == label).expect("a known label").bits
    }

    /// By hand: 284 queries at agreement (1 + 130/256) / 2, and 16 bits.
    #[test]
    fn queries_by_hand() {
        assert!((bits(&[TABLE], "queries") - 131.742).abs() < 0.001, "{}", bits(&[TABLE], "queries"));
        // The least table decides.
        let tall = FriTable { log_height: 20, ..TABLE };
        assert!((bits(&[tall], "queries") - 133.871).abs() < 0.001, "{}", bits(&[tall], "queries"));
        assert_eq!(bits(&[TABLE, tall], "queries"), bits(&[TABLE], "queries"));
    }

    /// By hand: 20 * 2^20 messages of 30 fields, 100 openings over 2^21 points, a fold by 8 of 2^21 points.
    #[test]
    fn algebra_by_hand() {
        let tall = FriTable { log_height: 20, ..TABLE };
        for (label, count) in [
            ("messages", 20.0 * 32.0 * 1_048_576.0),
            ("constraints", 50.0),
            ("out of domain", 3.0 * 1_048_577.0 + 1_048_575.0),
            ("batching", 100.0 * 2_097_152.0),
            ("folding", 16.0 * 2_097_152.0),
        ] {
            assert!((bits(&[tall], label) - (154.943 - libm::log2(count))).abs() < 1e-9, "{label}");
        }
    }

    #[test]
    fn union_is_below_every_term_and_falls_with_tables() {
        let total = |tables: &[FriTable]| union(&FriParams::of(SizeClass::Real24).terms(tables, 30));
        let one = total(&[TABLE]);
        assert!(one < DIGEST_COLLISION_BITS && one > 123.9, "{one}");
        assert!(total(&[TABLE; 40]) < one);
    }
}

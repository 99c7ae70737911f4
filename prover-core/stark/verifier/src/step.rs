//! Names of the verifier's steps, for contexts that account by step.

/// A step of the verifier, in the order of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// 1: statement, heights, the stack's cap.
    Statement,
    /// 2: grinding, fingerprints, the messages of the public values.
    Fingerprints,
    /// 3: the sum of all fractions.
    Fractions,
    /// 4.1 to 4.3: the rounds of the zerocheck.
    ZerocheckRounds,
    /// 4.4: the columns' values, the constraints and look-ups evaluated there.
    Chips,
    /// 5: the columns' values become one claim on the stack.
    Claim,
    /// 6.1, 6.2: rounds that bind variables, and the next oracle.
    Folds,
    /// 6.3: an oracle's queries: leaves, paths, folded values.
    Queries,
    /// 6.4: their claims are batched.
    QueryBatching,
    /// 6.5: rounds on the polynomial in the clear.
    LastRounds,
    /// 6.6: the weight of the claim on the stack: the intervals of all blocks.
    StackWeight,
    /// 6.6: the weights of the queries' claims, and the last check.
    QueryWeights,
}

impl Step {
    /// All steps.
    pub const ALL: [Self; 12] = [
        Self::Statement,
        Self::Fingerprints,
        Self::Fractions,
        Self::ZerocheckRounds,
        Self::Chips,
        Self::Claim,
        Self::Folds,
        Self::Queries,
        Self::QueryBatching,
        Self::LastRounds,
        Self::StackWeight,
        Self::QueryWeights,
    ];

    /// Name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Statement => "statement, heights, cap",
            Self::Fingerprints => "fingerprints",
            Self::Fractions => "fraction tree",
            Self::ZerocheckRounds => "zerocheck rounds",
            Self::Chips => "constraints and look-ups",
            Self::Claim => "column batching",
            Self::Folds => "folds and caps",
            Self::Queries => "queries",
            Self::QueryBatching => "query batching",
            Self::LastRounds => "last rounds",
            Self::StackWeight => "weight of the stack",
            Self::QueryWeights => "weights of the queries",
        }
    }
}

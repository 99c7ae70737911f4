//! Why a proof is refused.

use thiserror::Error;

/// An assertion of the verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// A table's height is within its bounds.
    Height,
    /// All tables fit into the stack.
    Area,
    /// A nonce is ground.
    Grinding,
    /// The denominator of the sum of all fractions is not zero.
    SumDenominator,
    /// All messages balance.
    Balance,
    /// A layer of the fraction tree.
    FractionLayer,
    /// The first message of the zerocheck.
    ZerocheckSkip,
    /// The constraints and fractions at the zerocheck's point.
    ZerocheckEnd,
    /// A Merkle path.
    Path,
    /// The opening's last claim.
    Opening,
    /// A node of recursion: a slot is used or not.
    Used,
    /// A node of recursion: its statement is that of its children together.
    Statement,
    /// A node of recursion: the key of a child is one of the set.
    Keys,
    /// A node of recursion: a child is less deep than the node.
    Depth,
}

/// A refused proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Rejection {
    /// An assertion does not hold.
    #[error("the proof is wrong: {0:?} does not hold")]
    Failed(Check),
    /// The proof is shorter than the key's shape.
    #[error("the proof is too short")]
    TooShort,
    /// The proof is longer than the key's shape.
    #[error("the proof is too long")]
    TooLong,
    /// A word of the proof is no canonical field element.
    #[error("word {0} of the proof is no canonical field element")]
    NotCanonical(usize),
    /// The number of public values is not the key's.
    #[error("{found} public values, the key has {expected}")]
    PublicValues {
        /// What the key has.
        expected: usize,
        /// What was given.
        found: usize,
    },
}

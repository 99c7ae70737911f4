//! Parameters of the WHIR opening.

use crate::SizeClass;

/// Parameters of WHIR for one size class.
///
/// The first fold is large because the second codeword lives in the extension field: folding seven
/// variables before it is committed makes it cheap. The rates of the later codewords are set by hand;
/// the ones that come from keeping the domain as large as possible cost 2.5 times the prover time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhirParams {
    /// Variables folded in the first round.
    pub first_fold: usize,
    /// Variables folded in each later round.
    pub later_fold: usize,
    /// Log2 of the inverse rate of the committed columns.
    pub starting_log_inv_rate: usize,
    /// Log2 of the inverse rate after each round; a proof with fewer rounds uses a prefix.
    pub round_log_inv_rates: &'static [usize],
    /// Greatest grinding effort at any one site, in bits.
    pub pow_bits: usize,
    /// Bits that each single error term reaches; their union is about three bits less.
    pub term_bits: usize,
}

impl WhirParams {
    /// The parameters of a class.
    #[must_use]
    pub const fn of(class: SizeClass) -> Self {
        Self {
            first_fold: if class.is_test_only() { 6 } else { 7 },
            later_fold: 4,
            starting_log_inv_rate: 1,
            round_log_inv_rates: &[2, 5, 8, 11],
            pow_bits: 16,
            term_bits: 133,
        }
    }

    /// Number of WHIR rounds after the first fold of a polynomial in `num_variables` variables.
    ///
    /// Folding stops when at most `2^6` coefficients remain, which are sent in the clear.
    #[must_use]
    pub const fn rounds(&self, num_variables: usize) -> usize {
        const SENT_IN_CLEAR: usize = 6;
        let left = num_variables.saturating_sub(self.first_fold);
        left.saturating_sub(SENT_IN_CLEAR).div_ceil(self.later_fold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_rate_for_every_round() {
        for class in SizeClass::ALL {
            let params = WhirParams::of(class);
            assert!(params.rounds(class.log_cells()) <= params.round_log_inv_rates.len());
            assert_eq!(params.first_fold, usize::from(class.min_log_height()));
        }
    }
}

//! The configuration of p3-multi-stark: which commitment scheme, sized for one stack of columns.

use alloc::vec::Vec;

use hearth_soundness::{SizeClass, WhirParams};
use p3_dft::Radix2DFTSmallBatch;
use p3_multi_stark::config::{MultiStarkConfig, ProverData};
use p3_sumcheck::layout::{Layout, SuffixProver, Table, Witness};
use p3_whir::{FoldingFactor, ProtocolParameters, SecurityAssumption, WhirConfig, WhirConfigError, WhirProver};

use super::field::{Challenge, Challenger, F};
use super::p3::{Mmcs, mmcs};

/// Columns keep their own memory layout in the stack, which saves the prover a transposing copy.
type Stack = SuffixProver<F, Challenge>;
/// Encoder of the Reed-Solomon codewords.
pub(super) type Encoder = Radix2DFTSmallBatch<F>;
type Pcs = WhirProver<Challenge, F, Encoder, Mmcs, Challenger, Stack>;

/// p3-multi-stark's configuration for stacks of one exact size.
pub struct StackConfig {
    pcs: Pcs,
    params: WhirParams,
}

impl StackConfig {
    /// The configuration for stacks of `2^num_variables` cells in a size class.
    ///
    /// # Errors
    ///
    /// The stack is too small to be folded as the class wants it, or its parameters are out of reach.
    pub(super) fn new(class: SizeClass, num_variables: usize, encoder: Encoder) -> Result<Self, WhirConfigError> {
        let params = WhirParams::of(class);
        let rounds = params.rounds(num_variables).min(params.round_log_inv_rates.len());
        let protocol = ProtocolParameters {
            starting_log_inv_rate: params.starting_log_inv_rate,
            round_log_inv_rates: params.round_log_inv_rates[..rounds].to_vec(),
            folding_factor: FoldingFactor::ConstantFromSecondRound(params.first_fold, params.later_fold),
            soundness_type: SecurityAssumption::UniqueDecoding,
            security_level: params.term_bits,
            pow_bits: params.pow_bits,
        };
        Ok(Self { pcs: Pcs::new(WhirConfig::new(num_variables, protocol)?, encoder, mmcs()), params })
    }

    /// Bits of grinding at each round of the sumcheck over all constraints: none.
    pub(super) const SUMCHECK_POW_BITS: usize = 0;
}

impl MultiStarkConfig for StackConfig {
    type Val = F;
    type Challenge = Challenge;
    type Challenger = Challenger;
    type Pcs = Pcs;

    fn pcs(&self) -> &Pcs {
        &self.pcs
    }

    fn min_num_variables(&self) -> usize {
        self.params.first_fold
    }

    fn build_witness(&self, tables: Vec<Table<F>>) -> Witness<F> {
        Stack::new_witness(tables, self.params.first_fold)
    }

    fn committed_table<'a>(&self, prover_data: &'a ProverData<Self>, table_index: usize) -> &'a Table<F> {
        prover_data.table(table_index)
    }
}

//! The proof of a block: the proof of the validator's run, and the binding of its output to the block.
//!
//! The output of the run names only the payload's root; the binding opens block hash, parent hash, number and
//! timestamp below it. Verification checks the run, then the branches, validity, chain id, and that the block was judged
//! under the rules that its network has at its time.

use hearth_blocks::binding::{Binding, BindingError, BoundBlock};
use hearth_blocks::{Network, Output, Rules};
use hearth_machine::program::ProgramKey;
use hearth_shard::chain::{ChainError, ChainProof, Verified};
use hearth_shard::encoding;
use serde::{Deserialize, Serialize};

/// First bytes of every encoding; the last one is the version.
const MAGIC: [u8; 8] = *b"HEARTHB\x01";

/// A proof of a block.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlockProof {
    magic: [u8; 8],
    binding: Binding,
    run: ChainProof,
}

/// Why a block proof is refused.
#[derive(Debug, thiserror::Error)]
pub enum BlockProofError {
    /// Not an encoding of a block proof.
    #[error("not a Hearth block proof of version 1")]
    Format,
    /// The run's proof fails.
    #[error(transparent)]
    Run(#[from] ChainError),
    /// The validator's run failed.
    #[error("the validator ended with exit code {0}")]
    ExitCode(u64),
    /// The run's output is not that of a validator.
    #[error("the run's output is not 43 bytes of a validation result")]
    Output,
    /// The binding fails.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// No network of this chain id is known, and no rules were named.
    #[error("chain id {0} is of no known network; name the rules")]
    UnknownNetwork(u64),
}

impl BlockProof {
    /// Binds a run's proof to the block in the run's input.
    pub fn new(run: ChainProof, binding: Binding) -> Self {
        Self { magic: MAGIC, binding, run }
    }

    /// The encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Numbers, hashes and vectors always encode.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Decodes; the bytes must be the one encoding of the proof.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BlockProofError> {
        if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(BlockProofError::Format);
        }
        encoding::decode(bytes).ok_or(BlockProofError::Format)
    }

    /// Verifies run and binding. `rules` names the chain's rules where they are not those of a known network: test chains.
    pub fn verify(
        &self,
        program: &ProgramKey,
        rules: Option<&Rules>,
        allow_test_classes: bool,
    ) -> Result<(BoundBlock, Verified), BlockProofError> {
        let verified = self.run.verify(program, allow_test_classes)?;
        if verified.exit_code != 0 {
            return Err(BlockProofError::ExitCode(verified.exit_code));
        }
        let output = Output::from_bytes(&verified.output).ok_or(BlockProofError::Output)?;
        let block = match rules {
            Some(Rules::Network(network)) => self.binding.verify(&output, network)?,
            Some(Rules::Fixed(fork)) => {
                let block = self.binding.verify_branches(&output)?;
                if block.fork != *fork {
                    return Err(BindingError::Fork { judged: block.fork, due: Some(*fork) }.into());
                }
                block
            }
            None => {
                // The sentinel and an invalid block are told apart from an unknown chain.
                let block = self.binding.verify_branches(&output)?;
                let network =
                    Network::by_chain_id(block.chain_id).ok_or(BlockProofError::UnknownNetwork(block.chain_id))?;
                self.binding.verify(&output, &network)?
            }
        };
        Ok((block, verified))
    }
}

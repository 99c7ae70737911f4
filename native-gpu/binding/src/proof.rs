//! The proof of a block: the proof of the validator's run, and the binding of its output to the block.
//!
//! The output of the run names only the payload's root; the binding opens block hash, parent hash, number and
//! timestamp below it. Verification checks the run, then the branches, validity, chain id, and that the block was judged
//! under the rules that its network has at its time.

use hearth_machine::program::ProgramKey;
use hearth_shard::backend::BackendId;
use hearth_shard::chain::{ChainError, ChainProof, Verified};
use hearth_shard::encoding;
use hearth_stateless::Output;
use serde::{Deserialize, Serialize};

use crate::{Binding, BindingError, BoundBlock, Network, Rules};

/// First bytes of every encoding; the last one is the version.
pub const MAGIC: [u8; 8] = *b"HEARTHB\x01";

/// A proof of a block.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlockProof {
    magic: [u8; 8],
    binding: Binding,
    run: ChainProof,
}

/// Which chains a verifier knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chains {
    /// Public networks, each with its fork schedule.
    Public,
    /// Public networks, and any chain that has the id of none: nobody says then which fork is due, and the reader must look at
    /// chain id and fork.
    Any,
    /// One chain, whose rules are named: test chains.
    Only(Rules),
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

    /// Verifies run and binding, the run by the default backend.
    ///
    /// # Errors
    ///
    /// What does not hold.
    pub fn verify(
        &self,
        program: &ProgramKey,
        chains: Chains,
        allow_test_classes: bool,
    ) -> Result<(BoundBlock, Verified), BlockProofError> {
        self.verify_by(BackendId::default(), program, chains, allow_test_classes)
    }

    /// The same, by this backend and no other.
    ///
    /// # Errors
    ///
    /// What does not hold.
    pub fn verify_by(
        &self,
        backend: BackendId,
        program: &ProgramKey,
        chains: Chains,
        allow_test_classes: bool,
    ) -> Result<(BoundBlock, Verified), BlockProofError> {
        let verified = self.run.verify_by(backend, program, allow_test_classes)?;
        if verified.exit_code != 0 {
            return Err(BlockProofError::ExitCode(verified.exit_code));
        }
        let output = Output::from_bytes(&verified.output).ok_or(BlockProofError::Output)?;
        Ok((self.bind(&output, chains)?, verified))
    }

    fn bind(&self, output: &Output, chains: Chains) -> Result<BoundBlock, BlockProofError> {
        // The sentinel and an invalid block are told apart from an unknown chain.
        let block = self.binding.verify_branches(output)?;
        let network = match chains {
            Chains::Only(Rules::Fixed(fork)) if block.fork == fork => return Ok(block),
            Chains::Only(Rules::Fixed(fork)) => {
                return Err(BindingError::Fork { judged: block.fork, due: Some(fork) }.into());
            }
            Chains::Only(Rules::Network(network)) => network,
            Chains::Public | Chains::Any => match Network::by_chain_id(block.chain_id) {
                Some(network) => network,
                None if chains == Chains::Any => return Ok(block),
                None => return Err(BlockProofError::UnknownNetwork(block.chain_id)),
            },
        };
        Ok(self.binding.verify(output, &network)?)
    }
}

//! Which proof system a command uses or expects.

use hearth_shard::backend::{self, BackendId};
use hearth_shard::chain::{ChainError, ChainProof};
use hearth_shard::proof::ShardProof;
use hearth_shard::verifier::VerifyError;

use crate::failure::Failure;

/// A proof system by its name on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// Our own protocol: what nodes, workers and pages use.
    #[default]
    Stark,
    /// The same chips under p3-multi-stark and p3-whir: a second opinion.
    Whir,
    /// And under p3-batch-stark and p3-fri, with proofs ten times as large.
    Fri,
}

/// The proof system of shard proofs.
#[derive(clap::Args)]
pub struct Backend {
    /// Proof system of the shard proofs. A verifier accepts those of this one alone.
    #[arg(long, value_enum, default_value_t)]
    backend: Name,
}

impl Backend {
    /// Its number.
    pub const fn id(&self) -> BackendId {
        match self.backend {
            Name::Whir => BackendId::Whir,
            Name::Fri => BackendId::Fri,
            Name::Stark => BackendId::Stark,
        }
    }
}

/// Why a chain is refused, with the option that would admit it where there is one.
pub fn rejected(error: &ChainError, proof: &ChainProof) -> Failure {
    let hint = match error {
        ChainError::Class(_) => "; see --allow-test-params".to_owned(),
        ChainError::Shard { source: VerifyError::Proof(backend::VerifyError::Backend(_)), .. } => {
            hint(proof.named_backend())
        }
        _ => String::new(),
    };
    Failure::Rejected(format!("{error}{hint}"))
}

/// The same for a single shard proof.
pub fn shard_rejected(error: &VerifyError, proof: &ShardProof) -> Failure {
    let hint = match error {
        VerifyError::Proof(backend::VerifyError::Backend(_)) => hint(BackendId::named_by(&proof.bytes)),
        _ => String::new(),
    };
    Failure::Rejected(format!("{error}{hint}"))
}

fn hint(named: Option<BackendId>) -> String {
    named.map(|backend| format!("; see --backend {backend}")).unwrap_or_default()
}

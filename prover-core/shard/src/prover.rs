//! From a package to a proof of its statement.

use alloc::boxed::Box;
use core::future::ready;

use hearth_chips::lookups::NotInTable;
use hearth_chips::tables::Tables;
use hearth_machine::hash::Hasher;
use hearth_machine::package::Package;
use hearth_machine::replay::{BadPackage, replay};
use hearth_soundness::SizeClass;

use crate::backend::{BackendId, ProveError, SetupError};
use crate::costs::most_steps;
use crate::keys::{KeyId, Keys};
use crate::progress::{GoOn, Step, Steps};
use crate::proof::ShardProof;

/// What the prover is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Executing the package.
    Replaying,
    /// Filling the tables.
    Tracing,
    /// Proving.
    Proving,
    /// Proving: the default backend begins a step of its protocol, or goes on with it.
    Step(Step),
}

/// What a proof cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Instructions.
    pub steps: u64,
    /// Committed cells, padding rows included.
    pub cells: u64,
}

/// Why no proof was made.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// The package is wrong.
    #[error("bad package: {0}")]
    Package(#[from] BadPackage),
    /// More steps than the instruction tables of the class have cells for.
    #[error("{0} steps do not fit the size class")]
    Steps(u32),
    /// The rows look up what no table holds: a bug, for a package that replays.
    #[error(transparent)]
    Trace(#[from] NotInTable),
    /// The backend refused.
    #[error(transparent)]
    Prove(ProveError),
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
}

/// Proves shards of one size class on the CPU.
pub struct ShardProver {
    hasher: Hasher,
    keys: Keys,
}

impl ShardProver {
    /// A prover for `class` with the default backend.
    ///
    /// # Errors
    ///
    /// A class in which the tables do not fit even at their least heights.
    pub fn new(class: SizeClass) -> Result<Self, SetupError> {
        Ok(Self { hasher: Hasher::new(), keys: Keys::new(class)? })
    }

    /// A prover for `class` with this backend.
    ///
    /// # Errors
    ///
    /// As [`ShardProver::new`], and a backend that this build does without.
    pub fn with_backend(backend: BackendId, class: SizeClass) -> Result<Self, SetupError> {
        Ok(Self { hasher: Hasher::new(), keys: Keys::with_backend(backend, class)? })
    }

    /// The keys.
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Proves a package. `progress` hears of each stage and says whether to go on.
    ///
    /// # Errors
    ///
    /// A package that does not replay, tables that do not fit the class, or a caller that gave up.
    pub async fn prove(
        &self,
        package: &Package,
        mut progress: impl FnMut(Stage) -> bool,
    ) -> Result<(ShardProof, Cost), ShardError> {
        self.prove_watched(package, |stage| Box::pin(ready(progress(stage)))).await
    }

    /// [`ShardProver::prove`] for a `progress` that takes its time: between two stages it may let others have their turn, whom
    /// the processor has not heard meanwhile.
    ///
    /// # Errors
    ///
    /// As [`ShardProver::prove`].
    pub async fn prove_watched(
        &self,
        package: &Package,
        mut progress: impl FnMut(Stage) -> GoOn,
    ) -> Result<(ShardProof, Cost), ShardError> {
        let mut stage = async |stage| if progress(stage).await { Ok(()) } else { Err(ShardError::Cancelled) };
        // A replay takes memory for each step: a package that says too many is refused before.
        if package.steps > most_steps(self.keys.class()) {
            return Err(ShardError::Steps(package.steps));
        }
        stage(Stage::Replaying).await?;
        let trace = replay(&self.hasher, package)?;
        stage(Stage::Tracing).await?;
        let tables = match self.keys.backend() {
            BackendId::Stark => Tables::unpadded(&trace)?,
            BackendId::Whir | BackendId::Fri => Tables::generate(&trace, self.keys.class().min_log_height().into())?,
        };
        let key = KeyId::of(tables.accelerators);
        let statement = trace.statement;
        drop(trace);
        let cost = Cost {
            steps: package.steps.into(),
            cells: self.keys.cells(key, &tables.matrices).map_err(ProveError::from)?,
        };
        stage(Stage::Proving).await?;
        let mut steps = |step| progress(Stage::Step(step));
        let bytes = self.keys.prove(key, tables.matrices, &tables.public_values, Steps(&mut steps)).await?;
        Ok((ShardProof { statement, class: self.keys.class(), key, bytes }, cost))
    }
}

impl From<ProveError> for ShardError {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Cancelled => Self::Cancelled,
            error => Self::Prove(error),
        }
    }
}

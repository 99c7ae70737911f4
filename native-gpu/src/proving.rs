//! The loop that all proving commands share: cut the next shard, prove it, show progress.

use std::time::Duration;

use hearth_machine::cut::{CutError, Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::opening::Opening;
use hearth_machine::program::Program;
use hearth_machine::run::Outcome;
use hearth_shard::backend::{BackendId, ProveError};
use hearth_shard::costs::limits;
use hearth_shard::proof::ShardProof;
use hearth_shard::prover::{Cost, ShardError, ShardProver};
use hearth_soundness::SizeClass;
use indicatif::{ProgressBar, ProgressStyle};
use pollster::block_on;

use crate::failure::Failure;
use crate::interrupt;
use crate::report::grouped;

/// How a run is cut.
#[derive(clap::Args)]
pub struct Shape {
    /// Largest shard: 2^N cells. 24 to 26; 20 and 22 make proofs that no verifier accepts outside tests.
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub log_cells: u8,
}

impl Shape {
    /// The size class.
    pub fn class(&self) -> Result<SizeClass, Failure> {
        SizeClass::try_from(self.log_cells).map_err(|error| Failure::Usage(error.to_string()))
    }

    /// Where the cutter ends shards.
    pub fn limits(&self, backend: BackendId) -> Result<Limits, Failure> {
        Ok(limits(backend, self.class()?))
    }
}

/// A run that is being proved.
pub struct Proving<'a> {
    cutter: Cutter<'a>,
    prover: ShardProver,
    cost: Cost,
    bar: ProgressBar,
}

/// How a proved run ended.
pub struct Ending {
    /// Exit code and output.
    pub outcome: Outcome,
    /// Their opening from the last root.
    pub opening: Opening,
}

impl<'a> Proving<'a> {
    /// Starts the run.
    pub fn new(
        hasher: &'a Hasher,
        program: &'a Program,
        input: &[u8],
        shape: &Shape,
        backend: BackendId,
        progress: bool,
    ) -> Result<Self, Failure> {
        let cutter = Cutter::new(hasher, program, input, shape.limits(backend)?)
            .map_err(|error| Failure::Usage(error.to_string()))?;
        let prover =
            ShardProver::with_backend(backend, shape.class()?).map_err(|error| Failure::Usage(error.to_string()))?;
        let bar = if progress { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{elapsed_precise}] {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Ok(Self { cutter, prover, cost: Cost::default(), bar })
    }

    /// The proof of the next shard; `None` after the last.
    pub fn next_proof(&mut self) -> Result<Option<ShardProof>, Failure> {
        interrupt::check()?;
        let Some(shard) = self.cutter.next_shard().map_err(cut_failure)? else {
            return Ok(None);
        };
        let done = grouped(self.cutter.steps());
        let bar = &self.bar;
        let proved = block_on(self.prover.prove(&shard.package, |stage| {
            bar.set_message(format!("{stage:?} the shard that ends at step {done}"));
            interrupt::check().is_ok()
        }));
        let (proof, cost) = proved.map_err(shard_failure)?;
        self.cost.steps += cost.steps;
        self.cost.cells += cost.cells;
        Ok(Some(proof))
    }

    /// How the run ended, and what it cost to prove.
    pub fn finish(self) -> Result<(Ending, Cost), Failure> {
        self.bar.finish_and_clear();
        let outcome = self.cutter.outcome().ok_or_else(|| Failure::Internal("the run has not ended".into()))?;
        let outcome = outcome.map_err(|error| Failure::Guest(error.to_string()))?;
        let opening = self.cutter.opening().ok_or_else(|| Failure::Internal("the run has no opening".into()))?;
        Ok((Ending { outcome, opening }, self.cost))
    }
}

/// Why a run could not be cut.
pub fn cut_failure(error: CutError) -> Failure {
    match error {
        CutError::Fault(fault) => Failure::Guest(fault.to_string()),
        CutError::Budget(_) => Failure::OverBudget(error.to_string()),
    }
}

/// Why a shard could not be proved.
pub fn shard_failure(error: ShardError) -> Failure {
    match error {
        ShardError::Cancelled => Failure::Interrupted,
        ShardError::Prove(ProveError::Heights(error)) => Failure::OverBudget(format!("{error}; see --log-cells")),
        error @ ShardError::Steps(_) => Failure::OverBudget(format!("{error}; see --log-cells")),
        error => Failure::Internal(error.to_string()),
    }
}

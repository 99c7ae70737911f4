//! A small run with its packages and proofs: what seeds are taken from.

use std::sync::LazyLock;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::{Digest, Hasher};
use hearth_machine::opening::Opening;
use hearth_machine::package::Package;
use hearth_machine::program::{Program, input_digest};
use hearth_machine::run::Outcome;
use hearth_machine::testing;
use hearth_shard::chain::{ChainProof, Link};
use hearth_shard::proof::ShardProof;
use hearth_shard::prover::ShardProver;
use hearth_soundness::SizeClass;

/// Size class of all proofs: the smallest in which the tables fit.
pub const CLASS: SizeClass = SizeClass::Test20;
/// Steps of a shard.
const STEPS: u32 = 400;

/// A run that is cut.
pub struct Run {
    /// The program.
    pub program: Program,
    /// Digest of its input.
    pub input: Digest,
    /// The packages of its shards.
    pub packages: Vec<Package>,
    /// The opening of its outcome.
    pub opening: Opening,
    /// Its outcome.
    pub outcome: Outcome,
    /// Root of memory at its end.
    pub last_root: Digest,
}

/// The run: every family of instructions, output and exit code.
pub static RUN: LazyLock<Run> = LazyLock::new(|| {
    let program = testing::program(&HASHER, &testing::torture());
    let input = b"some input";
    let mut cutter = Cutter::new(&HASHER, &program, input, Limits::steps(STEPS)).expect("a short input");
    let packages = cutter.by_ref().map(|shard| shard.expect("no fault").package).collect();
    Run {
        packages,
        opening: cutter.opening().expect("it has halted"),
        outcome: cutter.outcome().expect("it has halted").expect("a short output"),
        last_root: cutter.tree().root(),
        input: input_digest(&HASHER, input).expect("a short input"),
        program,
    }
});

/// The hash function.
pub static HASHER: LazyLock<Hasher> = LazyLock::new(Hasher::new);

/// The proofs of the run's shards: some CPU seconds.
pub static PROOFS: LazyLock<Vec<ShardProof>> = LazyLock::new(|| {
    let prover = ShardProver::new(CLASS).expect("the tables fit");
    let prove = |package| pollster::block_on(prover.prove(package, |_| true)).expect("an honest shard").0;
    RUN.packages.iter().map(prove).collect()
});

/// The chain of these shards.
pub fn chain_of(shards: impl IntoIterator<Item = ShardProof>) -> ChainProof {
    let links = shards.into_iter().map(Link::new).collect();
    ChainProof::new(CLASS, RUN.program.key(), &RUN.input, links, &RUN.opening)
}

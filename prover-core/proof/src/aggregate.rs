//! From the shard proofs of a run to one proof.

use hearth_machine::hash::{Digest, Felt};
use hearth_machine::program::ProgramKey;
use hearth_recursion::prover::{NodeProver, ProveError, Shard};
use hearth_recursion::tree::{KeySet, Node, NodeError};
use hearth_shard::backend::{SetupError, VerifyError};
use hearth_shard::chain::{ChainError, ChainProof};
use hearth_shard::keys::{KeyId, stark};
use hearth_soundness::SizeClass;
use p3_field::PrimeCharacteristicRing;

use crate::pins::{JOIN, KINDS, Pins};
use crate::root::RootProof;

/// What the aggregator begins to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Makes the prover of a kind of node, by its place in the set.
    Setup(usize),
    /// Proves a node of this depth, above so many children.
    Node(u32, usize),
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum AggregateError {
    #[error("there are no trees above shards of {} cells", .0.name())]
    Class(SizeClass),
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("key {0} is not in the set of shards' keys")]
    Key(u8),
    #[error("a shard proof: {0}")]
    Shard(#[from] VerifyError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Prove(#[from] ProveError),
    #[error("the key of nodes of kind {0} is not the pinned one: this build has other circuits than its verifier")]
    Pins(usize),
    #[error("the root's proof is refused: {0}")]
    Root(#[from] NodeError),
    #[error("a chain of no shards")]
    Empty,
    #[error("cancelled")]
    Cancelled,
}

/// Makes trees above shards of one size class. Provers of nodes are made when they are needed, and kept.
pub struct Aggregator {
    class: SizeClass,
    pins: Pins,
    set: KeySet,
    provers: [Option<NodeProver>; KINDS],
}

impl Aggregator {
    /// For shards of this class.
    ///
    /// # Errors
    /// [`AggregateError::Class`].
    pub fn new(class: SizeClass) -> Result<Self, AggregateError> {
        let pins = Pins::of(class).ok_or(AggregateError::Class(class))?;
        Ok(Self::with_pins(class, pins))
    }

    /// For other kinds of nodes than the pinned ones: for tests.
    pub fn with_pins(class: SizeClass, pins: Pins) -> Self {
        Self { class, set: KeySet::new(&pins.digests), pins, provers: [const { None }; KINDS] }
    }

    /// The prover of a kind of node, whose key need not be pinned.
    ///
    /// # Errors
    /// An [`AggregateError`].
    pub fn prover_of(class: SizeClass, pins: &Pins, kind: usize) -> Result<NodeProver, AggregateError> {
        let slots = pins.slots[kind];
        Ok(match KeyId::ALL.get(kind) {
            Some(&key) => NodeProver::leaf(pins.node, stark(class, key)?.key(), slots)?,
            None => NodeProver::join(pins.node, slots)?,
        })
    }

    fn prover(&mut self, kind: usize, hear: &mut impl FnMut(Stage) -> bool) -> Result<&NodeProver, AggregateError> {
        if self.provers[kind].is_none() {
            go_on(hear(Stage::Setup(kind)))?;
            let prover = Self::prover_of(self.class, &self.pins, kind)?;
            let key = prover.node_key().key(self.pins.node).map_err(|_| AggregateError::Pins(kind))?;
            self.set.insert(kind, key).map_err(|_| AggregateError::Pins(kind))?;
            self.provers[kind] = Some(prover);
        }
        self.provers[kind].as_ref().ok_or(AggregateError::Pins(kind))
    }

    /// The proof of the run of a chain. `hear` is told of each stage and says whether to go on. The chain's proofs should have been
    /// verified: of wrong ones the root is refused.
    ///
    /// # Errors
    /// An [`AggregateError`].
    pub fn aggregate(
        &mut self,
        program: &ProgramKey,
        chain: &ChainProof,
        mut hear: impl FnMut(Stage) -> bool,
    ) -> Result<RootProof, AggregateError> {
        let mut nodes = self.leaves(program, chain, &mut hear)?;
        let mut depth = 0;
        while nodes.len() > 1 {
            depth += 1;
            let set_slots = self.pins.slots[JOIN];
            let mut above = Vec::with_capacity(nodes.len().div_ceil(set_slots));
            for children in nodes.chunks(set_slots) {
                // One that is alone goes up as it is.
                if let [alone] = children {
                    above.push(alone.clone());
                    continue;
                }
                self.prover(JOIN, &mut hear)?;
                go_on(hear(Stage::Node(depth, children.len())))?;
                let prover = self.provers[JOIN].as_ref().ok_or(AggregateError::Pins(JOIN))?;
                above.push(prover.prove_join(children, &self.set, JOIN)?);
            }
            nodes = above;
        }
        let root = nodes.pop().ok_or(AggregateError::Empty)?;
        self.set.verify(&root)?;
        let key = self.provers[root.key].as_ref().ok_or(AggregateError::Pins(root.key))?.node_key();
        Ok(RootProof::new(self.class, program, &chain.input()?, root, &key, chain.closing().clone()))
    }

    /// The leaves: consecutive shards of one key, as many as a leaf has room for.
    fn leaves(
        &mut self,
        program: &ProgramKey,
        chain: &ChainProof,
        hear: &mut impl FnMut(Stage) -> bool,
    ) -> Result<Vec<Node>, AggregateError> {
        let statements = chain.statements(program)?;
        let proofs: Vec<(u8, &[u8])> = chain.proofs().collect();
        let (class, keys): (SizeClass, Digest) = (self.class, self.set.digest());
        let mut leaves = Vec::new();
        let mut from = 0;
        while let Some(&(id, _)) = proofs.get(from) {
            let key = KeyId::from_id(id).ok_or(AggregateError::Key(id))?;
            let kind = key as usize;
            let alike = proofs[from..].iter().take_while(|(other, _)| *other == id).count();
            let to = from + alike.min(self.pins.slots[kind]);
            let mut shards = Vec::with_capacity(to - from);
            for (statement, (_, proof)) in statements[from..to].iter().zip(&proofs[from..to]) {
                shards.push(Shard {
                    program_root: statement.program_root,
                    begin: (statement.root_in, Felt::from_u32(statement.pc_in)),
                    end: (statement.root_out, Felt::from_u32(statement.pc_out)),
                    ts_end: Felt::from_u32(statement.ts_end),
                    proof: stark(class, key)?.body(proof)?,
                });
            }
            let prover = self.prover(kind, hear)?;
            go_on(hear(Stage::Node(0, shards.len())))?;
            leaves.push(prover.prove_leaf(&shards, keys, kind)?);
            from = to;
        }
        Ok(leaves)
    }
}

fn go_on(yes: bool) -> Result<(), AggregateError> {
    if yes { Ok(()) } else { Err(AggregateError::Cancelled) }
}

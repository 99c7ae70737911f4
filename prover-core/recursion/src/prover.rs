//! Provers of nodes.

use core::borrow::Borrow;
use std::sync::Arc;

use hearth_machine::hash::Digest;
use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_circuit::{Circuit, record_with};
use hearth_stark_prover::lanes::Native;

use hearth_stark_prover::{Preprocessed, SetupError, Stack, TraceError, prove_stack};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::error::Rejection;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use crate::compile::{CompileError, compile};
use crate::compiled::Compiled;
use crate::node::words::{NodeWords, ShardWords, join_words, leaf_words};
use crate::node::{KEYS, Segment, join, leaf};
use crate::table::Table;
use crate::tree::{KeySet, Node, NodeKey};

/// Why a node cannot be proved.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum ProveError {
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Trace(#[from] TraceError),
    #[error("the verifier cannot be recorded: {0}")]
    Record(Rejection),
    #[error("{found} children, a node of this kind has 1 to {slots}")]
    Children { found: usize, slots: usize },
    #[error("a child's proof is none of this kind of node: {0}")]
    Words(#[from] hearth_stark_circuit::Wrong),
}

/// Proves nodes of one kind.
pub struct NodeProver {
    circuit: Circuit,
    compiled: Compiled,
    preprocessed: Arc<Preprocessed>,
    key: Key<Table>,
    slots: usize,
}

/// A shard's proof, where it begins, and where it ends.
pub struct Shard<'a> {
    /// Root of the code tree.
    pub program_root: Digest,
    /// Memory root and pc before.
    pub begin: (Digest, F),
    /// Memory root and pc after.
    pub end: (Digest, F),
    /// Local time at the end.
    pub ts_end: F,
    /// The proof, without its envelope.
    pub proof: &'a [u8],
}

/// The words of a proof. Whether they are canonical is for its verifier to say.
fn words(proof: &[u8]) -> Vec<F> {
    proof.as_chunks::<4>().0.iter().map(|word| F::from_u32(u32::from_le_bytes(*word))).collect()
}

impl NodeProver {
    /// A prover of nodes above up to `slots` shards under `key`; the nodes are of size `class`.
    ///
    /// # Errors
    /// A [`ProveError`], among others for more slots than the class has room for.
    pub fn leaf<A: Chip>(class: SizeClass, key: &Key<A>, slots: usize) -> Result<Self, ProveError> {
        let circuit = record_with(|recorder| {
            let public = recorder.public(Segment::WIDTH);
            leaf(recorder, key, slots, public[..].borrow())
        });
        Self::new(class, circuit.map_err(ProveError::Record)?, slots)
    }

    /// A prover of nodes above up to `slots` nodes, all of size `class`.
    ///
    /// # Errors
    /// As [`NodeProver::leaf`].
    pub fn join(class: SizeClass, slots: usize) -> Result<Self, ProveError> {
        // Any key of the shape of nodes: heights and cap are data.
        let rows = Table::all(&[]).iter().filter_map(Chip::fixed_rows).collect();
        let shape = NodeKey { rows, cap: vec![[F::ZERO; _]; 1 << StarkParams::of(class).log_cap(0)] };
        let key = shape.key(class).map_err(SetupError::Key)?;
        let circuit = record_with(|recorder| {
            let public = recorder.public(Segment::WIDTH);
            join(recorder, &key, slots, public[..].borrow())
        });
        Self::new(class, circuit.map_err(ProveError::Record)?, slots)
    }

    fn new(class: SizeClass, circuit: Circuit, slots: usize) -> Result<Self, ProveError> {
        let compiled = compile(&circuit)?;
        let params = StarkParams::of(class);
        let (key, preprocessed) =
            Preprocessed::setup::<Native, _>(compiled.chips(), Segment::WIDTH, params, &compiled.preprocessed())?;
        Ok(Self { circuit, compiled, preprocessed: Arc::new(preprocessed), key, slots })
    }

    /// The key of its nodes.
    pub fn node_key(&self) -> NodeKey {
        let rows = self.compiled.chips().iter().filter_map(Chip::fixed_rows).collect();
        NodeKey { rows, cap: self.key.preprocessed.clone() }
    }

    /// The recorded circuit.
    pub const fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// Children of a node, at most.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Rows of its tables, for figures.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// Proves a node above consecutive shards; `keys` is the digest of the set of keys, in which its own has the place `key`. Shards
    /// that are not consecutive, or whose proofs are wrong, give a proof that no verifier accepts.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn prove_leaf(&self, shards: &[Shard<'_>], keys: Digest, key: usize) -> Result<Node, ProveError> {
        let (first, last) = self.ends(shards)?;
        let proofs: Vec<Vec<F>> = shards.iter().map(|shard| words(shard.proof)).collect();
        let children: Vec<ShardWords<'_>> = shards
            .iter()
            .zip(&proofs)
            .map(|(shard, proof)| ShardWords {
                root_out: &shard.end.0,
                pc_out: shard.end.1,
                ts_end: shard.ts_end,
                proof,
            })
            .collect();
        let segment = Segment {
            program_root: first.program_root,
            root_in: first.begin.0,
            pc_in: first.begin.1,
            root_out: last.end.0,
            pc_out: last.end.1,
            shards: F::from_usize(shards.len()),
            depth: F::ZERO,
            keys,
        };
        self.prove(segment, &leaf_words(&children, self.slots), key)
    }

    /// Proves a node above consecutive nodes, whose keys are those of the set. `key` is the place of its own.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn prove_join(&self, nodes: &[Node], set: &KeySet, key: usize) -> Result<Node, ProveError> {
        let (first, last) = self.ends(nodes)?;
        let proofs: Vec<Vec<F>> = nodes.iter().map(|node| words(&node.proof)).collect();
        let mut children = Vec::with_capacity(nodes.len());
        for (node, proof) in nodes.iter().zip(&proofs) {
            let wrong = ProveError::Children { found: node.key, slots: KEYS };
            let identity = set.key(node.key).ok_or(wrong)?.identity();
            children.push(NodeWords { segment: &node.segment, identity, key: node.key, proof });
        }
        let deepest = nodes.iter().map(|node| node.segment.depth).max().unwrap_or(F::ZERO);
        let segment = Segment {
            root_out: last.segment.root_out,
            pc_out: last.segment.pc_out,
            shards: nodes.iter().map(|node| node.segment.shards).sum(),
            depth: deepest + F::ONE,
            ..first.segment
        };
        self.prove(segment, &join_words(set.digests(), &children, self.slots), key)
    }

    fn ends<'a, T>(&self, children: &'a [T]) -> Result<(&'a T, &'a T), ProveError> {
        match children {
            [first, ..] if children.len() <= self.slots => Ok((first, children.last().unwrap_or(first))),
            _ => Err(ProveError::Children { found: children.len(), slots: self.slots }),
        }
    }

    fn prove(&self, segment: Segment<F>, words: &[F], key: usize) -> Result<Node, ProveError> {
        let public = segment.values();
        let assignment = self.circuit.assign(&public, words)?;
        let stack = Stack::with_preprocessed(&self.key, &self.preprocessed, &self.compiled.trace(&assignment))?;
        drop(assignment);
        let proof = prove_stack::<Native, _>(&self.key, &stack, &public)?;
        Ok(Node { segment, key, proof })
    }
}

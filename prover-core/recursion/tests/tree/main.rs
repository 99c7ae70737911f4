//! A tree of proofs above the shards of a real guest.

mod refused;

use std::sync::LazyLock;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_recursion::Table;
use hearth_recursion::node::Segment;
use hearth_recursion::prover::{NodeProver, Shard};
use hearth_recursion::tree::{KeySet, Node, NodeError};
use hearth_shard::keys::{KeyId, stark};
use hearth_shard::proof::ShardProof;
use hearth_shard::prover::ShardProver;
use hearth_soundness::SizeClass;
use hearth_soundness::report::Report;
use hearth_soundness::stark::StarkParams;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use p3_field::PrimeCharacteristicRing;

const SHARD: SizeClass = SizeClass::Test20;
/// The least class in which a node can verify nodes of its own class.
const NODE: SizeClass = SizeClass::Real24;
const SHARDS: usize = 4;
const LEAF: usize = 0;
const JOIN: usize = 1;

struct Tree {
    shards: Vec<ShardProof>,
    leaf: NodeProver,
    join: NodeProver,
    set: KeySet,
}

static TREE: LazyLock<Tree> = LazyLock::new(|| {
    let hasher = Hasher::new();
    let elf = include_bytes!("../../../../guests/elf/fibonacci.elf");
    let program = Program::from_elf(&hasher, elf).unwrap();
    let input = 300u64.to_le_bytes();
    let cut = |limit| Cutter::new(&hasher, &program, &input, Limits::steps(limit)).unwrap();
    let mut whole = cut(u32::MAX);
    whole.next_shard().unwrap();
    let mut cutter = cut((whole.steps() as u32).div_ceil(SHARDS as u32));
    let prover = ShardProver::new(SHARD).unwrap();
    let mut shards = Vec::new();
    while let Some(shard) = cutter.next_shard().unwrap() {
        shards.push(pollster::block_on(prover.prove(&shard.package, |_| true)).unwrap().0);
    }
    assert_eq!(shards.len(), SHARDS);
    let leaf = NodeProver::leaf(NODE, stark(SHARD, KeyId::Base).unwrap().key(), 3).unwrap();
    let join = NodeProver::join(NODE, 2).unwrap();
    let keys = [&leaf, &join].map(|prover| prover.node_key().key(NODE).unwrap());
    Tree { shards, leaf, join, set: KeySet::of(keys.into()) }
});

impl Tree {
    fn leaf_of(&self, shards: &[&ShardProof]) -> Node {
        let key = stark(SHARD, KeyId::Base).unwrap();
        let number = F::from_u32;
        let shards: Vec<Shard<'_>> = shards
            .iter()
            .map(|shard| Shard {
                program_root: shard.statement.program_root,
                begin: (shard.statement.root_in, number(shard.statement.pc_in)),
                end: (shard.statement.root_out, number(shard.statement.pc_out)),
                ts_end: number(shard.statement.ts_end),
                proof: key.body(&shard.bytes).unwrap(),
            })
            .collect();
        self.leaf.prove_leaf(&shards, self.set.digest(), LEAF).unwrap()
    }

    fn join_of(&self, nodes: &[Node]) -> Node {
        self.join.prove_join(nodes, &self.set, JOIN).unwrap()
    }
}

/// 128 bits for the greatest tree: 2^13 shards of at least 142 bits each, and fewer nodes, of which each has as many.
#[test]
fn nodes_have_142_bits() {
    for class in [SizeClass::Real24, SizeClass::Real25] {
        let params = StarkParams::of(class);
        let key = Key::new(Table::all(&[]), Segment::WIDTH, params).unwrap();
        let bits = Report::new(&params, &key.facts()).union_bits();
        assert!(bits >= 142.0, "{}: {bits}", class.name());
    }
    for place in [LEAF, JOIN] {
        let key = TREE.set.key(place).unwrap();
        assert!(Report::new(&key.params, &key.facts()).union_bits() >= 142.0);
    }
}

/// Four shards, in leaves of three and of one, below one root: its proof says what all of them say.
#[test]
fn a_tree_of_shards() {
    let [a, b, c, d] = &TREE.shards[..] else { panic!("four shards") };
    let leaves = [TREE.leaf_of(&[a, b, c]), TREE.leaf_of(&[d])];
    for leaf in &leaves {
        TREE.set.verify(leaf).unwrap();
    }
    let root = TREE.join_of(&leaves);
    TREE.set.verify(&root).unwrap();
    assert_eq!((root.segment.root_in, root.segment.root_out), (a.statement.root_in, d.statement.root_out));
    assert_eq!(root.segment.pc_out, F::from_u32(d.statement.pc_out));
    assert_eq!((root.segment.shards, root.segment.depth), (F::from_usize(SHARDS), F::ONE));
    println!("{} bytes", root.proof.len());

    // It says nothing else.
    let failed = |change: &dyn Fn(&mut Node)| {
        let mut node = root.clone();
        change(&mut node);
        TREE.set.verify(&node)
    };
    assert!(matches!(failed(&|node| node.segment.shards += F::ONE), Err(NodeError::Proof(_))));
    assert!(matches!(failed(&|node| node.segment.depth = F::ZERO), Err(NodeError::Proof(_))));
    assert!(matches!(failed(&|node| node.segment.root_out[3] += F::ONE), Err(NodeError::Proof(_))));
    assert_eq!(failed(&|node| node.segment.shards = F::from_u32((1 << 13) + 1)), Err(NodeError::Shards((1 << 13) + 1)));
    assert_eq!(failed(&|node| node.segment.depth = F::from_u8(9)), Err(NodeError::Depth(9)));
    assert_eq!(failed(&|node| node.segment.keys[0] += F::ONE), Err(NodeError::Keys));
    assert_eq!(failed(&|node| node.key = 2), Err(NodeError::Key(2)));
    // A leaf is no join, though both keys are of the set.
    assert!(matches!(failed(&|node| node.key = LEAF), Err(NodeError::Proof(_))));
}

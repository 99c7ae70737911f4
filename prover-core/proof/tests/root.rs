//! One proof for a run of small shards, and what is refused.

use std::sync::LazyLock;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::{Felt, Hasher};
use hearth_machine::program::{Program, input_digest};
use hearth_proof::aggregate::{AggregateError, Aggregator, Stage};
use hearth_proof::pins::{JOIN, KINDS, Pins};
use hearth_proof::{RootError, RootProof};
use hearth_recursion::tree::NodeError;
use hearth_shard::chain::{ChainProof, Link};
use hearth_shard::keys::KeyId;
use hearth_shard::prover::ShardProver;
use hearth_soundness::SizeClass;
use p3_field::PrimeCharacteristicRing;

const SHARD: SizeClass = SizeClass::Test20;
const BASE: usize = KeyId::Base as usize;

struct Proved {
    program: Program,
    pins: Pins,
    root: RootProof,
    stages: Vec<Stage>,
}

/// Three shards in leaves of two and of one, below a join.
static PROVED: LazyLock<Proved> = LazyLock::new(|| {
    let hasher = Hasher::new();
    let elf = include_bytes!("../../../guests/elf/fibonacci.elf");
    let program = Program::from_elf(&hasher, elf).unwrap();
    let input = 200u64.to_le_bytes();
    let cut = |limit| Cutter::new(&hasher, &program, &input, Limits::steps(limit)).unwrap();
    let mut whole = cut(u32::MAX);
    whole.next_shard().unwrap();
    let mut cutter = cut((whole.steps() as u32).div_ceil(3));
    let prover = ShardProver::new(SHARD).unwrap();
    let mut links = Vec::new();
    while let Some(shard) = cutter.next_shard().unwrap() {
        links.push(Link::new(pollster::block_on(prover.prove(&shard.package, |_| true)).unwrap().0));
    }
    assert_eq!(links.len(), 3);
    let digest = input_digest(&hasher, &input).unwrap();
    let chain = ChainProof::new(SHARD, program.key(), &digest, links, &cutter.opening().unwrap());

    // The least class in which a node can verify nodes of its own class.
    let mut pins = Pins { node: SizeClass::Real24, slots: [2; KINDS], digests: [[Felt::ZERO; _]; KINDS] };
    let mut provers = [BASE, JOIN].map(|kind| Aggregator::prover_of(SHARD, &pins, kind).unwrap()).into_iter();
    for kind in [BASE, JOIN] {
        let key = provers.next().unwrap().node_key().key(pins.node).unwrap();
        pins.digests[kind] = key.digest;
    }
    let mut stages = Vec::new();
    let mut aggregator = Aggregator::with_pins(SHARD, pins.clone());
    let root = aggregator.aggregate(program.key(), &chain, |stage| {
        stages.push(stage);
        true
    });
    Proved { root: root.unwrap(), program, pins, stages }
});

#[test]
fn a_run_has_one_proof() {
    let Proved { program, pins, root, stages } = &*PROVED;
    let verified = root.verify_with(program.key(), pins).unwrap();
    assert_eq!((verified.shards, verified.exit_code), (3, 0));
    let nodes: Vec<_> = stages.iter().filter(|stage| matches!(stage, Stage::Node(..))).collect();
    assert_eq!(nodes, [&Stage::Node(0, 2), &Stage::Node(0, 1), &Stage::Node(1, 2)]);
    let bytes = root.to_bytes();
    println!("{} bytes", bytes.len());
    assert_eq!(&RootProof::from_bytes(&bytes).unwrap(), root);

    // Small shards exist for tests: nobody else accepts them.
    assert!(matches!(root.verify(program.key()), Err(RootError::Class(20))));
    assert!(matches!(Aggregator::new(SHARD), Err(AggregateError::Class(SHARD))));
    // Another program, other kinds of nodes.
    let hello = Program::from_elf(&Hasher::new(), include_bytes!("../../../guests/elf/hello.elf")).unwrap();
    assert!(matches!(root.verify_with(hello.key(), pins), Err(RootError::Program)));
    let mut others = pins.clone();
    others.digests[JOIN][2] += Felt::ONE;
    assert!(matches!(root.verify_with(program.key(), &others), Err(RootError::Node(NodeError::Key(JOIN)))));
    // REC-1: the root's key is pinned, but a leaf's is another one in this set: every statement names the set.
    let mut others = pins.clone();
    others.digests[BASE][2] += Felt::ONE;
    assert!(matches!(root.verify_with(program.key(), &others), Err(RootError::Node(NodeError::Proof(_)))));
}

/// Bytes of every part, changed, cut off or added: an error, and no panic.
#[test]
fn damaged_proofs() {
    let Proved { program, pins, root, .. } = &*PROVED;
    let bytes = root.to_bytes();
    let says = |bytes: &[u8]| RootProof::from_bytes(bytes).and_then(|proof| proof.verify_with(program.key(), pins));
    assert!(says(&bytes).is_ok());
    assert!(says(&[&bytes[..], &[0]].concat()).is_err());
    // Closely where the parts are short, then one of many.
    let places = (0..400).chain((400..bytes.len()).step_by(bytes.len() / 150)).chain(bytes.len() - 200..bytes.len());
    for place in places {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << (place % 8);
        assert!(says(&damaged).is_err(), "byte {place}");
    }
    for length in (0..bytes.len()).step_by(bytes.len() / 50) {
        assert!(says(&bytes[..length]).is_err());
    }
}

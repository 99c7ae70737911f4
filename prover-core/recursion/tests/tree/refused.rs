//! What no node says: by the source of its circuit run on numbers, and by the circuit, which refuse alike.

use hearth_recursion::node::words::{NodeWords, ShardWords, join_words, leaf_words};
use hearth_recursion::node::{KEYS, Segment, join, leaf};
use hearth_recursion::prover::NodeProver;
use hearth_recursion::tree::Node;
use hearth_shard::keys::{KeyId, stark};
use hearth_shard::proof::ShardProof;
use hearth_stark_circuit::Unsatisfied;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::native::Native;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::{JOIN, LEAF, SHARD, TREE, Tree};

/// The words and the statement of a leaf above these shards.
fn leaf_of(shards: &[&ShardProof]) -> (Vec<F>, Segment<F>) {
    let key = stark(SHARD, KeyId::Base).unwrap();
    let proofs: Vec<Vec<F>> = shards.iter().map(|shard| to_words(key.body(&shard.bytes).unwrap())).collect();
    let number = F::from_u32;
    let children: Vec<ShardWords<'_>> = shards
        .iter()
        .zip(&proofs)
        .map(|(shard, proof)| ShardWords {
            root_out: &shard.statement.root_out,
            pc_out: number(shard.statement.pc_out),
            ts_end: number(shard.statement.ts_end),
            proof,
        })
        .collect();
    let (first, last) = (shards[0].statement, shards[shards.len() - 1].statement);
    let segment = Segment {
        program_root: first.program_root,
        root_in: first.root_in,
        pc_in: number(first.pc_in),
        root_out: last.root_out,
        pc_out: number(last.pc_out),
        shards: F::from_usize(shards.len()),
        depth: F::ZERO,
        keys: TREE.set.digest(),
    };
    (leaf_words(&children, TREE.leaf.slots()), segment)
}

fn to_words(proof: &[u8]) -> Vec<F> {
    proof.as_chunks::<4>().0.iter().map(|word| F::from_u32(u32::from_le_bytes(*word))).collect()
}

fn to_bytes(words: &[F]) -> Vec<u8> {
    words.iter().flat_map(|word| word.as_canonical_u32().to_le_bytes()).collect()
}

/// What the circuit of a node says to an assignment.
fn circuit_says(prover: &NodeProver, words: &[F], segment: Segment<F>) -> Result<(), Check> {
    let public = segment.values();
    let assignment = prover.circuit().assign(&public, words).unwrap();
    match prover.circuit().check(&public, &assignment) {
        Ok(()) => Ok(()),
        Err(Unsatisfied::Assertion { check, .. }) => Err(check),
        Err(other) => panic!("{other}"),
    }
}

fn agreed(native: Result<(), Rejection>, circuit: Result<(), Check>) -> Result<(), Check> {
    let native = native.map_err(|rejection| match rejection {
        Rejection::Failed(check) => check,
        other => panic!("{other}"),
    });
    assert_eq!(native, circuit);
    native
}

fn leaf_says(words: &[F], segment: Segment<F>) -> Result<(), Check> {
    let key = stark(SHARD, KeyId::Base).unwrap().key();
    let bytes = to_bytes(words);
    let native = leaf(&mut Native::new(&bytes), key, TREE.leaf.slots(), &segment);
    agreed(native, circuit_says(&TREE.leaf, words, segment))
}

fn join_says(words: &[F], segment: Segment<F>) -> Result<(), Check> {
    let bytes = to_bytes(words);
    let native = join(&mut Native::new(&bytes), TREE.set.key(JOIN).unwrap(), TREE.join.slots(), &segment);
    agreed(native, circuit_says(&TREE.join, words, segment))
}

/// REC-3, class 14: shards that are swapped, left out, there twice, of another run's end; a used slot that says it is not.
#[test]
fn shards_out_of_order() {
    let [a, b, c, d] = &TREE.shards[..] else { panic!("four shards") };
    let (words, segment) = leaf_of(&[a, b, c]);
    assert_eq!(leaf_says(&words, segment), Ok(()));
    for shards in [&[a][..], &[b], &[c, d]] {
        let (words, segment) = leaf_of(shards);
        assert_eq!(leaf_says(&words, segment), Ok(()), "unused slots");
    }
    for shards in [[b, a, c], [a, c, d], [a, a, b], [a, b, b], [a, b, d], [c, b, a]] {
        let (words, segment) = leaf_of(&shards);
        assert!(leaf_says(&words, segment).is_err());
    }
    // The flag of slot 1 stands after the words of slot 0.
    let (words, segment) = leaf_of(&[a, b, c]);
    let slot = (words.len() + 1) / TREE.leaf.slots();
    for (flag, check) in [(F::ZERO, None), (F::TWO, Some(Check::Used)), (-F::ONE, Some(Check::Used))] {
        let mut words = words.clone();
        words[slot - 1] = flag;
        let said = leaf_says(&words, segment);
        assert!(said.is_err() && check.is_none_or(|check| said == Err(check)), "{flag}: {said:?}");
    }
}

/// REC-2: every public value of a leaf is tied to its children, or to nothing but the tree that it is in.
#[test]
fn statements_of_leaves() {
    let [a, b, ..] = &TREE.shards[..] else { panic!("four shards") };
    let (words, segment) = leaf_of(&[a, b]);
    let keys = Segment::WIDTH - segment.keys.len();
    for value in 0..Segment::WIDTH {
        let mut values = segment.values();
        values[value] += F::ONE;
        let said = leaf_says(&words, from_values(&values));
        assert_eq!(said.is_ok(), value >= keys, "value {value}: {said:?}");
    }
}

fn from_values(values: &[F]) -> Segment<F> {
    use core::borrow::Borrow;
    let segment: &Segment<F> = values.borrow();
    *segment
}

/// Two leaves, and a join's words and statement.
struct Joined {
    leaves: [Node; 2],
}

impl Joined {
    fn new(tree: &Tree) -> Self {
        let [a, b, c, d] = &tree.shards[..] else { panic!("four shards") };
        Self { leaves: [tree.leaf_of(&[a, b, c]), tree.leaf_of(&[d])] }
    }

    fn segment(&self) -> Segment<F> {
        let [first, last] = [self.leaves[0].segment, self.leaves[1].segment];
        let shards = first.shards + last.shards;
        Segment { root_out: last.root_out, pc_out: last.pc_out, shards, depth: F::ONE, ..first }
    }

    fn words(&self, change: impl Fn(usize, &mut NodeWords<'_>)) -> Vec<F> {
        let proofs = [0, 1].map(|i| to_words(&self.leaves[i].proof));
        let mut children = [0, 1].map(|i| NodeWords {
            segment: &self.leaves[i].segment,
            identity: TREE.set.key(LEAF).unwrap().identity(),
            key: LEAF,
            proof: &proofs[i],
        });
        children.iter_mut().enumerate().for_each(|(i, child)| change(i, child));
        join_words(TREE.set.digests(), &children, TREE.join.slots())
    }
}

/// REC-1, REC-3, REC-4, class 11: keys that are not of the set, or not those of the child; another set; nodes out of order; depths.
#[test]
fn joins() {
    let joined = Joined::new(&TREE);
    let (words, segment) = (joined.words(|_, _| {}), joined.segment());
    assert_eq!(join_says(&words, segment), Ok(()));
    let with = |change: &dyn Fn(usize, &mut NodeWords<'_>)| join_says(&joined.words(change), segment);

    // The key of another kind of node, and one that is in no set: as if a circuit had lost a constraint.
    assert_eq!(with(&|_, child| child.key = JOIN), Err(Check::Keys));
    assert_eq!(with(&|_, child| child.key = 7), Err(Check::Keys));
    assert_eq!(with(&|_, child| child.key = KEYS), Err(Check::Keys));
    assert_eq!(
        with(&|i, child| if i == 1 {
            child.identity.cap[200][4] += F::ONE
        }),
        Err(Check::Keys)
    );
    assert_eq!(
        with(&|i, child| if i == 1 {
            child.identity.heights[2] += F::ONE
        }),
        Err(Check::Keys)
    );
    // A key of the set that is not the child's.
    let join_key = TREE.set.key(JOIN).unwrap().identity();
    let foreign = |_: usize, child: &mut NodeWords<'_>| {
        child.key = JOIN;
        child.identity.heights.clone_from(&join_key.heights);
        child.identity.cap.clone_from(&join_key.cap);
    };
    let said = with(&foreign);
    assert!(said.is_err() && said != Err(Check::Keys), "{said:?}");
    // A set with another key in it: the statement names its digest, and each child's names it too.
    let mut other = words.clone();
    other[3] += F::ONE;
    assert_eq!(join_says(&other, segment), Err(Check::Keys));
    // More than one flag, of which the digests cancel: flags are 0 or 1.
    let mut swapped = Joined::new(&TREE);
    swapped.leaves.swap(0, 1);
    assert!(join_says(&swapped.words(|_, _| {}), swapped.segment()).is_err());

    // REC-4: a node as deep as its child, less deep, and too deep for any.
    for (depth, check) in [(F::ZERO, Check::Depth), (-F::ONE, Check::Depth), (F::from_u8(40), Check::Depth)] {
        assert_eq!(join_says(&words, Segment { depth, ..segment }), Err(check));
    }
    // A deeper node than it needs to be is none too many: the verifier of the root bounds it.
    assert_eq!(join_says(&words, Segment { depth: F::from_u8(5), ..segment }), Ok(()));

    // REC-2: every public value.
    for value in (0..Segment::WIDTH).filter(|&value| value != Segment::WIDTH - 10) {
        let mut values = segment.values();
        values[value] += F::ONE;
        assert!(join_says(&words, from_values(&values)).is_err(), "value {value}");
    }
}

/// REC-5: mutants of the words that are refused natively are refused by the circuit, by the same check.
#[test]
fn mutants_of_words() {
    let [a, b, c, _] = &TREE.shards[..] else { panic!("four shards") };
    let (words, segment) = leaf_of(&[a, b, c]);
    let step = words.len() / 40;
    for word in (7..words.len()).step_by(step) {
        let mut forged = words.clone();
        forged[word] += F::from_u32(1 << 7);
        assert!(leaf_says(&forged, segment).is_err(), "word {word}");
    }
}

//! A chain of small shards of a real guest, and everything that may happen to it on the way to its verifier.

use std::sync::LazyLock;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::{Digest, Hasher};
use hearth_machine::layout::OUTPUT_MAX;
use hearth_machine::opening::{Opening, OpeningError};
use hearth_machine::package::Package;
use hearth_machine::program::{Program, input_digest};
use hearth_machine::run::Outcome;
use hearth_shard::backend::BackendId;
use hearth_shard::chain::{ChainError, ChainProof, Link, Verified};
use hearth_shard::keys::KeyId;
use hearth_shard::proof::{DecodeError, ShardProof};
use hearth_shard::prover::ShardProver;
use hearth_shard::verifier::{ShardVerifier, VerifyError};
use hearth_soundness::SizeClass;

use crate::audit::{BENCH, CLASS, tables};
use crate::executor::Lie;

const SHARDS: usize = 3;
const INPUT: [u8; 8] = 30u64.to_le_bytes();

/// A proved run.
struct Run {
    program: Program,
    input: Digest,
    packages: Vec<Package>,
    shards: Vec<ShardProof>,
    opening: Opening,
    outcome: Outcome,
}

static RUN: LazyLock<Run> = LazyLock::new(|| {
    let hasher = Hasher::new();
    let elf = include_bytes!("../../../../guests/elf/fibonacci.elf");
    let program = Program::from_elf(&hasher, elf).expect("a valid guest");
    let cut = |limit| Cutter::new(&hasher, &program, &INPUT, Limits::steps(limit)).expect("a short input");
    let mut whole = cut(u32::MAX);
    whole.next_shard().expect("the guest does not fault");
    let steps = (whole.steps() as u32).div_ceil(SHARDS as u32);

    let prover = ShardProver::new(CLASS).expect("the tables fit");
    let mut cutter = cut(steps);
    let (mut packages, mut shards) = (Vec::new(), Vec::new());
    while let Some(shard) = cutter.next_shard().expect("the guest does not fault") {
        let proved = pollster::block_on(prover.prove(&shard.package, |_| true));
        shards.push(proved.expect("an honest shard").0);
        packages.push(shard.package);
    }
    let opening = cutter.opening().expect("the guest has halted");
    let outcome = cutter.outcome().expect("the guest has halted").expect("a short output");
    let input = input_digest(&hasher, &INPUT).expect("a short input");
    Run { input, packages, shards, opening, outcome, program }
});

impl Run {
    fn chain_of(&self, shards: &[ShardProof]) -> ChainProof {
        let links = shards.iter().cloned().map(Link::new).collect();
        ChainProof::new(CLASS, self.program.key(), &self.input, links, &self.opening)
    }

    fn chain(&self) -> ChainProof {
        self.chain_of(&self.shards)
    }

    /// The verdict on a chain of changed shards.
    fn with(&self, change: impl FnOnce(&mut Vec<ShardProof>)) -> Result<Verified, ChainError> {
        let mut shards = self.shards.clone();
        change(&mut shards);
        self.chain_of(&shards).verify(self.program.key(), true)
    }
}

/// The index of the shard that is refused.
#[track_caller]
fn refused_at(verdict: Result<Verified, ChainError>) -> usize {
    match verdict {
        Err(ChainError::Shard { index, .. }) => index,
        other => panic!("{other:?}"),
    }
}

#[test]
fn chain_is_accepted_as_a_test() {
    let chain = RUN.chain();
    assert_eq!(ChainProof::from_bytes(&chain.to_bytes()).expect("it decodes"), chain);
    let verified = chain.verify(RUN.program.key(), true).expect("an honest chain");
    let Outcome { exit_code, output } = RUN.outcome.clone();
    assert_eq!(exit_code, 0);
    assert_eq!(verified, Verified { exit_code, output, input: RUN.input, shards: SHARDS, class: CLASS });
    assert!(matches!(chain.verify(RUN.program.key(), false), Err(ChainError::Class(20))));
}

/// Condition 21, classes 9 and 11: roles, order and completeness are the verifier's.
#[test]
fn shards_dropped_swapped_and_repeated() {
    assert_eq!(refused_at(RUN.with(|shards| drop(shards.remove(0)))), 0);
    assert_eq!(refused_at(RUN.with(|shards| drop(shards.remove(1)))), 1);
    assert!(matches!(RUN.with(|shards| drop(shards.pop())), Err(ChainError::NotFinished(_))));
    assert_eq!(refused_at(RUN.with(|shards| shards.swap(0, 1))), 0);
    assert_eq!(refused_at(RUN.with(|shards| shards.swap(1, 2))), 1);
    assert_eq!(refused_at(RUN.with(|shards| shards.insert(1, shards[0].clone()))), 1);
    assert_eq!(refused_at(RUN.with(|shards| shards.push(shards[2].clone()))), 3);
    assert!(matches!(RUN.with(Vec::clear), Err(ChainError::Shards(0))));
    // A proof in another's place, and a gap papered over in the statement.
    assert_eq!(refused_at(RUN.with(|shards| shards[1].bytes = shards[0].bytes.clone())), 1);
    let gap = |shards: &mut Vec<ShardProof>| {
        let removed = shards.remove(1);
        (shards[0].statement.root_out, shards[0].statement.pc_out) =
            (removed.statement.root_out, removed.statement.pc_out);
    };
    assert_eq!(refused_at(RUN.with(gap)), 0);
}

/// Condition 21, class 14: program, input and keys are the verifier's too.
#[test]
fn foreign_program_input_and_keys() {
    let chain = RUN.chain();
    assert!(matches!(chain.verify(BENCH.program.key(), true), Err(ChainError::Program)));

    let links = || RUN.shards.iter().cloned().map(Link::new).collect::<Vec<_>>();
    // The same shards under the name of another program, and another program's run under the name of this one.
    let renamed = ChainProof::new(CLASS, BENCH.program.key(), &RUN.input, links(), &RUN.opening);
    assert_eq!(refused_at(renamed.verify(BENCH.program.key(), true)), 0);
    let trace = BENCH.run(Lie::None);
    let bytes = BENCH.prove(tables(&trace), &[]);
    let foreign = ShardProof { statement: trace.statement, class: CLASS, key: KeyId::Base, bytes };
    assert_eq!(refused_at(RUN.with(|shards| *shards = vec![foreign])), 0);

    let other = input_digest(&Hasher::new(), &31u64.to_le_bytes()).expect("a short input");
    let other_input = ChainProof::new(CLASS, RUN.program.key(), &other, links(), &RUN.opening);
    assert_eq!(refused_at(other_input.verify(RUN.program.key(), true)), 0);
    let other_class = ChainProof::new(SizeClass::Test22, RUN.program.key(), &RUN.input, links(), &RUN.opening);
    assert_eq!(refused_at(other_class.verify(RUN.program.key(), true)), 0);
    assert_eq!(refused_at(RUN.with(|shards| shards[1].key = KeyId::Keccak)), 1);
}

/// Class 14: the verifier says which backend it trusts, and trusts it for every link.
#[test]
fn proofs_of_another_backend() {
    let prover = ShardProver::with_backend(BackendId::Fri, CLASS).expect("the tables fit");
    let mut shards = RUN.shards.clone();
    for (shard, package) in shards.iter_mut().zip(&RUN.packages) {
        let proved = pollster::block_on(prover.prove(package, |_| true));
        *shard = proved.expect("an honest shard").0;
    }
    let key = RUN.program.key();
    let chain = RUN.chain_of(&shards);
    assert_eq!(chain.named_backend(), Some(BackendId::Fri));
    assert_eq!(chain.verify_by(BackendId::Fri, key, true).expect("an honest chain").shards, SHARDS);
    assert_eq!(refused_at(chain.verify(key, true)), 0);
    assert_eq!(refused_at(RUN.chain().verify_by(BackendId::Fri, key, true)), 0);

    let mixed = RUN.chain_of(&[&RUN.shards[..1], &shards[1..]].concat());
    assert_eq!(refused_at(mixed.verify(key, true)), 1);
    assert_eq!(refused_at(mixed.verify_by(BackendId::Fri, key, true)), 0);
}

/// Class 14: two numbers must not name one statement.
#[test]
fn numbers_beyond_the_field() {
    const P: u32 = 0x7f00_0001;
    let changes: [fn(&mut ShardProof); 2] = [|shard| shard.statement.ts_end += P, |shard| shard.statement.pc_out += P];
    for change in changes {
        let verdict = RUN.with(|shards| change(&mut shards[1]));
        assert!(matches!(verdict, Err(ChainError::Shard { index: 1, source: VerifyError::Statement })), "{verdict:?}");
    }
}

/// Condition 21, class 11: exit code and output are what the last root holds.
#[test]
fn foreign_outcome() {
    let verdict = |change: &dyn Fn(&mut Opening)| {
        let mut opening = RUN.opening.clone();
        change(&mut opening);
        let links = RUN.shards.iter().cloned().map(Link::new).collect();
        match ChainProof::new(CLASS, RUN.program.key(), &RUN.input, links, &opening).verify(RUN.program.key(), true) {
            Err(ChainError::Opening(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(verdict(&|opening| opening.registers[2] += 1), OpeningError::Root);
    assert_eq!(verdict(&|opening| opening.output[0][1] += 1), OpeningError::Root);
    assert_eq!(verdict(&|opening| opening.output[0][0] -= 1), OpeningError::Root);
    assert_eq!(verdict(&|opening| opening.output[0][0] = OUTPUT_MAX), OpeningError::Shape);
    assert_eq!(verdict(&|opening| opening.output[0][0] = u64::MAX), OpeningError::TooLong(u64::MAX));
    assert_eq!(verdict(&|opening| opening.output.clear()), OpeningError::Shape);
    assert_eq!(verdict(&|opening| opening.uncles.truncate(1)), OpeningError::Shape);
}

/// Class 15: bytes of a chain that are cut, extended or of another kind.
#[test]
fn damaged_chains() {
    let bytes = RUN.chain().to_bytes();
    let mut numbers = Numbers(1);
    for length in (0..300).chain((0..100).map(|_| numbers.below(bytes.len()))) {
        assert!(ChainProof::from_bytes(&bytes[..length]).is_err(), "length {length}");
    }
    let extended = [&bytes[..], &[0]].concat();
    assert!(matches!(ChainProof::from_bytes(&extended), Err(ChainError::Format(_))));
    // Magic (6 bytes), version, class.
    for (position, byte) in [(0, b'h'), (6, 2), (7, 19)] {
        let mut other = bytes.clone();
        other[position] = byte;
        let verdict = ChainProof::from_bytes(&other).and_then(|chain| chain.verify(RUN.program.key(), true));
        assert!(matches!(verdict, Err(ChainError::Format(_) | ChainError::Class(19))), "{verdict:?}");
    }
    // Every byte from the header through the first link's numbers, then some anywhere: one changed bit each.
    for round in 0..2000 {
        let mut other = bytes.clone();
        let position = if round < 200 { round } else { numbers.below(bytes.len()) };
        other[position] ^= 1 << numbers.below(8);
        let Ok(chain) = ChainProof::from_bytes(&other) else { continue };
        // Whole chains are verified in part: what lies inside a shard's proof is the next test's.
        if round % 100 == 0 || round < 40 {
            assert!(chain.verify(RUN.program.key(), true).is_err(), "byte {position}");
        }
    }
}

/// Class 15: bytes of a shard proof with one change each: an error, no panic.
#[test]
fn damaged_shard_proofs() {
    let shard = &RUN.shards[0];
    let bytes = shard.to_bytes();
    assert_eq!(ShardProof::from_bytes(&bytes).as_ref(), Ok(shard));
    let extended = [&bytes[..], &[0]].concat();
    assert_eq!(ShardProof::from_bytes(&extended), Err(DecodeError::Format));

    let verifier = ShardVerifier::new(CLASS).expect("the tables fit");
    let verify = |shard: &ShardProof| verifier.verify(&shard.statement, shard.key as u8, &shard.bytes);
    assert_eq!(verify(shard), Ok(()));
    let mut numbers = Numbers(2);
    let mut verified = 0;
    for round in 0..2000 {
        let mut other = bytes.clone();
        // The numbers of the statement and the first messages get half of the attention.
        let range = if round % 2 == 0 { bytes.len() } else { 4000 };
        let position = numbers.below(range);
        other[position] = match round % 3 {
            0 => other[position] ^ 1 << numbers.below(8),
            1 => u8::MAX,
            _ => 0,
        };
        let Ok(other) = ShardProof::from_bytes(&other) else { continue };
        if other != *shard && other.class == CLASS {
            assert!(verify(&other).is_err(), "byte {position}");
            verified += 1;
        }
    }
    assert!(verified > 1500, "{verified}: most changes are of field elements");
}

/// A fixed stream of numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

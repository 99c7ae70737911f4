//! Packages: decoding, then replay.

use hearth_machine::frontier::{Frontier, Kind, root};
use hearth_machine::hash::Digest;
use hearth_machine::package::{DecodeError, Package};
use hearth_machine::replay::{BadPackage, replay};
use hearth_machine::testing::random::Random;
use hearth_machine::tree::{Tree, zero_digests};
use hearth_machine::wire::Wire;
use hearth_shard::costs::most_steps;

use crate::run::{CLASS, HASHER, RUN};
use crate::{ACCEPTED, Class, Target, below, mutate};

/// The target.
pub const TARGET: Target = Target {
    name: "package",
    judge,
    seeds,
    mutant,
    classes: &[
        ACCEPTED,
        "length",
        "magic",
        "version",
        "digest",
        "index",
        "uncle",
        "too many steps",
        "steps",
        "root_in",
        "program root",
        "word",
        "code",
        "untouched",
        "fault",
        "end",
        "root_out",
    ],
    memory: 64 << 20,
};

pub(super) fn decode_class(error: DecodeError) -> Class {
    match error {
        DecodeError::Length => "length",
        DecodeError::Magic => "magic",
        DecodeError::Version(_) => "version",
        DecodeError::Digest => "digest",
        DecodeError::Index => "index",
        DecodeError::Uncle => "uncle",
        DecodeError::TooLarge => "too large",
    }
}

fn replay_class(error: BadPackage) -> Class {
    match error {
        // What decodes is in order and has its siblings.
        BadPackage::Order | BadPackage::Siblings => panic!("a package that decodes: {error}"),
        BadPackage::RootIn => "root_in",
        BadPackage::ProgramRoot => "program root",
        BadPackage::Word(_) => "word",
        BadPackage::Code(_) => "code",
        BadPackage::Untouched => "untouched",
        BadPackage::Steps => "steps",
        BadPackage::Fault(_) => "fault",
        BadPackage::End => "end",
        BadPackage::RootOut => "root_out",
    }
}

fn judge(bytes: &[u8]) -> Class {
    let package = match Package::decode(bytes) {
        Ok(package) => package,
        Err(error) => return decode_class(error),
    };
    assert_eq!(package.encode(), bytes, "a second encoding");
    // As the prover of a shard does.
    if package.steps > most_steps(CLASS) {
        return "too many steps";
    }
    match replay(&HASHER, &package) {
        Ok(trace) => {
            assert_eq!(trace.statement, package.statement);
            ACCEPTED
        }
        Err(error) => replay_class(error),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    RUN.packages.iter().map(Wire::encode).collect()
}

fn mutant(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    wrong(random).map_or_else(|| mutate::bytes(seeds, random), |package| package.encode())
}

/// A package with one change, and mostly with roots to which its leaves fold all the same: such a one comes to be run.
pub(super) fn wrong(random: &mut Random) -> Option<Package> {
    let mut package = RUN.packages[below(random, RUN.packages.len())].clone();
    let (leaf, code_leaf) = (below(random, package.leaves.len()), below(random, package.code_leaves.len()));
    let statement = &mut package.statement;
    match random.below(14) {
        0 => statement.pc_in = statement.pc_in.wrapping_add(random.below(64)),
        1 => statement.pc_out = random.below(u32::MAX),
        2 => statement.ts_end ^= 1 << random.below(32),
        3 => statement.root_out.reverse(),
        4 => package.steps = package.steps.wrapping_add_signed(random.below(5) as i32 - 2),
        5 => package.steps = [0, 1, 1 << 14, 1 << 21, u32::MAX][random.below(5) as usize],
        6 | 7 => package.leaves[leaf].1[random.below(8) as usize] = random.word() >> random.below(64),
        // A register: the last leaves are theirs.
        8 => package.leaves.last_mut()?.1[random.below(8) as usize] = random.word(),
        9 | 10 => package.code_leaves[code_leaf].1[random.below(16) as usize] ^= 1 << random.below(32),
        11 => drop(package.leaves.remove(leaf)),
        12 => drop(package.code_leaves.remove(code_leaf)),
        _ => {
            let index = random.below(1 << 27);
            let at = package.leaves.partition_point(|leaf| leaf.0 < index);
            package.leaves.insert(at, (index, [0; 8]));
        }
    }
    if package.leaves.is_empty() || package.code_leaves.is_empty() {
        return None;
    }
    let keep_roots = random.below(4) == 0;
    let indexes = package.leaves.iter().map(|leaf| leaf.0).collect();
    let memory = siblings(Kind::Memory, indexes, &mut package.uncles, |tree| {
        tree.update_memory(&HASHER, &package.leaves);
    });
    let indexes = package.code_leaves.iter().map(|leaf| leaf.0).collect();
    let code = siblings(Kind::Code, indexes, &mut package.code_uncles, |tree| {
        tree.update_code(&HASHER, &package.code_leaves);
    });
    let fold =
        |frontier: &Frontier, leaves: Vec<Digest>, uncles: &[Digest]| root(&frontier.fold(&HASHER, leaves, uncles)?);
    if !keep_roots {
        let leaves = package.leaves.iter().map(|leaf| HASHER.memory_leaf(&leaf.1)).collect();
        package.statement.root_in = fold(&memory, leaves, &package.uncles)?;
        let leaves = package.code_leaves.iter().map(|leaf| HASHER.code_leaf(&leaf.1)).collect();
        package.statement.program_root = fold(&code, leaves, &package.code_uncles)?;
    }
    Some(package)
}

/// A package of so many memory leaves, as far from each other as can be, all zero in a tree of zeros.
pub(super) fn scattered(leaves: usize) -> Package {
    let mut package = RUN.packages[0].clone();
    let stride = (1 << Kind::Memory.depth()) / leaves as u32;
    package.leaves = (0..leaves as u32).map(|at| (at * stride, [0; 8])).collect();
    let frontier = Frontier::new(Kind::Memory, package.leaves.iter().map(|leaf| leaf.0).collect());
    let levels = frontier.levels().iter().zip(zero_digests(&HASHER, Kind::Memory));
    package.uncles = levels.flat_map(|(level, zero)| vec![zero; level.uncles.len()]).collect();
    package
}

/// The frontier of the leaves. Where leaves came or went, the siblings become those of a tree that is zero elsewhere.
fn siblings(kind: Kind, indexes: Vec<u32>, uncles: &mut Vec<Digest>, fill: impl FnOnce(&mut Tree)) -> Frontier {
    let frontier = Frontier::new(kind, indexes);
    if frontier.uncles() != uncles.len() {
        let mut tree = Tree::new(&HASHER, kind);
        fill(&mut tree);
        *uncles = tree.uncles(&frontier);
    }
    frontier
}

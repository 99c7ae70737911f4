//! What the replay of one shard hands to the chips: every row's content, nothing about columns.

use alloc::vec::Vec;

use crate::hash::Digest;
use crate::isa::{Family, Instruction};

/// What a shard proof states: running the program from `(root_in, pc_in)` reaches `(root_out, pc_out)`.
///
/// `ts_end` is the shard's local time at its end and is a public value of the state bus.
/// Source: the 22 points of the memory argument, docs/soundness.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Root of the read-only code tree.
    pub program_root: Digest,
    /// Memory root before the shard.
    pub root_in: Digest,
    /// pc before the shard.
    pub pc_in: u32,
    /// Memory root after the shard.
    pub root_out: Digest,
    /// pc after the shard; [`crate::layout::HALT_PC`] when the run ends in it.
    pub pc_out: u32,
    /// Local time after the last instruction.
    pub ts_end: u32,
}

/// One access to the word `word` at a time that its place in the [`Step`] implies.
///
/// It receives `(word, prev_ts, prev)` and sends `(word, ts, next)`; a read has `prev == next`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Word address: data below 2^29, registers above.
    pub word: u32,
    /// Time of the access before this one, 0 for the first in the shard.
    pub prev_ts: u32,
    /// Value before.
    pub prev: u64,
    /// Value after.
    pub next: u64,
}

/// One executed instruction. Accesses that the operation does not make are `Access::default()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Address of the instruction.
    pub pc: u32,
    /// Time at its start.
    pub ts: u32,
    /// pc of the next instruction.
    pub next_pc: u32,
    /// The decoded instruction.
    pub instruction: Instruction,
    /// Read of rs1 at `ts`.
    pub rs1: Access,
    /// Read of rs2 at `ts + 1`; absent when the second operand is the immediate.
    pub rs2: Access,
    /// Memory accesses at `ts + 2`: the word, and the word after it where a misaligned access crosses.
    pub memory: [Access; 2],
    /// Write of rd at `ts + 3`.
    pub rd: Access,
}

/// A call of keccak-f: an `ecall` with `a7 = ECALL_KECCAK_F`. It takes 8 ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeccakRecord {
    /// Address of the instruction.
    pub pc: u32,
    /// Time at its start.
    pub ts: u32,
    /// Read of a7 at `ts`.
    pub code: Access,
    /// Read of a0 at `ts + 1`.
    pub pointer: Access,
    /// Read and write of the 25 words at `ts + 4`.
    pub words: [Access; 25],
}

/// An addition of points of secp256k1: an `ecall` with `a7 = ECALL_SECP256K1_ADD`. It takes 8 ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secp256k1Add {
    /// Address of the instruction.
    pub pc: u32,
    /// Time at its start.
    pub ts: u32,
    /// Read of a7 at `ts`.
    pub code: Access,
    /// Reads of a0 at `ts + 1` and a1 at `ts + 2`.
    pub pointers: [Access; 2],
    /// Read of the second point at `ts + 4`.
    pub q: [Access; 8],
    /// Read of the first point and write of the sum at `ts + 5`.
    pub p: [Access; 8],
}

/// A doubling of a point of secp256k1: an `ecall` with `a7 = ECALL_SECP256K1_DOUBLE`. It takes 8 ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secp256k1Double {
    /// Address of the instruction.
    pub pc: u32,
    /// Time at its start.
    pub ts: u32,
    /// Read of a7 at `ts`.
    pub code: Access,
    /// Read of a0 at `ts + 1`.
    pub pointer: Access,
    /// Read of the point and write of its double at `ts + 5`.
    pub p: [Access; 8],
}

/// A compression of SHA-256: an `ecall` with `a7 = ECALL_SHA256`. It takes 8 ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sha256Record {
    /// Address of the instruction.
    pub pc: u32,
    /// Time at its start.
    pub ts: u32,
    /// Read of a7 at `ts`.
    pub code: Access,
    /// Reads of a0 at `ts + 1` and a1 at `ts + 2`.
    pub pointers: [Access; 2],
    /// Read of the block at `ts + 4`.
    pub block: [Access; 8],
    /// Read and write of the state at `ts + 5`.
    pub state: [Access; 4],
}

/// A modular call on numbers of `W` words: an `ecall` with `a7 = ECALL_MODULAR_256` or `ECALL_MODULAR_384`. It takes 8
/// ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModularRecord<const W: usize> {
    /// Address of the instruction.
    pub pc: u32,
    /// Time at its start.
    pub ts: u32,
    /// Read of a7 at `ts`.
    pub code: Access,
    /// Reads of a0 to a4 at `ts + 1`.
    pub pointers: [Access; 5],
    /// Reads of both factors, the summand and the modulus, from `ts + 3` to `ts + 6`.
    pub operands: [[Access; W]; 4],
    /// Write of the result at `ts + 7`.
    pub result: [Access; W],
}

/// A memory leaf that the shard touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafRecord {
    /// Leaf index, below 2^27.
    pub index: u32,
    /// Words before the shard.
    pub initial: [u64; 8],
    /// Words after the shard.
    pub last: [u64; 8],
    /// Time of the last access to each word, 0 where there was none.
    pub last_ts: [u32; 8],
    /// `leaf_digest(initial)`.
    pub old: Digest,
    /// `leaf_digest(last)`.
    pub new: Digest,
}

/// An inner node of the memory tree whose children the shard opens, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRecord {
    /// Level, 1 (above the leaves) to 27 (the root).
    pub level: u32,
    /// Index within the level.
    pub index: u32,
    /// Left and right child before.
    pub old_children: [Digest; 2],
    /// Left and right child after.
    pub new_children: [Digest; 2],
    /// Digest before.
    pub old: Digest,
    /// Digest after.
    pub new: Digest,
}

/// A subtree beside the opened paths: the same before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UncleRecord {
    /// Level, 0 to 26.
    pub level: u32,
    /// Index within the level.
    pub index: u32,
    /// Its digest.
    pub digest: Digest,
}

/// A leaf of the code tree from which the shard fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLeafRecord {
    /// Leaf index: `pc / 64`.
    pub index: u32,
    /// Its 16 instruction words.
    pub words: [u32; 16],
    /// Whether the shard decodes the instruction (one decode row per distinct pc).
    pub used: [bool; 16],
    /// `code_leaf_digest(words)`.
    pub digest: Digest,
}

/// An inner node of the code tree on the way to a used leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeNodeRecord {
    /// Level, 1 to 24.
    pub level: u32,
    /// Index within the level.
    pub index: u32,
    /// Left and right child.
    pub children: [Digest; 2],
    /// Which children are opened further down.
    pub opened: [bool; 2],
    /// Its digest.
    pub digest: Digest,
}

/// A distinct pc that the shard executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeRecord {
    /// The pc.
    pub pc: u32,
    /// The instruction word there.
    pub word: u32,
    /// What it decodes to.
    pub instruction: Instruction,
    /// How many steps fetch it.
    pub uses: u32,
}

/// Everything that the chips need to fill the tables of one shard.
#[derive(Clone, Debug)]
pub struct ShardTrace {
    /// What the shard proof will state.
    pub statement: Statement,
    /// Steps by instruction family, in order of time within each.
    pub steps: [Vec<Step>; Family::COUNT],
    /// Calls of keccak-f, in order of time.
    pub keccaks: Vec<KeccakRecord>,
    /// Additions of points of secp256k1, in order of time.
    pub secp256k1_adds: Vec<Secp256k1Add>,
    /// Doublings of points of secp256k1, in order of time.
    pub secp256k1_doubles: Vec<Secp256k1Double>,
    /// Compressions of SHA-256, in order of time.
    pub sha256s: Vec<Sha256Record>,
    /// Modular calls on 4 words, in order of time.
    pub modular_256: Vec<ModularRecord<4>>,
    /// Modular calls on 6 words, in order of time.
    pub modular_384: Vec<ModularRecord<6>>,
    /// Touched memory leaves, ascending by index.
    pub leaves: Vec<LeafRecord>,
    /// Opened memory nodes, root first.
    pub nodes: Vec<NodeRecord>,
    /// Siblings of opened nodes that are not opened.
    pub uncles: Vec<UncleRecord>,
    /// Used code leaves, ascending by index.
    pub code_leaves: Vec<CodeLeafRecord>,
    /// Opened code nodes, root first.
    pub code_nodes: Vec<CodeNodeRecord>,
    /// Distinct pcs, ascending.
    pub decodes: Vec<DecodeRecord>,
}

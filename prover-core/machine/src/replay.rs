//! Replay: from a package to the rows of every chip. The only memory is the package.

use alloc::vec::Vec;

use thiserror::Error;

use crate::code::illegal;
use crate::decode::decode;
use crate::exec::{Cpu, Host, ModularCall, PointCall, Retired, Sha256Call, Width, run};
use crate::fault::{Cause, Fault};
use crate::frontier::{Digests, Frontier, Kind, root};
use crate::hash::{BLOCK, Digest, Felt, Hasher, code_block, memory_block};
use crate::isa::{Family, Instruction};
use crate::keccak::keccak_f;
use crate::layout::{
    CODE_DEPTH, KECCAK_TICKS, LEAF_WORDS, MAX_TICKS, MEMORY_DEPTH, MODULAR_TICKS, REGISTER_LEAF, REGISTER_LEAVES,
    REGISTER_WORD, SECP256K1_TICKS, SHA256_TICKS, START_TS, STEP_TICKS,
};
use crate::package::Package;
use crate::sha256;
use crate::trace::{
    Access, CodeLeafRecord, CodeNodeRecord, DecodeRecord, KeccakRecord, LeafRecord, ModularRecord, NodeRecord,
    Secp256k1Add, Secp256k1Double, Sha256Record, ShardTrace, Step, UncleRecord,
};

/// Why a package is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadPackage {
    /// Indexes do not ascend strictly, or lie beyond the tree.
    #[error("leaves are out of order or out of range")]
    Order,
    /// The number of sibling digests is not what the leaves need, or there are no leaves.
    #[error("wrong number of sibling digests")]
    Siblings,
    /// The leaves and siblings do not fold to `root_in`.
    #[error("memory leaves do not match root_in")]
    RootIn,
    /// The leaves and siblings do not fold to the program root.
    #[error("code leaves do not match the program root")]
    ProgramRoot,
    /// An access to a word of no leaf in the package.
    #[error("word {0:#x} is not in the package")]
    Word(u32),
    /// A fetch from a code leaf that is not in the package.
    #[error("code at pc {0:#x} is not in the package")]
    Code(u32),
    /// A leaf that the run does not touch.
    #[error("a leaf is not touched")]
    Untouched,
    /// More steps than a shard can have, or none.
    #[error("bad number of steps")]
    Steps,
    /// The run faults.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The run ends at another pc or time than stated.
    #[error("the run does not end as stated")]
    End,
    /// The memory after the run does not fold to `root_out`.
    #[error("memory after the run does not match root_out")]
    RootOut,
}

/// Most steps of a shard: every stamp, the end included, stays below [`MAX_TICKS`].
pub const MAX_STEPS: u32 = (MAX_TICKS - START_TS) / KECCAK_TICKS - 1;

/// Replays a package and checks it against its statement.
pub fn replay(hasher: &Hasher, package: &Package) -> Result<ShardTrace, BadPackage> {
    let statement = &package.statement;
    if package.steps == 0 || package.steps > MAX_STEPS {
        return Err(BadPackage::Steps);
    }
    let memory = open(Kind::Memory, &package.leaves, &package.uncles)?;
    let code = open(Kind::Code, &package.code_leaves, &package.code_uncles)?;

    let code_blocks: Vec<_> = package.code_leaves.iter().map(|l| code_block(&l.1)).collect();
    let code_digests = fold(hasher, Kind::Code, &code, &code_blocks, &package.code_uncles)?;
    if root(&code_digests) != Some(statement.program_root) {
        return Err(BadPackage::ProgramRoot);
    }
    let blocks: Vec<_> = package.leaves.iter().map(|l| memory_block(&l.1)).collect();
    let old = fold(hasher, Kind::Memory, &memory, &blocks, &package.uncles)?;
    if root(&old) != Some(statement.root_in) {
        return Err(BadPackage::RootIn);
    }

    let mut recorder = Recorder::new(package);
    let mut cpu = recorder.cpu(statement.pc_in);
    let steps = run(&mut cpu, &mut recorder, package.steps.into())?;
    if steps != u64::from(package.steps) || cpu.pc != statement.pc_out || recorder.ts != statement.ts_end {
        return Err(BadPackage::End);
    }
    let untouched = recorder.last_ts.contains(&[0; LEAF_WORDS]) || recorder.uses.contains(&[0; 16]);
    if untouched {
        return Err(BadPackage::Untouched);
    }

    let leaves = recorder.new_digests(hasher, &old[0]);
    let new = memory.refold(hasher, &old, leaves, &package.uncles).ok_or(BadPackage::Siblings)?;
    if root(&new) != Some(statement.root_out) {
        return Err(BadPackage::RootOut);
    }
    Ok(ShardTrace {
        statement: *statement,
        leaves: recorder.leaves(&old[0], &new[0]),
        nodes: nodes(&memory, &old, &new, &package.uncles),
        uncles: uncles(&memory, &package.uncles),
        code_leaves: recorder.code_leaves(&code_digests[0]),
        code_nodes: code_nodes(&code, &code_digests, &package.code_uncles),
        decodes: recorder.decodes(),
        steps: recorder.steps,
        keccaks: recorder.keccaks,
        secp256k1_adds: recorder.secp256k1_adds,
        secp256k1_doubles: recorder.secp256k1_doubles,
        sha256s: recorder.sha256s,
        modular_256: recorder.modular_256,
        modular_384: recorder.modular_384,
    })
}

/// The shape of an opening, checked against the number of siblings before anything is hashed.
fn open<L>(kind: Kind, leaves: &[(u32, L)], uncles: &[Digest]) -> Result<Frontier, BadPackage> {
    let ascending = leaves.is_sorted_by(|a, b| a.0 < b.0);
    if !ascending || leaves.last().is_some_and(|last| last.0 >> kind.depth() != 0) {
        return Err(BadPackage::Order);
    }
    let frontier = Frontier::new(kind, leaves.iter().map(|leaf| leaf.0).collect());
    if leaves.is_empty() || frontier.uncles() != uncles.len() {
        return Err(BadPackage::Siblings);
    }
    Ok(frontier)
}

fn fold(
    hasher: &Hasher,
    kind: Kind,
    frontier: &Frontier,
    blocks: &[[Felt; BLOCK]],
    uncles: &[Digest],
) -> Result<Digests, BadPackage> {
    let leaves = hasher.compress_all(kind.leaf_tag(), 0, blocks);
    frontier.fold(hasher, leaves, uncles).ok_or(BadPackage::Siblings)
}

/// Runs the machine over the package's leaves and writes everything down.
struct Recorder<'a> {
    package: &'a Package,
    /// Words now, by position in `package.leaves`.
    last: Vec<[u64; LEAF_WORDS]>,
    /// Time of the last access to them.
    last_ts: Vec<[u32; LEAF_WORDS]>,
    /// Positions of the register leaves.
    register_leaves: [Option<usize>; REGISTER_LEAVES],
    /// Position of the data leaf of the last access.
    leaf_at: usize,
    /// Decoded code, by position in `package.code_leaves`.
    code: Vec<[Option<Instruction>; 16]>,
    /// Fetches of each instruction.
    uses: Vec<[u32; 16]>,
    /// Position of the code leaf of the last fetch.
    code_at: usize,
    /// Time at the start of the instruction.
    ts: u32,
    /// Memory accesses of the instruction so far.
    memory: [Access; 2],
    accesses: usize,
    steps: [Vec<Step>; Family::COUNT],
    keccaks: Vec<KeccakRecord>,
    secp256k1_adds: Vec<Secp256k1Add>,
    secp256k1_doubles: Vec<Secp256k1Double>,
    sha256s: Vec<Sha256Record>,
    modular_256: Vec<ModularRecord<4>>,
    modular_384: Vec<ModularRecord<6>>,
}

impl<'a> Recorder<'a> {
    fn new(package: &'a Package) -> Self {
        let decode_leaf = |&(index, words): &(u32, [u32; 16])| {
            core::array::from_fn(|slot| decode(64 * index + 4 * slot as u32, words[slot]))
        };
        Self {
            package,
            last: package.leaves.iter().map(|leaf| leaf.1).collect(),
            last_ts: alloc::vec![[0; LEAF_WORDS]; package.leaves.len()],
            register_leaves: core::array::from_fn(|register| {
                let leaf = REGISTER_LEAF + register as u32;
                let found = package.leaves.binary_search_by_key(&leaf, |leaf| leaf.0);
                found.ok()
            }),
            leaf_at: 0,
            code: package.code_leaves.iter().map(decode_leaf).collect(),
            uses: alloc::vec![[0; 16]; package.code_leaves.len()],
            code_at: 0,
            ts: START_TS,
            memory: Default::default(),
            accesses: 0,
            steps: Default::default(),
            keccaks: Vec::new(),
            secp256k1_adds: Vec::new(),
            secp256k1_doubles: Vec::new(),
            sha256s: Vec::new(),
            modular_256: Vec::new(),
            modular_384: Vec::new(),
        }
    }

    /// Registers from their leaves; those of absent leaves are never used, since every use is an access.
    fn cpu(&self, pc: u32) -> Cpu {
        let mut cpu = Cpu::new(pc);
        let leaves = cpu.registers.chunks_exact_mut(LEAF_WORDS);
        for (registers, at) in leaves.zip(self.register_leaves) {
            if let Some(at) = at {
                registers.copy_from_slice(&self.package.leaves[at].1);
            }
        }
        cpu
    }

    /// Accesses `word` at `ts`; its new value is `next(old)`.
    #[inline(always)]
    fn access(&mut self, word: u32, ts: u32, next: impl FnOnce(u64) -> u64) -> Result<Access, BadPackage> {
        let at = self.find(word / LEAF_WORDS as u32);
        let at = at.ok_or(BadPackage::Word(word))?;
        let slot = word as usize % LEAF_WORDS;
        let value = &mut self.last[at][slot];
        let stamp = &mut self.last_ts[at][slot];
        let access = Access { word, prev_ts: *stamp, prev: *value, next: next(*value) };
        *value = access.next;
        *stamp = ts;
        Ok(access)
    }

    /// Replaces the `N` words from `word` on by `next` of them, one access each, all at `ts`.
    fn replace<const N: usize>(
        &mut self,
        word: u32,
        ts: u32,
        next: impl FnOnce(&[u64; N]) -> Result<[u64; N], BadPackage>,
    ) -> Result<[Access; N], BadPackage> {
        let mut accesses = [Access::default(); N];
        for (i, access) in (0..).zip(&mut accesses) {
            *access = self.access(word + i, ts, |old| old)?;
        }
        let next = next(&accesses.map(|access| access.prev))?;
        for (access, next) in accesses.iter_mut().zip(next) {
            // The time of this access is noted already; only the value changes.
            access.next = self.access(access.word, ts, |_| next)?.next;
        }
        Ok(accesses)
    }

    /// Makes the accesses of a modular call on numbers of `W` words.
    fn modular_call<const W: usize>(&mut self, call: &ModularCall) -> Result<ModularRecord<W>, BadPackage> {
        let (pc, ts) = (call.pc, self.ts);
        let code = self.access(REGISTER_WORD + u32::from(call.instruction.rs1), ts, |old| old)?;
        let mut pointers = [Access::default(); 5];
        for (register, pointer) in (10..).zip(&mut pointers) {
            *pointer = self.access(REGISTER_WORD + register, ts + 1, |old| old)?;
        }
        let mut operands = [[Access::default(); W]; 4];
        for ((tick, operand), word) in (3..).zip(&mut operands).zip(call.operands) {
            *operand = self.replace(word, ts + tick, |words| Ok(*words))?;
        }
        let [a, b, c, m] = operands.map(|operand| operand.map(|access| access.prev));
        let result = self.replace(call.result, ts + 7, |_| Ok(call.result([&a, &b, &c, &m])?))?;
        Ok(ModularRecord { pc, ts, code, pointers, operands, result })
    }

    /// Position of a leaf in the package.
    #[inline(always)]
    fn find(&mut self, leaf: u32) -> Option<usize> {
        if let Some(register) = leaf.checked_sub(REGISTER_LEAF) {
            return *self.register_leaves.get(register as usize)?;
        }
        let leaves = &self.package.leaves;
        if leaves[self.leaf_at].0 != leaf {
            self.leaf_at = leaves.binary_search_by_key(&leaf, |leaf| leaf.0).ok()?;
        }
        Some(self.leaf_at)
    }

    fn access_memory(&mut self, word: u32, next: impl FnOnce(u64) -> u64) -> Result<u64, BadPackage> {
        let access = self.access(word, self.ts + 2, next)?;
        self.memory[self.accesses] = access;
        self.accesses += 1;
        Ok(access.prev)
    }

    /// Digests of the leaves now; unchanged ones keep their old digest.
    fn new_digests(&self, hasher: &Hasher, old: &[Digest]) -> Vec<Digest> {
        let changed = |at: usize| self.last[at] != self.package.leaves[at].1;
        let blocks: Vec<_> = (0..old.len()).filter(|&at| changed(at)).map(|at| memory_block(&self.last[at])).collect();
        let hashed = hasher.compress_all(Kind::Memory.leaf_tag(), 0, &blocks);
        let mut digests = old.to_vec();
        for (at, digest) in (0..old.len()).filter(|&at| changed(at)).zip(hashed) {
            digests[at] = digest;
        }
        digests
    }

    fn leaves(&self, old: &[Digest], new: &[Digest]) -> Vec<LeafRecord> {
        (self.package.leaves.iter().enumerate())
            .map(|(at, &(index, initial))| LeafRecord {
                index,
                initial,
                last: self.last[at],
                last_ts: self.last_ts[at],
                old: old[at],
                new: new[at],
            })
            .collect()
    }

    fn code_leaves(&self, digests: &[Digest]) -> Vec<CodeLeafRecord> {
        (self.package.code_leaves.iter().enumerate())
            .map(|(at, &(index, words))| CodeLeafRecord {
                index,
                words,
                used: self.uses[at].map(|uses| uses != 0),
                digest: digests[at],
            })
            .collect()
    }

    fn decodes(&self) -> Vec<DecodeRecord> {
        let mut decodes = Vec::new();
        for (at, &(index, words)) in self.package.code_leaves.iter().enumerate() {
            for (slot, word) in words.into_iter().enumerate() {
                let uses = self.uses[at][slot];
                if let (Some(instruction), 1..) = (self.code[at][slot], uses) {
                    decodes.push(DecodeRecord { pc: 64 * index + 4 * slot as u32, word, instruction, uses });
                }
            }
        }
        decodes
    }
}

impl Host for Recorder<'_> {
    type Error = BadPackage;

    fn fetch(&mut self, pc: u32) -> Result<Instruction, BadPackage> {
        if !pc.is_multiple_of(4) {
            let cause = Cause::MisalignedPc;
            return Err(Fault { pc, cause }.into());
        }
        let leaves = &self.package.code_leaves;
        if leaves[self.code_at].0 != pc / 64 {
            self.code_at = leaves.binary_search_by_key(&(pc / 64), |leaf| leaf.0).map_err(|_| BadPackage::Code(pc))?;
        }
        let slot = (pc / 4 % 16) as usize;
        let word = leaves[self.code_at].1[slot];
        let instruction = self.code[self.code_at][slot].ok_or(illegal(pc, word))?;
        self.uses[self.code_at][slot] += 1;
        self.memory = Default::default();
        self.accesses = 0;
        Ok(instruction)
    }

    fn read(&mut self, word: u32) -> Result<u64, BadPackage> {
        self.access_memory(word, |old| old)
    }

    fn write(&mut self, word: u32, mask: u64, bits: u64) -> Result<(), BadPackage> {
        self.access_memory(word, |old| old & !mask | bits)?;
        Ok(())
    }

    fn retire(&mut self, retired: &Retired) -> Result<(), BadPackage> {
        let Instruction { op, is_imm, rd, rs1, rs2, .. } = retired.instruction;
        let ts = self.ts;
        let register = |index: u8| REGISTER_WORD + u32::from(index);
        let mut step = Step {
            pc: retired.pc,
            ts,
            next_pc: retired.next_pc,
            instruction: retired.instruction,
            rs1: Access::default(),
            rs2: Access::default(),
            memory: self.memory,
            rd: Access::default(),
        };
        if op.reads_rs1() {
            step.rs1 = self.access(register(rs1), ts, |old| old)?;
        }
        if op.reads_rs2(is_imm) {
            step.rs2 = self.access(register(rs2), ts + 1, |old| old)?;
        }
        if op.writes_rd() {
            step.rd = self.access(register(rd), ts + 3, |_| retired.rd)?;
        }
        // The interpreter's registers are those of the leaves.
        debug_assert!(!op.reads_rs1() || step.rs1.prev == retired.rs1);
        debug_assert!(!op.reads_rs2(is_imm) || step.rs2.prev == retired.operand);
        self.steps[retired.family as usize].push(step);
        self.ts += STEP_TICKS;
        Ok(())
    }

    fn keccak(&mut self, pc: u32, instruction: &Instruction, word: u32) -> Result<(), BadPackage> {
        let ts = self.ts;
        let register = |index: u8| REGISTER_WORD + u32::from(index);
        let code = self.access(register(instruction.rs1), ts, |old| old)?;
        let pointer = self.access(register(10), ts + 1, |old| old)?;
        let words = self.replace(word, ts + 4, |state| {
            let mut state = *state;
            keccak_f(&mut state);
            Ok(state)
        })?;
        self.keccaks.push(KeccakRecord { pc, ts, code, pointer, words });
        self.ts += KECCAK_TICKS;
        Ok(())
    }

    fn secp256k1(&mut self, call: &PointCall) -> Result<(), BadPackage> {
        let (pc, ts) = (call.pc, self.ts);
        let register = |index: u8| REGISTER_WORD + u32::from(index);
        let code = self.access(register(call.instruction.rs1), ts, |old| old)?;
        let pointer = self.access(register(10), ts + 1, |old| old)?;
        if let Some(word) = call.q {
            let pointers = [pointer, self.access(register(11), ts + 2, |old| old)?];
            let q = self.replace(word, ts + 4, |q| Ok(*q))?;
            let q_words = q.map(|access| access.prev);
            let p = self.replace(call.p, ts + 5, |p| Ok(call.result(p, Some(&q_words))?))?;
            self.secp256k1_adds.push(Secp256k1Add { pc, ts, code, pointers, q, p });
        } else {
            let p = self.replace(call.p, ts + 5, |p| Ok(call.result(p, None)?))?;
            self.secp256k1_doubles.push(Secp256k1Double { pc, ts, code, pointer, p });
        }
        self.ts += SECP256K1_TICKS;
        Ok(())
    }

    fn sha256(&mut self, call: &Sha256Call) -> Result<(), BadPackage> {
        let (pc, ts) = (call.pc, self.ts);
        let register = |index: u8| REGISTER_WORD + u32::from(index);
        let code = self.access(register(call.instruction.rs1), ts, |old| old)?;
        let pointers = [self.access(register(10), ts + 1, |old| old)?, self.access(register(11), ts + 2, |old| old)?];
        let block = self.replace(call.block, ts + 4, |block| Ok(*block))?;
        let words = block.map(|access| access.prev);
        let state = self.replace(call.state, ts + 5, |state| Ok(sha256::compress_memory(state, &words)))?;
        self.sha256s.push(Sha256Record { pc, ts, code, pointers, block, state });
        self.ts += SHA256_TICKS;
        Ok(())
    }

    fn modular(&mut self, call: &ModularCall) -> Result<(), BadPackage> {
        match call.width {
            Width::Bits256 => {
                let record = self.modular_call(call)?;
                self.modular_256.push(record);
            }
            Width::Bits384 => {
                let record = self.modular_call(call)?;
                self.modular_384.push(record);
            }
        }
        self.ts += MODULAR_TICKS;
        Ok(())
    }
}

/// Rows of opened nodes, root first.
fn nodes(frontier: &Frontier, old: &Digests, new: &Digests, uncles: &[Digest]) -> Vec<NodeRecord> {
    let mut records = Vec::with_capacity(frontier.nodes());
    for (level, uncles) in per_level(frontier, uncles).into_iter().enumerate().rev() {
        let pairs = |digests: &Digests| -> Vec<_> { frontier.pairs(level, &digests[level], uncles).collect() };
        let (old_pairs, new_pairs) = (pairs(old), pairs(new));
        let above = &frontier.levels()[level + 1].opened;
        records.extend(above.iter().enumerate().map(|(at, &index)| NodeRecord {
            level: level as u32 + 1,
            index,
            old_children: old_pairs[at],
            new_children: new_pairs[at],
            old: old[level + 1][at],
            new: new[level + 1][at],
        }));
    }
    records
}

fn uncles(frontier: &Frontier, uncles: &[Digest]) -> Vec<UncleRecord> {
    (0..MEMORY_DEPTH)
        .zip(per_level(frontier, uncles))
        .flat_map(|(level, digests)| {
            let indexes = &frontier.levels()[level as usize].uncles;
            indexes.iter().zip(digests).map(move |(&index, &digest)| UncleRecord { level, index, digest })
        })
        .collect()
}

fn code_nodes(frontier: &Frontier, digests: &Digests, uncles: &[Digest]) -> Vec<CodeNodeRecord> {
    let mut records = Vec::with_capacity(frontier.nodes());
    let uncles = per_level(frontier, uncles);
    for level in (0..CODE_DEPTH as usize).rev() {
        let shape = frontier.levels();
        let pairs = frontier.pairs(level, &digests[level], uncles[level]);
        let above = shape[level + 1].opened.iter().zip(&digests[level + 1]);
        records.extend(above.zip(pairs).map(|((&index, &digest), children)| {
            let opened = |child| shape[level].opened.binary_search(&child).is_ok();
            CodeNodeRecord {
                level: level as u32 + 1,
                index,
                children,
                opened: [opened(2 * index), opened(2 * index + 1)],
                digest,
            }
        }));
    }
    records
}

/// Splits uncles by level, leaves first. Their number has been checked.
fn per_level<'a>(frontier: &Frontier, mut uncles: &'a [Digest]) -> Vec<&'a [Digest]> {
    let levels = frontier.levels();
    levels[..levels.len() - 1]
        .iter()
        .map(|level| {
            let (here, rest) = uncles.split_at(level.uncles.len());
            uncles = rest;
            here
        })
        .collect()
}

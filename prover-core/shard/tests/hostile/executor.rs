//! A hostile executor: it runs a program with one lie and goes on consistently with what the lie has changed.

use std::collections::BTreeMap;

use hearth_machine::exec::{Cpu, Host, ModularCall, PointCall, Retired, Sha256Call, Width, run};
use hearth_machine::fault::{Cause, Fault};
use hearth_machine::frontier::{Frontier, Kind};
use hearth_machine::hash::Hasher;
use hearth_machine::isa::{Family, Instruction, Op};
use hearth_machine::keccak::keccak_f;
use hearth_machine::layout::{
    CODE_DEPTH, ECALL_SECP256K1_ADD, KECCAK_TICKS, MEMORY_DEPTH, MODULAR_TICKS, REGISTER_WORD, SHA256_TICKS, START_TS,
    STEP_TICKS,
};
use hearth_machine::memory::Memory;
use hearth_machine::program::Program;
use hearth_machine::sha256::compress_memory;
use hearth_machine::testing::DATA_BASE;
use hearth_machine::trace::{
    Access, CodeLeafRecord, CodeNodeRecord, DecodeRecord, KeccakRecord, LeafRecord, ModularRecord, NodeRecord,
    Sha256Record, ShardTrace, Statement, Step, UncleRecord,
};
use hearth_machine::tree::Tree;

/// What the executor does wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Nothing.
    None,
    /// The last `ld` reads what the word held before the last write.
    StaleRead,
    /// The second `sd` leaves memory as it is.
    DroppedWrite,
    /// `sb` replaces the whole word.
    WideStore,
    /// `divu` gives the remainder, which the victim makes the quotient less 1.
    WrongQuotient,
    /// `sub` adds.
    WrongSum,
    /// `beq` branches when its operands differ.
    WrongBranch,
    /// `and` is executed, and recorded, as `or`.
    ForeignInstruction,
    /// `mul` writes, and records, another register.
    ForeignRegister,
    /// A write to x0 reaches x0.
    WriteToZero,
    /// The instruction at this step is left out.
    Skip(u64),
    /// Times of all accesses start at 1, before the first instruction's.
    EarlyStart,
    /// `lb` reads the word of the leaf after the one it should.
    OtherWord,
    /// The first two data leaves have each other's content.
    SwappedLeaves,
    /// `ld` at 2^32 - 4 reads the last word and x0.
    EndOfMemory,
    /// Keccak-f and the compression of SHA-256 leave their state as it is.
    IdleCall,
    /// This word of the result of a modular call is another.
    WrongResult(usize),
}

/// The run's words with every access, oldest first, as `(time, value)`.
type History = BTreeMap<u32, Vec<(u32, u64)>>;

struct Executor<'a> {
    program: &'a Program,
    lie: Lie,
    initial: Memory,
    history: History,
    uses: BTreeMap<u32, u32>,
    ts: u32,
    memory: Vec<Access>,
    /// The instruction that a record shall show.
    shown: Option<Instruction>,
    doubles: usize,
    steps: [Vec<Step>; Family::COUNT],
    keccaks: Vec<KeccakRecord>,
    sha256s: Vec<Sha256Record>,
    modular_256: Vec<ModularRecord<4>>,
    modular_384: Vec<ModularRecord<6>>,
}

impl Executor<'_> {
    fn access(&mut self, word: u32, ts: u32, next: impl FnOnce(u64) -> u64) -> Access {
        let initial = if word < REGISTER_WORD { self.initial.read(word) } else { 0 };
        let history = self.history.entry(word).or_insert_with(|| vec![(0, initial)]);
        let (prev_ts, prev) = history[history.len() - 1];
        let next = next(prev);
        history.push((ts, next));
        Access { word, prev_ts, prev, next }
    }

    /// The words from `word` on, without an access.
    fn peek<const N: usize>(&self, word: u32) -> [u64; N] {
        core::array::from_fn(|i| {
            let word = word + i as u32;
            let last = self.history.get(&word).and_then(|history| history.last());
            last.map_or_else(|| self.initial.read(word), |&(_, value)| value)
        })
    }
}

impl Host for Executor<'_> {
    type Error = Fault;

    fn fetch(&mut self, pc: u32) -> Result<Instruction, Fault> {
        let honest = self.program.code().fetch(pc)?;
        *self.uses.entry(pc).or_default() += 1;
        self.memory.clear();
        self.shown = None;
        let mut instruction = honest;
        let mut show = true;
        match (self.lie, honest.op) {
            (Lie::WrongQuotient, Op::Divu) => instruction.op = Op::Remu,
            (Lie::WrongSum, Op::Sub) => instruction.op = Op::Add,
            (Lie::WrongBranch, Op::Beq) => instruction.op = Op::Bne,
            (Lie::ForeignInstruction, Op::And) => (instruction.op, show) = (Op::Or, false),
            (Lie::ForeignRegister, Op::Mul) => (instruction.rd, show) = (23, false),
            (Lie::EndOfMemory, Op::Ld) => instruction.imm = 4u64.wrapping_neg(),
            (Lie::WriteToZero, Op::Sltu) => (instruction.rd, show) = (0, false),
            _ => {}
        }
        if show {
            self.shown = Some(honest);
        }
        self.doubles += usize::from(matches!(honest.op, Op::Ld | Op::Sd));
        Ok(instruction)
    }

    fn read(&mut self, word: u32) -> Result<u64, Fault> {
        let ts = self.ts + 2;
        let byte = matches!(self.shown, Some(Instruction { op: Op::Lb, .. }));
        let word = if self.lie == Lie::OtherWord && byte { word + 8 } else { word };
        let mut access = self.access(word, ts, |old| old);
        let double = matches!(self.shown, Some(Instruction { op: Op::Ld, .. }));
        if self.lie == Lie::StaleRead && double && self.doubles == 4 {
            // The word was written twice: what the first write left comes before what the second found.
            let history = self.history.get_mut(&word).expect("it was just read");
            let (prev_ts, prev) = history[history.len() - 3];
            access = Access { prev_ts, prev, next: prev, ..access };
            *history.last_mut().expect("it was just read") = (ts, prev);
        }
        self.memory.push(access);
        Ok(access.prev)
    }

    fn write(&mut self, word: u32, mask: u64, bits: u64) -> Result<(), Fault> {
        let lie = self.lie;
        let second = self.doubles == 3;
        let access = self.access(word, self.ts + 2, |old| match lie {
            Lie::DroppedWrite if second => old,
            Lie::WideStore if mask.count_ones() == 8 => bits,
            _ => old & !mask | bits,
        });
        self.memory.push(access);
        Ok(())
    }

    fn retire(&mut self, retired: &Retired) -> Result<(), Fault> {
        let ts = self.ts;
        let register = |index: u8| REGISTER_WORD + u32::from(index);
        let executed = retired.instruction;
        let memory = core::array::from_fn(|i| self.memory.get(i).copied().unwrap_or_default());
        let mut step = Step {
            pc: retired.pc,
            ts,
            next_pc: retired.next_pc,
            instruction: self.shown.unwrap_or(executed),
            rs1: Access::default(),
            rs2: Access::default(),
            memory,
            rd: Access::default(),
        };
        if executed.op.reads_rs1() {
            step.rs1 = self.access(register(executed.rs1), ts, |old| old);
        }
        if executed.op.reads_rs2(executed.is_imm) {
            step.rs2 = self.access(register(executed.rs2), ts + 1, |old| old);
        }
        if executed.op.writes_rd() {
            step.rd = self.access(register(executed.rd), ts + 3, |_| retired.rd);
        }
        let mut family = retired.family;
        if self.lie == Lie::EndOfMemory && executed.op == Op::Ld {
            step.memory[1] = self.access(REGISTER_WORD, ts + 2, |old| old);
            family = Family::Misaligned;
        }
        self.steps[family as usize].push(step);
        self.ts += STEP_TICKS;
        Ok(())
    }

    /// The program makes no such call.
    fn secp256k1(&mut self, call: &PointCall) -> Result<(), Fault> {
        Err(Fault { pc: call.pc, cause: Cause::Ecall(ECALL_SECP256K1_ADD) })
    }

    fn modular(&mut self, call: &ModularCall) -> Result<(), Fault> {
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

    fn keccak(&mut self, pc: u32, _: &Instruction, word: u32) -> Result<(), Fault> {
        let ts = self.ts;
        let code = self.access(REGISTER_WORD + 17, ts, |old| old);
        let pointer = self.access(REGISTER_WORD + 10, ts + 1, |old| old);
        let mut state: [u64; 25] = self.peek(word);
        if self.lie != Lie::IdleCall {
            keccak_f(&mut state);
        }
        let words = core::array::from_fn(|i| self.access(word + i as u32, ts + 4, |_| state[i]));
        self.keccaks.push(KeccakRecord { pc, ts, code, pointer, words });
        self.ts += KECCAK_TICKS;
        Ok(())
    }

    fn sha256(&mut self, call: &Sha256Call) -> Result<(), Fault> {
        let (pc, ts) = (call.pc, self.ts);
        let code = self.access(REGISTER_WORD + 17, ts, |old| old);
        let pointers = [10, 11].map(|register| self.access(REGISTER_WORD + register, ts + register - 9, |old| old));
        let block = core::array::from_fn(|i| self.access(call.block + i as u32, ts + 4, |old| old));
        let mut after: [u64; 4] = self.peek(call.state);
        if self.lie != Lie::IdleCall {
            after = compress_memory(&after, &block.map(|access| access.prev));
        }
        let state = core::array::from_fn(|i| self.access(call.state + i as u32, ts + 5, |_| after[i]));
        self.sha256s.push(Sha256Record { pc, ts, code, pointers, block, state });
        self.ts += SHA256_TICKS;
        Ok(())
    }
}

/// Runs at most `limit` steps of `program` with `lie`, as one shard.
pub fn execute(hasher: &Hasher, program: &Program, limit: u64, lie: Lie) -> ShardTrace {
    let mut initial = program.initial_memory(&[]).expect("no input");
    if lie == Lie::SwappedLeaves {
        let [a, b] = [0, 64].map(|offset| initial.read_bytes(DATA_BASE + offset, 64));
        initial.write_bytes(DATA_BASE, &b);
        initial.write_bytes(DATA_BASE + 64, &a);
    }
    let mut executor = Executor {
        program,
        lie,
        initial,
        history: History::new(),
        uses: BTreeMap::new(),
        ts: if lie == Lie::EarlyStart { 1 } else { START_TS },
        memory: Vec::new(),
        shown: None,
        doubles: 0,
        steps: Default::default(),
        keccaks: Vec::new(),
        sha256s: Vec::new(),
        modular_256: Vec::new(),
        modular_384: Vec::new(),
    };
    let mut cpu = Cpu::new(program.key().entry);
    if let Lie::Skip(at) = lie {
        run(&mut cpu, &mut executor, at).expect("the run does not fault");
        cpu.pc += 4;
    }
    run(&mut cpu, &mut executor, limit).expect("the run does not fault");
    executor.finish(hasher, cpu.pc)
}

impl Executor<'_> {
    fn modular_call<const W: usize>(&mut self, call: &ModularCall) -> Result<ModularRecord<W>, Fault> {
        let (pc, ts) = (call.pc, self.ts);
        let code = self.access(REGISTER_WORD + 17, ts, |old| old);
        let pointers = core::array::from_fn(|i| self.access(REGISTER_WORD + 10 + i as u32, ts + 1, |old| old));
        let mut tick = ts + 2;
        let operands = call.operands.map(|word| {
            tick += 1;
            core::array::from_fn(|i| self.access(word + i as u32, tick, |old| old))
        });
        let [a, b, c, m] = operands.map(|operand: [Access; W]| operand.map(|access| access.prev));
        let mut result = call.result([&a, &b, &c, &m])?;
        if let Lie::WrongResult(word) = self.lie {
            result[word] ^= 1;
        }
        let result = core::array::from_fn(|i| self.access(call.result + i as u32, ts + 7, |_| result[i]));
        Ok(ModularRecord { pc, ts, code, pointers, operands, result })
    }

    fn finish(self, hasher: &Hasher, pc_out: u32) -> ShardTrace {
        let old = self.program.initial_tree(hasher, &[]).expect("no input");
        let mut leaves: BTreeMap<u32, LeafRecord> = BTreeMap::new();
        for (&word, history) in &self.history {
            let index = word / 8;
            let leaf = leaves.entry(index).or_insert_with(|| {
                let initial = if word < REGISTER_WORD { self.initial.leaf(index) } else { [0; 8] };
                let digest = hasher.memory_leaf(&initial);
                LeafRecord { index, initial, last: initial, last_ts: [0; 8], old: digest, new: digest }
            });
            let (ts, value) = history[history.len() - 1];
            leaf.last[word as usize % 8] = value;
            leaf.last_ts[word as usize % 8] = ts;
        }
        let leaves: Vec<LeafRecord> = leaves.into_values().collect();
        let mut code_leaves: BTreeMap<u32, CodeLeafRecord> = BTreeMap::new();
        let mut decodes = Vec::new();
        for (&pc, &uses) in &self.uses {
            let (index, slot) = (pc / 64, (pc / 4 % 16) as usize);
            let words = self.program.code().leaf(index);
            let digest = hasher.code_leaf(&words);
            let leaf = code_leaves.entry(index).or_insert(CodeLeafRecord { index, words, used: [false; 16], digest });
            leaf.used[slot] = true;
            let instruction = self.program.code().fetch(pc).expect("it was fetched");
            decodes.push(DecodeRecord { pc, word: words[slot], instruction, uses });
        }
        let code_leaves: Vec<CodeLeafRecord> = code_leaves.into_values().collect();
        let code = self.program.code_tree();
        let code_frontier = Frontier::new(Kind::Code, code_leaves.iter().map(|leaf| leaf.index).collect());

        let mut trace = ShardTrace {
            statement: Statement {
                program_root: code.root(),
                root_in: old.root(),
                pc_in: self.program.key().entry,
                root_out: old.root(),
                pc_out,
                ts_end: self.ts,
            },
            steps: self.steps,
            keccaks: self.keccaks,
            secp256k1_adds: Vec::new(),
            secp256k1_doubles: Vec::new(),
            sha256s: self.sha256s,
            modular_256: self.modular_256,
            modular_384: self.modular_384,
            leaves,
            nodes: Vec::new(),
            uncles: Vec::new(),
            code_leaves,
            code_nodes: code_nodes(&code_frontier, code),
            decodes,
        };
        let digests: Vec<_> = trace.leaves.iter().map(|leaf| hasher.memory_leaf(&leaf.last)).collect();
        for (leaf, digest) in trace.leaves.iter_mut().zip(&digests) {
            leaf.new = *digest;
        }
        refold(hasher, &old, &old, &mut trace);
        trace
    }
}

/// Rebuilds the rows of the memory tree and the last root from the leaves' new digests; `base` is the tree that they
/// are put into, `old` for an honest prover.
pub fn refold(hasher: &Hasher, old: &Tree, base: &Tree, trace: &mut ShardTrace) {
    let indexes: Vec<u32> = trace.leaves.iter().map(|leaf| leaf.index).collect();
    let digests: Vec<_> = trace.leaves.iter().map(|leaf| leaf.new).collect();
    let mut new = base.clone();
    new.update(hasher, indexes.clone(), &digests);
    let frontier = Frontier::new(Kind::Memory, indexes);
    trace.nodes.clear();
    for level in 1..=MEMORY_DEPTH {
        for &index in &frontier.levels()[level as usize].opened {
            let children = |tree: &Tree| [0, 1].map(|side| tree.get(level as usize - 1, 2 * index + side));
            trace.nodes.push(NodeRecord {
                level,
                index,
                old_children: children(old),
                new_children: children(&new),
                old: old.get(level as usize, index),
                new: new.get(level as usize, index),
            });
        }
    }
    let uncle = |level: u32, index: u32| UncleRecord { level, index, digest: old.get(level as usize, index) };
    trace.uncles = (0..MEMORY_DEPTH)
        .flat_map(|level| frontier.levels()[level as usize].uncles.iter().map(move |&index| uncle(level, index)))
        .collect();
    trace.statement.root_out = new.root();
}

fn code_nodes(frontier: &Frontier, tree: &Tree) -> Vec<CodeNodeRecord> {
    let node = |level: u32, index: u32| {
        let below = level as usize - 1;
        CodeNodeRecord {
            level,
            index,
            children: [0, 1].map(|side| tree.get(below, 2 * index + side)),
            opened: [0, 1].map(|side| frontier.levels()[below].opened.contains(&(2 * index + side))),
            digest: tree.get(below + 1, index),
        }
    };
    (1..=CODE_DEPTH)
        .flat_map(|level| frontier.levels()[level as usize].opened.iter().map(move |&index| node(level, index)))
        .collect()
}

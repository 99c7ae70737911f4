//! The interpreter: one source for the plain run, the cut run and the replay, monomorphised over a [`Host`].

use crate::fault::{Cause, Fault};
use crate::isa::{Family, Instruction, Op};
use crate::keccak::{State, keccak_f};
use crate::layout::{
    ACCELERATOR_END, ADDRESS_END, ECALL_EXIT, ECALL_KECCAK_F, ECALL_MODULAR_256, ECALL_MODULAR_384,
    ECALL_SECP256K1_ADD, ECALL_SECP256K1_DOUBLE, ECALL_SHA256, HALT_PC, PROGRAM_END,
};
use crate::modular;
use crate::secp256k1::{self, Point};
use crate::sha256;

/// Registers as an array with a slot for the sink; the length is a power of two so that indexes need no check.
pub type Registers = [u64; 64];

/// Registers and pc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpu {
    /// x0..x31, the sink at 32, zeros beyond.
    pub registers: Registers,
    /// pc of the next instruction; [`HALT_PC`] after exit.
    pub pc: u32,
}

impl Cpu {
    /// All registers zero.
    pub fn new(pc: u32) -> Self {
        Self { registers: [0; 64], pc }
    }

    /// Whether the run has ended with `exit`.
    pub fn is_halted(&self) -> bool {
        self.pc == HALT_PC
    }
}

/// An instruction that has executed, before its register is written.
#[derive(Clone, Copy, Debug)]
pub struct Retired {
    /// Address of the instruction.
    pub pc: u32,
    /// pc of the next one.
    pub next_pc: u32,
    /// The instruction.
    pub instruction: Instruction,
    /// The family that proves it.
    pub family: Family,
    /// Value of rs1.
    pub rs1: u64,
    /// Second operand: value of rs2, or the immediate where that is the operand.
    pub operand: u64,
    /// Value for rd; 0 where none is written.
    pub rd: u64,
}

/// A point operation of secp256k1.
#[derive(Clone, Copy, Debug)]
pub struct PointCall {
    /// Address of the instruction.
    pub pc: u32,
    /// The instruction.
    pub instruction: Instruction,
    /// First word of the point that is replaced.
    pub p: u32,
    /// First word of the point that is added to it; without one it is doubled.
    pub q: Option<u32>,
}

impl PointCall {
    /// What replaces `p`.
    ///
    /// # Errors
    /// Points for which the formula is not defined.
    pub fn result(&self, p: &Point, q: Option<&Point>) -> Result<Point, Fault> {
        let result = match q {
            Some(q) => secp256k1::add(p, q),
            None => secp256k1::double(p),
        };
        result.ok_or(Fault { pc: self.pc, cause: Cause::Secp256k1 })
    }
}

/// A compression of SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct Sha256Call {
    /// Address of the instruction.
    pub pc: u32,
    /// The instruction.
    pub instruction: Instruction,
    /// First word of the state, which is replaced.
    pub state: u32,
    /// First word of the block.
    pub block: u32,
}

/// Width of the numbers of a modular call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 4 words.
    Bits256,
    /// 6 words.
    Bits384,
}

/// A modular call.
#[derive(Clone, Copy, Debug)]
pub struct ModularCall {
    /// Address of the instruction.
    pub pc: u32,
    /// The instruction.
    pub instruction: Instruction,
    /// Width of all numbers.
    pub width: Width,
    /// First word of the result.
    pub result: u32,
    /// First words of both factors, the summand and the modulus.
    pub operands: [u32; 4],
}

impl ModularCall {
    /// The result for these operands.
    ///
    /// # Errors
    /// A quotient of more than `W` words.
    pub fn result<const W: usize>(&self, [a, b, c, m]: [&[u64; W]; 4]) -> Result<[u64; W], Fault> {
        let division = modular::multiply_add(a, b, c, m);
        division.map(|division| division.remainder).ok_or(Fault { pc: self.pc, cause: Cause::Modular })
    }
}

/// Memory, code and observer of a run.
pub trait Host {
    /// What ends a run.
    type Error: From<Fault>;

    /// The instruction at `pc`.
    fn fetch(&mut self, pc: u32) -> Result<Instruction, Self::Error>;

    /// The word at `word < 2^29`.
    fn read(&mut self, word: u32) -> Result<u64, Self::Error>;

    /// Replaces the bits under `mask` of the word at `word < 2^29`.
    fn write(&mut self, word: u32, mask: u64, bits: u64) -> Result<(), Self::Error>;

    /// Called once per instruction, after its memory accesses and before its register is written.
    fn retire(&mut self, retired: &Retired) -> Result<(), Self::Error>;

    /// Applies keccak-f to the 25 words from `word` on and notes the call at `pc`. Takes the place of
    /// [`Host::retire`] for this instruction.
    fn keccak(&mut self, pc: u32, instruction: &Instruction, word: u32) -> Result<(), Self::Error>;

    /// Carries out the point operation `call` and notes it. Takes the place of [`Host::retire`] for this instruction.
    fn secp256k1(&mut self, call: &PointCall) -> Result<(), Self::Error>;

    /// Carries out the compression `call` and notes it. Takes the place of [`Host::retire`] for this instruction.
    fn sha256(&mut self, call: &Sha256Call) -> Result<(), Self::Error>;

    /// Carries out the modular call `call` and notes it. Takes the place of [`Host::retire`] for this instruction.
    fn modular(&mut self, call: &ModularCall) -> Result<(), Self::Error>;

    /// Whether the run shall pause before the next instruction.
    fn paused(&self) -> bool {
        false
    }
}

/// Runs until the machine halts, the host pauses or `limit` instructions are done; returns how many were.
///
/// After an error `cpu.pc` is the pc of the instruction that did not complete.
pub fn run<H: Host>(cpu: &mut Cpu, host: &mut H, limit: u64) -> Result<u64, H::Error> {
    let mut registers = cpu.registers;
    let mut pc = cpu.pc;
    let mut left = limit;
    let mut result = Ok(());
    while left != 0 && pc != HALT_PC && !host.paused() {
        match step(&mut registers, pc, host) {
            Ok(next) => pc = next,
            Err(error) => {
                result = Err(error);
                break;
            }
        }
        left -= 1;
    }
    cpu.registers = registers;
    cpu.pc = pc;
    result.map(|()| limit - left)
}

/// Executes the instruction at `pc` and returns the pc after it. On an error nothing has changed.
#[inline(always)]
fn step<H: Host>(registers: &mut Registers, pc: u32, host: &mut H) -> Result<u32, H::Error> {
    let instruction = host.fetch(pc)?;
    let a = registers[usize::from(instruction.rs1) % 64];
    let r2 = registers[usize::from(instruction.rs2) % 64];
    // One of the two is zero wherever both could be the operand: rs2 is 0 where there is an immediate.
    let b = r2.wrapping_add(instruction.imm);
    let fault = |cause| Err(H::Error::from(Fault { pc, cause }));

    // The tail of every instruction.
    macro_rules! retire {
        ($family:expr, $operand:expr, $rd:expr, $next:expr) => {{
            host.retire(&Retired {
                pc,
                next_pc: $next,
                instruction,
                family: $family,
                rs1: a,
                operand: $operand,
                rd: $rd,
            })?;
            Ok($next)
        }};
    }
    // rd = value, on to the next instruction.
    macro_rules! set {
        ($family:ident, $value:expr) => {{
            let value: u64 = $value;
            let result = retire!(Family::$family, b, value, pc.wrapping_add(4));
            registers[usize::from(instruction.rd) % 64] = value;
            result
        }};
    }
    macro_rules! branch {
        ($taken:expr) => {{
            let next = if $taken { instruction.target } else { pc.wrapping_add(4) };
            retire!(Family::Branch, r2, 0, next)
        }};
    }
    macro_rules! load {
        ($size:literal, $extend:expr) => {{
            match load::<H, $size>(host, pc, b_address(a, &instruction)) {
                Ok((value, family)) => {
                    let value = $extend(value);
                    let result = retire!(family, 0, value, pc.wrapping_add(4));
                    registers[usize::from(instruction.rd) % 64] = value;
                    result
                }
                Err(error) => Err(error),
            }
        }};
    }
    macro_rules! store {
        ($size:literal) => {{
            match store::<H, $size>(host, pc, b_address(a, &instruction), r2) {
                Ok(family) => retire!(family, r2, 0, pc.wrapping_add(4)),
                Err(error) => Err(error),
            }
        }};
    }

    match instruction.op {
        Op::Add => set!(AddSub, a.wrapping_add(b)),
        Op::Sub => set!(AddSub, a.wrapping_sub(b)),
        Op::Addw => set!(AddSub, word(a.wrapping_add(b))),
        Op::Subw => set!(AddSub, word(a.wrapping_sub(b))),
        Op::And => set!(Bitwise, a & b),
        Op::Or => set!(Bitwise, a | b),
        Op::Xor => set!(Bitwise, a ^ b),
        Op::Sll => set!(Shift, a << (b & 63)),
        Op::Srl => set!(Shift, a >> (b & 63)),
        Op::Sra => set!(Shift, (a as i64 >> (b & 63)) as u64),
        Op::Sllw => set!(Shift, word(a << (b & 31))),
        Op::Srlw => set!(Shift, word(u64::from(a as u32 >> (b & 31)))),
        Op::Sraw => set!(Shift, i64::from(a as i32 >> (b & 31)) as u64),
        Op::Slt => set!(Compare, u64::from((a as i64) < b as i64)),
        Op::Sltu => set!(Compare, u64::from(a < b)),
        Op::Beq => branch!(a == r2),
        Op::Bne => branch!(a != r2),
        Op::Blt => branch!((a as i64) < r2 as i64),
        Op::Bge => branch!(a as i64 >= r2 as i64),
        Op::Bltu => branch!(a < r2),
        Op::Bgeu => branch!(a >= r2),
        Op::Jal => {
            let result = retire!(Family::Jump, 0, instruction.imm, instruction.target);
            registers[usize::from(instruction.rd) % 64] = instruction.imm;
            result
        }
        Op::Jalr => {
            let target = a.wrapping_add(instruction.imm) & !1;
            if target >= PROGRAM_END {
                return fault(Cause::JumpTarget(target));
            }
            let link = u64::from(pc) + 4;
            let result = retire!(Family::Jump, 0, link, target as u32);
            registers[usize::from(instruction.rd) % 64] = link;
            result
        }
        Op::Lb => load!(1, |value| i64::from(value as i8) as u64),
        Op::Lh => load!(2, |value| i64::from(value as i16) as u64),
        Op::Lw => load!(4, word),
        Op::Ld => load!(8, |value| value),
        Op::Lbu => load!(1, |value| u64::from(value as u8)),
        Op::Lhu => load!(2, |value| u64::from(value as u16)),
        Op::Lwu => load!(4, |value| u64::from(value as u32)),
        Op::Sb => store!(1),
        Op::Sh => store!(2),
        Op::Sw => store!(4),
        Op::Sd => store!(8),
        Op::Mul => set!(Mul, a.wrapping_mul(b)),
        Op::Mulh => set!(Mul, ((i128::from(a as i64) * i128::from(b as i64)) >> 64) as u64),
        Op::Mulhsu => set!(Mul, ((i128::from(a as i64) * i128::from(b)) >> 64) as u64),
        Op::Mulhu => set!(Mul, ((u128::from(a) * u128::from(b)) >> 64) as u64),
        Op::Mulw => set!(Mul, word(a.wrapping_mul(b))),
        // Division by zero and overflow have defined results (section 12.2).
        Op::Div => set!(
            DivRem,
            match b {
                0 => u64::MAX,
                _ => (a as i64).wrapping_div(b as i64) as u64,
            }
        ),
        Op::Divu => set!(DivRem, a.checked_div(b).unwrap_or(u64::MAX)),
        Op::Rem => set!(
            DivRem,
            match b {
                0 => a,
                _ => (a as i64).wrapping_rem(b as i64) as u64,
            }
        ),
        Op::Remu => set!(DivRem, a.checked_rem(b).unwrap_or(a)),
        Op::Divw => set!(
            DivRem,
            match b as i32 {
                0 => u64::MAX,
                b => i64::from((a as i32).wrapping_div(b)) as u64,
            }
        ),
        Op::Divuw => set!(
            DivRem,
            match b as u32 {
                0 => u64::MAX,
                b => word(u64::from(a as u32 / b)),
            }
        ),
        Op::Remw => set!(
            DivRem,
            match b as i32 {
                0 => word(a),
                b => i64::from((a as i32).wrapping_rem(b)) as u64,
            }
        ),
        Op::Remuw => set!(
            DivRem,
            match b as u32 {
                0 => word(a),
                b => word(u64::from(a as u32 % b)),
            }
        ),
        Op::Ecall if a == ECALL_EXIT => retire!(Family::Ecall, 0, 0, HALT_PC),
        Op::Ecall if a == ECALL_KECCAK_F => {
            host.keccak(pc, &instruction, operand_word(pc, registers[10])?)?;
            Ok(pc.wrapping_add(4))
        }
        Op::Ecall if a == ECALL_SECP256K1_ADD || a == ECALL_SECP256K1_DOUBLE => {
            let p = operand_word(pc, registers[10])?;
            let q = match a {
                ECALL_SECP256K1_ADD => Some(operand_word(pc, registers[11])?),
                _ => None,
            };
            host.secp256k1(&PointCall { pc, instruction, p, q })?;
            Ok(pc.wrapping_add(4))
        }
        Op::Ecall if a == ECALL_SHA256 => {
            let (state, block) = (operand_word(pc, registers[10])?, operand_word(pc, registers[11])?);
            host.sha256(&Sha256Call { pc, instruction, state, block })?;
            Ok(pc.wrapping_add(4))
        }
        Op::Ecall if a == ECALL_MODULAR_256 || a == ECALL_MODULAR_384 => {
            let width = if a == ECALL_MODULAR_256 { Width::Bits256 } else { Width::Bits384 };
            let result = operand_word(pc, registers[10])?;
            let mut operands = [0; 4];
            for (word, &pointer) in operands.iter_mut().zip(&registers[11..15]) {
                *word = operand_word(pc, pointer)?;
            }
            host.modular(&ModularCall { pc, instruction, width, result, operands })?;
            Ok(pc.wrapping_add(4))
        }
        Op::Ecall => fault(Cause::Ecall(a)),
    }
}

/// First word of an accelerator's operand.
fn operand_word(pc: u32, pointer: u64) -> Result<u32, Fault> {
    if !pointer.is_multiple_of(8) || pointer >= ACCELERATOR_END {
        return Err(Fault { pc, cause: Cause::Pointer(pointer) });
    }
    Ok((pointer / 8) as u32)
}

/// A modular call through the host's reads and writes.
pub fn modular_words<H: Host>(host: &mut H, call: &ModularCall) -> Result<(), H::Error> {
    match call.width {
        Width::Bits256 => modular_of_width::<H, 4>(host, call),
        Width::Bits384 => modular_of_width::<H, 6>(host, call),
    }
}

fn modular_of_width<H: Host, const W: usize>(host: &mut H, call: &ModularCall) -> Result<(), H::Error> {
    let mut operands = [[0; W]; 4];
    for (operand, word) in operands.iter_mut().zip(call.operands) {
        for (i, value) in (0..).zip(operand) {
            *value = host.read(word + i)?;
        }
    }
    for (i, value) in (0..).zip(call.result(operands.each_ref())?) {
        host.write(call.result + i, u64::MAX, value)?;
    }
    Ok(())
}

/// A point operation through the host's reads and writes.
pub fn point_words<H: Host>(host: &mut H, call: &PointCall) -> Result<(), H::Error> {
    let mut read = |word: u32| -> Result<Point, H::Error> {
        let mut point = [0; 8];
        for (i, value) in (0..).zip(&mut point) {
            *value = host.read(word + i)?;
        }
        Ok(point)
    };
    let q = call.q.map(&mut read).transpose()?;
    let p = read(call.p)?;
    for (i, value) in (0..).zip(call.result(&p, q.as_ref())?) {
        host.write(call.p + i, u64::MAX, value)?;
    }
    Ok(())
}

/// A compression of SHA-256 through the host's reads and writes.
pub fn sha256_words<H: Host>(host: &mut H, call: &Sha256Call) -> Result<(), H::Error> {
    let (mut block, mut state) = ([0; 8], [0; 4]);
    for (i, value) in (0..).zip(&mut block) {
        *value = host.read(call.block + i)?;
    }
    for (i, value) in (0..).zip(&mut state) {
        *value = host.read(call.state + i)?;
    }
    for (i, value) in (0..).zip(sha256::compress_memory(&state, &block)) {
        host.write(call.state + i, u64::MAX, value)?;
    }
    Ok(())
}

/// Keccak-f on the words from `word` on, through the host's reads and writes.
pub fn keccak_words<H: Host>(host: &mut H, word: u32) -> Result<(), H::Error> {
    let mut state: State = [0; 25];
    for (i, lane) in state.iter_mut().enumerate() {
        *lane = host.read(word + i as u32)?;
    }
    keccak_f(&mut state);
    for (i, lane) in state.into_iter().enumerate() {
        host.write(word + i as u32, u64::MAX, lane)?;
    }
    Ok(())
}

/// Bits 31..0, sign-extended.
#[inline(always)]
fn word(value: u64) -> u64 {
    i64::from(value as i32) as u64
}

#[inline(always)]
fn b_address(base: u64, instruction: &Instruction) -> u64 {
    base.wrapping_add(instruction.imm)
}

/// `SIZE` bytes at `address` in the low bits, and the family of the load.
#[inline(always)]
fn load<H: Host, const SIZE: u64>(host: &mut H, pc: u32, address: u64) -> Result<(u64, Family), H::Error> {
    let shift = address % 8 * 8;
    if address.is_multiple_of(SIZE) && address < ADDRESS_END {
        let family = if SIZE == 8 { Family::LoadDouble } else { Family::Load };
        return Ok((host.read((address / 8) as u32)? >> shift, family));
    }
    load_misaligned::<H, SIZE>(host, pc, address)
}

#[cold]
fn load_misaligned<H: Host, const SIZE: u64>(host: &mut H, pc: u32, address: u64) -> Result<(u64, Family), H::Error> {
    let shift = address % 8 * 8;
    check_end(pc, address, SIZE)?;
    let at = (address / 8) as u32;
    let low = host.read(at)? >> shift;
    if address % 8 + SIZE <= 8 {
        return Ok((low, Family::Misaligned));
    }
    // The access crosses, so the shift is not 0.
    let high = host.read(at + 1)? << (64 - shift);
    Ok((low | high, Family::Misaligned))
}

/// Writes the low `SIZE` bytes of `value` at `address`; returns the family of the store.
#[inline(always)]
fn store<H: Host, const SIZE: u64>(host: &mut H, pc: u32, address: u64, value: u64) -> Result<Family, H::Error> {
    let shift = address % 8 * 8;
    let mask = u64::MAX >> (64 - 8 * SIZE);
    if address.is_multiple_of(SIZE) && address < ADDRESS_END {
        host.write((address / 8) as u32, mask << shift, (value & mask) << shift)?;
        return Ok(if SIZE == 8 { Family::StoreDouble } else { Family::Store });
    }
    store_misaligned::<H, SIZE>(host, pc, address, value)
}

#[cold]
fn store_misaligned<H: Host, const SIZE: u64>(
    host: &mut H,
    pc: u32,
    address: u64,
    value: u64,
) -> Result<Family, H::Error> {
    let shift = address % 8 * 8;
    let mask = u64::MAX >> (64 - 8 * SIZE);
    check_end(pc, address, SIZE)?;
    let at = (address / 8) as u32;
    let value = value & mask;
    host.write(at, mask << shift, value << shift)?;
    if address % 8 + SIZE > 8 {
        let shift = 64 - shift;
        host.write(at + 1, mask >> shift, value >> shift)?;
    }
    Ok(Family::Misaligned)
}

/// The last byte must lie below 2^32; addresses do not wrap.
fn check_end(pc: u32, address: u64, size: u64) -> Result<(), Fault> {
    match address.checked_add(size) {
        Some(end) if end <= ADDRESS_END => Ok(()),
        _ => Err(Fault { pc, cause: Cause::Address(address) }),
    }
}

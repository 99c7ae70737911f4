//! The address map. Packages, keys and proofs depend on every constant here.
//!
//! Data space is 2^32 bytes of 8-byte words, word address `w = address / 8 < 2^29`. The upper half of the
//! word space holds what no load, store or accelerator can name: the registers and the sink for writes to x0.

/// Depth of the memory tree over 64-byte leaves: 2^26 leaves of data space below, system leaves above.
pub const MEMORY_DEPTH: u32 = 27;
/// Depth of the read-only code tree over leaves of 16 instructions.
pub const CODE_DEPTH: u32 = 24;
/// Bytes of a leaf of either tree.
pub const LEAF_BYTES: u64 = 64;
/// 8-byte words of a memory leaf.
pub const LEAF_WORDS: usize = 8;
/// Instructions of a code leaf.
pub const LEAF_INSTRUCTIONS: usize = 16;

/// First byte address that does not exist.
pub const ADDRESS_END: u64 = 1 << 32;
/// First word address of the system half.
pub const REGISTER_WORD: u32 = 1 << 29;
/// Where decoding sends a write to x0. Nothing reads it.
pub const SINK_REGISTER: u8 = 32;
/// First leaf of the system half: x0..x7.
pub const REGISTER_LEAF: u32 = 1 << 26;
/// Leaves that hold registers and sink.
pub const REGISTER_LEAVES: usize = 5;

/// Code lies in `[0, CODE_END)`, so that a pc and the pc after it fit one field element below 2^30.
pub const CODE_END: u64 = (1 << 30) - LEAF_BYTES;
/// End of the space that a program's segments, heap and stack share: one subtree fixed by the key.
pub const PROGRAM_END: u64 = 1 << 30;

/// Length word of the input region; its bytes follow at `INPUT_BASE + 8`. One subtree of 2^30 bytes.
pub const INPUT_BASE: u64 = 1 << 30;
/// Largest input in bytes.
pub const INPUT_MAX: u64 = (1 << 30) - 8;

/// Length word of the output region; its bytes follow at `OUTPUT_BASE + 8`.
pub const OUTPUT_BASE: u64 = 1 << 31;
/// Largest output in bytes: what a verifier is willing to open leaf by leaf.
pub const OUTPUT_MAX: u64 = (1 << 16) - 8;

/// The pc of a finished run. Odd, so no decode row can have it and nothing runs after it.
pub const HALT_PC: u32 = 1;
/// `a7` of the ecall that ends a run with exit code `a0` (the number of Linux's `exit`).
pub const ECALL_EXIT: u64 = 93;

/// Time of a shard's first instruction. Every access has `ts >= 4`; initial messages have 0.
pub const START_TS: u32 = 4;
/// Ticks of an instruction: rs1 at `t`, rs2 at `t + 1`, memory at `t + 2`, rd at `t + 3`.
pub const STEP_TICKS: u32 = 4;
/// Ticks of a keccak-f call: a7 at `t`, a0 at `t + 1`, the state at `t + 4`.
pub const KECCAK_TICKS: u32 = 8;
/// Ticks of a point operation: a7, a0 and a1 from `t` on, `Q` read at `t + 4`, `P` read and written at `t + 5`.
pub const SECP256K1_TICKS: u32 = 8;
/// Ticks of a compression of SHA-256: a7, a0 and a1 from `t` on, the block read at `t + 4`, the state replaced at `t + 5`.
pub const SHA256_TICKS: u32 = 8;
/// Ticks of a modular call: a7 at `t`, a0 to a4 at `t + 1`, the operands from `t + 3` to `t + 6`, the result at `t + 7`.
pub const MODULAR_TICKS: u32 = 8;
/// An access must lie less than this many ticks after the one before it on the same word.
pub const MAX_TICKS: u32 = 1 << 24;

/// `a7` of the ecall that applies keccak-f\[1600\] to the 25 words at the 8-aligned pointer `a0`.
pub const ECALL_KECCAK_F: u64 = 0x1000;
/// `a7` of the ecall that adds the point of secp256k1 at `a1` to the one at `a0`, each 8 words at an 8-aligned pointer.
pub const ECALL_SECP256K1_ADD: u64 = 0x1001;
/// `a7` of the ecall that doubles the point of secp256k1 at `a0`.
pub const ECALL_SECP256K1_DOUBLE: u64 = 0x1002;
/// `a7` of the ecall that compresses the 8 words of the block at `a1` into the 4 words of the state at `a0`, both
/// 8-aligned pointers.
pub const ECALL_SHA256: u64 = 0x1003;
/// `a7` of the ecall that stores at `a0` the number at `a1` times that at `a2` plus that at `a3`, modulo that at `a4`. All
/// have 4 words, at 8-aligned pointers; the modulus 0 stands for 2^256.
pub const ECALL_MODULAR_256: u64 = 0x1004;
/// The same for numbers of 6 words; the modulus 0 stands for 2^384.
pub const ECALL_MODULAR_384: u64 = 0x1005;
/// Accelerators take pointers below this, so that no operand reaches the end of data space.
pub const ACCELERATOR_END: u64 = ADDRESS_END - (1 << 16);

//! `memcpy`, `memmove`, `memset`, `memcmp` and `bcmp`, which the compiler calls by name.
//!
//! In assembly, as the compiler would turn such loops in Rust into calls of themselves, and as each instruction is
//! proved. From 32 bytes on, stores are aligned and four words are moved per round; the machine takes misaligned loads
//! (at a higher cost), so a source that is misaligned against its destination needs no separate path. Below 32 bytes,
//! and for what is left, the bits of the length say which accesses to make.

use core::arch::global_asm;

global_asm!(include_str!("mem.s"));

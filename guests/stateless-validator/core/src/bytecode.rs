//! Analysis of bytecode: where a jump may go.
//!
//! The EVM's library does the same. This pass takes fewer instructions, which are all proved: it copies the code once, and
//! has one test less for every operation.

use alloc::{vec, vec::Vec};
use alloy_primitives::Bytes;
use revm::bytecode::{Bytecode, JumpTable, opcode};

/// Zeros after the code: the immediate of a last `PUSH32`, the `STOP` after it, and an immediate of that.
const PADDING: usize = 34;

/// Legacy code with its jump table. Code that begins with 0xef is for [`Bytecode::new_raw_checked`].
pub fn analyzed(code: &[u8]) -> Bytecode {
    if code.is_empty() {
        return Bytecode::default();
    }
    let mut padded = Vec::with_capacity(code.len() + PADDING);
    padded.extend_from_slice(code);
    // Jump destinations while the code is searched, so that the search need only look for the end at destinations: an
    // immediate reaches 32 bytes beyond the end at most.
    padded.resize(code.len() + PADDING, opcode::JUMPDEST);
    let mut table = vec![0u8; code.len().div_ceil(8)];
    let mut at = padded.as_ptr();
    loop {
        // SAFETY: an operation that begins within the code ends, with its immediate, at most 32 bytes behind it, and at
        // every destination behind it the search ends. So `at` stays within the padded code.
        let operation = unsafe { *at };
        let push = operation.wrapping_sub(opcode::PUSH1);
        if push < 32 {
            // SAFETY: see above.
            at = unsafe { at.add(usize::from(push) + 2) };
            continue;
        }
        if operation == opcode::JUMPDEST {
            let offset = at.addr() - padded.as_ptr().addr();
            match table.get_mut(offset / 8) {
                Some(bits) if offset < code.len() => *bits |= 1 << (offset % 8),
                _ => break,
            }
        }
        // SAFETY: see above.
        at = unsafe { at.add(1) };
    }
    padded[code.len()..].fill(opcode::STOP);
    let jumps = JumpTable::from_slice(&table, code.len());
    // SAFETY: no read of an immediate leaves the allocation, since the padding holds that of the longest operation, and the
    // operation after it is a STOP with room for the one byte that new operations read.
    unsafe { Bytecode::new_analyzed(Bytes::from(padded), code.len(), jumps) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &[u8]) {
        let (own, library) = (analyzed(code), Bytecode::new_legacy(Bytes::copy_from_slice(code)));
        assert_eq!(own.original_bytes(), library.original_bytes());
        assert_eq!(own.legacy_jump_table(), library.legacy_jump_table(), "{code:x?}");
        assert!(own.bytecode().len() >= library.bytecode().len() && own.bytecode().starts_with(library.bytecode()));
    }

    #[test]
    fn agrees_with_the_library() {
        check(&[]);
        for operation in 0..=255 {
            check(&[operation]);
            check(&[opcode::JUMPDEST, operation]);
            check(&[&[opcode::JUMPDEST; 40][..], &[operation, opcode::JUMPDEST], &[0; 31]].concat());
        }
        let mut seed = 1u64;
        for len in 0..300 {
            let code: Vec<u8> = (0..len)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    // Two thirds of the operations are pushes or destinations.
                    match seed >> 60 {
                        0..5 => opcode::JUMPDEST,
                        5..10 => opcode::PUSH1 + (seed >> 32) as u8 % 32,
                        _ => (seed >> 40) as u8,
                    }
                })
                .collect();
            check(&code);
        }
    }
}

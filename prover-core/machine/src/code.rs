//! A program's code, decoded once.

use alloc::vec::Vec;

use crate::decode::{EBREAK, decode};
use crate::fault::{Cause, Fault};
use crate::isa::Instruction;
use crate::layout::LEAF_INSTRUCTIONS;

/// All code leaves from the first to the last that holds code; gaps are zero words, which do not decode.
#[derive(Clone, Debug)]
pub struct Code {
    /// Byte address of the first, a multiple of 64.
    base: u32,
    words: Vec<u32>,
    decoded: Vec<Option<Instruction>>,
}

impl Code {
    /// Code from `words` at the leaf-aligned address `base`; filled up to whole leaves. The end is at most 2^30.
    pub fn new(base: u32, mut words: Vec<u32>) -> Self {
        words.resize(words.len().next_multiple_of(LEAF_INSTRUCTIONS), 0);
        let decoded = (0..).zip(&words).map(|(at, &word)| decode(base + 4 * at, word)).collect();
        Self { base, words, decoded }
    }

    /// Position of `pc` in [`Code::words`]; beyond the end for a pc that is misaligned or outside.
    #[inline(always)]
    pub fn position(&self, pc: u32) -> usize {
        // The rotation sends pcs that are no multiples of 4 to beyond 2^30.
        pc.wrapping_sub(self.base).rotate_right(2) as usize
    }

    /// The instruction at `pc`.
    #[inline(always)]
    pub fn fetch(&self, pc: u32) -> Result<Instruction, Fault> {
        match self.decoded.get(self.position(pc)) {
            Some(&Some(instruction)) => Ok(instruction),
            _ => Err(self.fault(pc)),
        }
    }

    /// Why there is no instruction at `pc`.
    #[cold]
    fn fault(&self, pc: u32) -> Fault {
        match self.words.get(self.position(pc)) {
            Some(&word) => illegal(pc, word),
            None if !pc.is_multiple_of(4) => Fault { pc, cause: Cause::MisalignedPc },
            None => Fault { pc, cause: Cause::PcOutsideCode },
        }
    }

    /// The words, from [`Code::base`] on.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// Index of the first code leaf.
    pub fn first_leaf(&self) -> u32 {
        self.base / (4 * LEAF_INSTRUCTIONS as u32)
    }

    /// The leaf at `index` of the code tree, which must be one of the code's.
    pub fn leaf(&self, index: u32) -> [u32; LEAF_INSTRUCTIONS] {
        let at = (index - self.first_leaf()) as usize * LEAF_INSTRUCTIONS;
        core::array::from_fn(|slot| self.words[at + slot])
    }

    /// All leaves that are not zero, ascending.
    pub fn leaves(&self) -> Vec<(u32, [u32; LEAF_INSTRUCTIONS])> {
        let leaves = self.words.len() / LEAF_INSTRUCTIONS;
        (self.first_leaf()..)
            .take(leaves)
            .map(|index| (index, self.leaf(index)))
            .filter(|(_, words)| words.iter().any(|&word| word != 0))
            .collect()
    }
}

/// The fault of a word that does not decode.
pub(crate) fn illegal(pc: u32, word: u32) -> Fault {
    let cause = match word {
        EBREAK => Cause::Breakpoint,
        _ => Cause::IllegalInstruction(word),
    };
    Fault { pc, cause }
}

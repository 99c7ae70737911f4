//! The context of native code and wasm: numbers.

use alloc::vec::Vec;

use hearth_machine::hash::{DIGEST, Hasher, WIDTH};
use p3_field::integers::QuotientMap;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::context::Context;
use crate::error::{Check, Rejection};
use crate::field::{DEGREE, E, F, Quintic};

/// A context that reads a proof of 32-bit little-endian words.
pub struct Native<'p> {
    hasher: Hasher,
    proof: &'p [u8],
    position: usize,
}

impl<'p> Native<'p> {
    /// Starts to read `proof`. Nothing is allocated by its length.
    pub fn new(proof: &'p [u8]) -> Self {
        Self { hasher: Hasher::new(), proof, position: 0 }
    }

    /// Whether the whole proof was read.
    ///
    /// # Errors
    /// When something is left.
    pub fn finish(&self) -> Result<(), Rejection> {
        if self.position * 4 == self.proof.len() { Ok(()) } else { Err(Rejection::TooLong) }
    }
}

impl Context for Native<'_> {
    type Base = F;
    type Ext = E;

    fn read(&mut self) -> Result<F, Rejection> {
        let word =
            self.proof.get(self.position * 4..).and_then(|rest| rest.first_chunk()).ok_or(Rejection::TooShort)?;
        let word = u32::from_le_bytes(*word);
        let element = F::from_canonical_checked(word).ok_or(Rejection::NotCanonical(self.position))?;
        self.position += 1;
        Ok(element)
    }

    fn ext(&self, coordinates: [F; DEGREE]) -> E {
        Quintic(coordinates)
    }

    fn permute(&mut self, state: &mut [F; WIDTH]) {
        self.hasher.permute(state);
    }

    fn permute_all(&mut self, states: &mut [[F; WIDTH]]) {
        self.hasher.permute_all(states);
    }

    fn low_bits(&mut self, value: F, count: usize) -> Vec<F> {
        (0..count).map(|i| F::from_bool(value.as_canonical_u32() >> i & 1 == 1)).collect()
    }

    fn select(&mut self, nodes: &[[F; DIGEST]], bits: &[F]) -> [F; DIGEST] {
        nodes[bits.iter().rev().fold(0, |index, &bit| index << 1 | usize::from(bit == F::ONE))]
    }

    fn assert_zero(&mut self, check: Check, value: E) -> Result<(), Rejection> {
        if value == E::ZERO { Ok(()) } else { Err(Rejection::Failed(check)) }
    }

    fn assert_nonzero(&mut self, check: Check, value: E) -> Result<(), Rejection> {
        if value == E::ZERO { Err(Rejection::Failed(check)) } else { Ok(()) }
    }
}

//! The Fiat-Shamir transcript: a duplex sponge over Poseidon2-24, rate 15, capacity 9.
//!
//! Absorbing overwrites the rate. What is absorbed and squeezed, and in which order, is fixed by the key; so no message
//! needs padding or a length, and every challenge depends on all that was absorbed before it.

use alloc::vec::Vec;

use hearth_machine::hash::{DIGEST, RATE, Tag, WIDTH};
use hearth_soundness::report::{DIGEST_ELEMENTS, EXTENSION_DEGREE};
use p3_field::PrimeCharacteristicRing;

use crate::context::Context;
use crate::error::{Check, Rejection};
use crate::field::DEGREE;

// REC-7: the report's figures for collisions, of digests and of the sponge's capacity, and for challenges are of what is
// compiled here.
const _: () = assert!(
    DIGEST == DIGEST_ELEMENTS && WIDTH - RATE >= DIGEST_ELEMENTS && DIGEST_ELEMENTS >= 9 && DEGREE == EXTENSION_DEGREE
);

/// What happens to a transcript: for contexts that log it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<X> {
    /// An element is absorbed.
    Absorbed(X),
    /// An element is squeezed.
    Squeezed(X),
}

/// The transcript of a verifier in the context `C`, or of the prover, whose context is the native one.
pub struct Transcript<C: Context + ?Sized> {
    state: [C::Base; WIDTH],
    /// Elements absorbed since the last permutation.
    absorbed: usize,
    /// Elements of the state that are still to be squeezed.
    left: usize,
}

impl<C: Context> Clone for Transcript<C> {
    fn clone(&self) -> Self {
        Self { state: self.state, absorbed: self.absorbed, left: self.left }
    }
}

impl<C: Context> Transcript<C> {
    /// A transcript seeded by the digest of a key. Element 15 of the state is the domain's tag.
    pub fn new(key: &[C::Base; DIGEST]) -> Self {
        let mut state = [C::Base::ZERO; WIDTH];
        state[RATE] = C::Base::from_u8(Tag::Transcript as u8);
        state[..DIGEST].copy_from_slice(key);
        Self { state, absorbed: DIGEST, left: 0 }
    }

    /// The state with `absorbed` elements of its rate overwritten: what a grinding prover starts from.
    pub fn state(&self) -> (&[C::Base; WIDTH], usize) {
        (&self.state, self.absorbed)
    }

    /// Absorbs one element.
    pub fn absorb(&mut self, context: &mut C, element: C::Base) {
        if self.absorbed == RATE {
            context.permute(&mut self.state);
            self.absorbed = 0;
        }
        self.left = 0;
        self.state[self.absorbed] = element;
        self.absorbed += 1;
        context.absorbed(element);
    }

    /// Squeezes one element, uniform in the random-oracle model.
    pub fn squeeze(&mut self, context: &mut C) -> C::Base {
        if self.left == 0 {
            context.permute(&mut self.state);
            self.absorbed = 0;
            self.left = RATE;
        }
        self.left -= 1;
        let element = self.state[RATE - 1 - self.left];
        context.squeezed(element);
        element
    }

    /// Squeezes a challenge.
    pub fn challenge(&mut self, context: &mut C) -> C::Ext {
        let coordinates: [C::Base; DEGREE] = core::array::from_fn(|_| self.squeeze(context));
        context.ext(coordinates)
    }

    /// Squeezes `count` challenges.
    pub fn challenges(&mut self, context: &mut C, count: usize) -> Vec<C::Ext> {
        (0..count).map(|_| self.challenge(context)).collect()
    }

    /// Reads an element of the proof and absorbs it.
    ///
    /// # Errors
    /// Those of [`Context::read`].
    pub fn read(&mut self, context: &mut C) -> Result<C::Base, Rejection> {
        let element = context.read()?;
        self.absorb(context, element);
        Ok(element)
    }

    /// Reads an extension element of the proof and absorbs it.
    ///
    /// # Errors
    /// Those of [`Context::read`].
    pub fn read_ext(&mut self, context: &mut C) -> Result<C::Ext, Rejection> {
        let mut coordinates = [C::Base::ZERO; DEGREE];
        for coordinate in &mut coordinates {
            *coordinate = self.read(context)?;
        }
        Ok(context.ext(coordinates))
    }

    /// Reads `count` extension elements of the proof and absorbs them.
    ///
    /// # Errors
    /// Those of [`Context::read`].
    pub fn read_exts(&mut self, context: &mut C, count: usize) -> Result<Vec<C::Ext>, Rejection> {
        (0..count).map(|_| self.read_ext(context)).collect()
    }

    /// Reads a nonce and checks that the `bits` lowest bits of what is squeezed after it are 0: the prover has made
    /// about `2^bits` permutations between its last message and the next challenge.
    ///
    /// The squeezed element is uniform in `[0, p)`, p = 127 * 2^24 + 1, so that its lowest bits are 0 with probability
    /// below `2^-bits + 2^-30`, for `bits <= 24`.
    ///
    /// # Errors
    /// [`Check::Grinding`], and those of [`Context::read`].
    pub fn grind(&mut self, context: &mut C, bits: usize) -> Result<(), Rejection> {
        if bits == 0 {
            return Ok(());
        }
        self.read(context)?;
        let squeezed = self.squeeze(context);
        for bit in context.low_bits(squeezed, bits) {
            context.assert_zero_base(Check::Grinding, bit)?;
        }
        Ok(())
    }
}

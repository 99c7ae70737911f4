//! What tells keys of one shape apart: the heights of the tables with preprocessed columns, and what these columns hold.
//!
//! Everything else about such keys is one shape, so that one circuit verifies proofs under all of them: it takes the identity as
//! data and computes the digest, which seeds the transcript.

use alloc::vec::Vec;

use hearth_machine::hash::{DIGEST, Tag};
use hearth_soundness::stark::LOG_TILE;
use p3_field::PrimeCharacteristicRing;

use crate::chip::Chip;
use crate::context::Context;
use crate::error::Rejection;
use crate::field::F;
use crate::key::Key;
use crate::merkle::{Digest, sponge};

/// The identity of a key, in a context.
pub struct Identity<B> {
    /// Heights in tiles of all tables with preprocessed columns.
    pub heights: Vec<B>,
    /// The cap of the stack of preprocessed columns.
    pub cap: Vec<[B; DIGEST]>,
    /// Digest of the key.
    pub digest: [B; DIGEST],
}

/// The digest of a key: of its shape, its heights and its cap.
pub fn digest<C: Context>(context: &mut C, shape: &[F; DIGEST], heights: &[C::Base], cap: &[Digest<C>]) -> Digest<C> {
    let shape = shape.map(C::Base::from);
    let words: Vec<C::Base> = shape.iter().chain(heights).chain(cap.as_flattened()).copied().collect();
    sponge(context, Tag::Key, &words)
}

impl<A: Chip> Key<A> {
    /// The identity of this key.
    pub fn identity<B: From<F>>(&self) -> Identity<B> {
        let heights = self.heights().into_iter().map(B::from).collect();
        let cap = self.preprocessed.iter().map(|digest| digest.map(B::from)).collect();
        Identity { heights, cap, digest: self.digest.map(B::from) }
    }

    /// Reads the identity of a key of this shape from a proof.
    ///
    /// # Errors
    /// Those of [`Context::read`].
    pub fn read_identity<C: Context>(&self, context: &mut C) -> Result<Identity<C::Base>, Rejection> {
        let heights = self.heights().into_iter().map(|_| context.read()).collect::<Result<Vec<_>, _>>()?;
        let mut cap = Vec::with_capacity(self.preprocessed.len());
        for _ in &self.preprocessed {
            let mut node = [C::Base::ZERO; DIGEST];
            for element in &mut node {
                *element = context.read()?;
            }
            cap.push(node);
        }
        let digest = digest(context, &self.shape, &heights, &cap);
        Ok(Identity { heights, cap, digest })
    }

    /// Heights in tiles of all tables with preprocessed columns.
    pub(crate) fn heights(&self) -> Vec<F> {
        let joint = self.shapes.iter().filter(|shape| shape.preprocessed > 0);
        joint.filter_map(|shape| shape.fixed_rows).map(|rows| F::from_usize(rows >> LOG_TILE)).collect()
    }
}

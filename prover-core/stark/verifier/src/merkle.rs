//! Merkle trees of the oracles: leaves by the sponge, nodes by one permutation, a cap instead of a root.

use alloc::vec::Vec;

use hearth_machine::hash::{BLOCK, DIGEST, RATE, Tag, WIDTH};
use p3_field::PrimeCharacteristicRing;

use crate::context::Context;
use crate::error::{Check, Rejection};
use crate::transcript::Transcript;

/// A digest in a context.
pub type Digest<C> = [<C as Context>::Base; DIGEST];

/// `sponge(OracleLeaf; elements)`, as [`hearth_machine::hash::Hasher::sponge`] defines it.
pub fn hash_leaf<C: Context>(context: &mut C, elements: &[C::Base]) -> Digest<C> {
    let mut state = [C::Base::ZERO; WIDTH];
    state[RATE] = C::Base::from_u8(Tag::OracleLeaf as u8);
    state[RATE + 1] = C::Base::from_usize(elements.len());
    for block in elements.chunks(RATE) {
        state[..RATE].fill(C::Base::ZERO);
        state[..block.len()].copy_from_slice(block);
        context.permute(&mut state);
    }
    core::array::from_fn(|i| state[i])
}

/// `C(OracleNode, level; left, right)`, as [`hearth_machine::hash::Hasher::compress`] defines it.
fn hash_node<C: Context>(context: &mut C, level: usize, left: &Digest<C>, right: &Digest<C>) -> Digest<C> {
    let mut state = [C::Base::ZERO; WIDTH];
    state[..DIGEST].copy_from_slice(left);
    state[DIGEST..BLOCK].copy_from_slice(right);
    state[BLOCK] = C::Base::from_u8(Tag::OracleNode as u8);
    state[BLOCK + 1] = C::Base::from_usize(level);
    context.permute(&mut state);
    core::array::from_fn(|i| state[i])
}

/// Reads and absorbs the `2^log_cap` nodes of a cap.
///
/// # Errors
/// Those of [`Context::read`].
pub fn read_cap<C: Context>(
    context: &mut C,
    transcript: &mut Transcript<C>,
    log_cap: usize,
) -> Result<Vec<Digest<C>>, Rejection> {
    (0..1usize << log_cap)
        .map(|_| {
            let mut digest = [C::Base::ZERO; DIGEST];
            for element in &mut digest {
                *element = transcript.read(context)?;
            }
            Ok(digest)
        })
        .collect()
}

/// Reads a leaf of `length` elements and its path, and checks that it is the leaf at the index `bits` under `cap`.
///
/// # Errors
/// [`Check::Path`], and those of [`Context::read`].
pub fn open<C: Context>(
    context: &mut C,
    cap: &[Digest<C>],
    bits: &[C::Base],
    length: usize,
) -> Result<Vec<C::Base>, Rejection> {
    let leaf = (0..length).map(|_| context.read()).collect::<Result<Vec<_>, _>>()?;
    let mut node = hash_leaf(context, &leaf);
    let depth = bits.len() - cap.len().ilog2() as usize;
    for (level, &bit) in bits[..depth].iter().enumerate() {
        let mut left = node;
        let mut right = node;
        for (l, r) in left.iter_mut().zip(&mut right) {
            let sibling = context.read()?;
            let difference = (sibling - *l) * bit;
            (*l, *r) = (*l + difference, sibling - difference);
        }
        node = hash_node(context, level + 1, &left, &right);
    }
    let expected = context.select(cap, &bits[depth..]);
    for (found, expected) in node.into_iter().zip(expected) {
        context.assert_zero_base(Check::Path, found - expected)?;
    }
    Ok(leaf)
}

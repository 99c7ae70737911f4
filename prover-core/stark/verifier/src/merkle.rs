//! Merkle trees of the oracles: leaves by the sponge, nodes by one permutation, a cap instead of a root.

use alloc::vec::Vec;

use hearth_machine::hash::{BLOCK, DIGEST, RATE, Tag, WIDTH};
use p3_field::PrimeCharacteristicRing;

use crate::context::Context;
use crate::error::{Check, Rejection};
use crate::transcript::Transcript;

/// A digest in a context.
pub type Digest<C> = [<C as Context>::Base; DIGEST];

/// Squeezed: what stands before the rest of a state.
fn digest<C: Context>(state: &[C::Base; WIDTH]) -> Digest<C> {
    core::array::from_fn(|i| state[i])
}

/// [`hearth_machine::hash::Hasher::sponge`] of words under `tag`.
pub fn sponge<C: Context>(context: &mut C, tag: Tag, words: &[C::Base]) -> Digest<C> {
    sponges(context, tag, core::slice::from_ref(&words), words.len())[0]
}

/// [`sponge`] of several messages of one length.
fn sponges<C: Context, M: AsRef<[C::Base]>>(
    context: &mut C,
    tag: Tag,
    messages: &[M],
    length: usize,
) -> Vec<Digest<C>> {
    let mut initial = [C::Base::ZERO; WIDTH];
    initial[RATE] = C::Base::from_u8(tag as u8);
    initial[RATE + 1] = C::Base::from_usize(length);
    let mut states = alloc::vec![initial; messages.len()];
    for from in (0..length).step_by(RATE) {
        let block = from..length.min(from + RATE);
        for (state, message) in states.iter_mut().zip(messages) {
            state[..RATE].fill(C::Base::ZERO);
            state[..block.len()].copy_from_slice(&message.as_ref()[block.clone()]);
        }
        context.permute_all(&mut states);
    }
    states.iter().map(digest::<C>).collect()
}

/// The input of `C(OracleNode, level; left, right)`, as [`hearth_machine::hash::Hasher::compress`] defines it; its output is
/// the digest of the node.
fn node<C: Context>(level: usize, left: &Digest<C>, right: &Digest<C>) -> [C::Base; WIDTH] {
    let mut state = [C::Base::ZERO; WIDTH];
    state[..DIGEST].copy_from_slice(left);
    state[DIGEST..BLOCK].copy_from_slice(right);
    state[BLOCK] = C::Base::from_u8(Tag::OracleNode as u8);
    state[BLOCK + 1] = C::Base::from_usize(level);
    state
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

/// Reads leaves of `length` elements, each followed by its path, and checks that they are the leaves at these indexes, given
/// as bits, under `cap`.
///
/// All are hashed in step, so that a context may permute several states at a time.
///
/// # Errors
/// [`Check::Path`], and those of [`Context::read`].
pub fn open<C: Context>(
    context: &mut C,
    cap: &[Digest<C>],
    indexes: &[Vec<C::Base>],
    length: usize,
) -> Result<Vec<Vec<C::Base>>, Rejection> {
    let log_cap = cap.len().ilog2() as usize;
    let depth = indexes.first().map_or(0, |bits| bits.len() - log_cap);
    let mut leaves = Vec::with_capacity(indexes.len());
    let mut paths = Vec::with_capacity(indexes.len());
    for _ in indexes {
        leaves.push((0..length).map(|_| context.read()).collect::<Result<Vec<_>, _>>()?);
        paths.push((0..depth * DIGEST).map(|_| context.read()).collect::<Result<Vec<_>, _>>()?);
    }

    let mut nodes = sponges(context, Tag::OracleLeaf, &leaves, length);
    for level in 0..depth {
        let steps = nodes.iter().zip(&paths).zip(indexes);
        let mut states: Vec<[C::Base; WIDTH]> = steps
            .map(|((&(mut left), path), bits)| {
                let mut right = left;
                let siblings = &path[level * DIGEST..][..DIGEST];
                for ((l, r), &sibling) in left.iter_mut().zip(&mut right).zip(siblings) {
                    let difference = (sibling - *l) * bits[level];
                    (*l, *r) = (*l + difference, sibling - difference);
                }
                node::<C>(level + 1, &left, &right)
            })
            .collect();
        context.permute_all(&mut states);
        nodes = states.iter().map(digest::<C>).collect();
    }
    for (node, bits) in nodes.iter().zip(indexes) {
        let expected = context.select(cap, &bits[depth..]);
        for (&found, expected) in node.iter().zip(expected) {
            context.assert_zero_base(Check::Path, found - expected)?;
        }
    }
    Ok(leaves)
}

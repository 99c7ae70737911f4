//! A node above nodes.

use hearth_machine::hash::{DIGEST, Tag};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::merkle::{Digest, sponge};
use hearth_stark_verifier::verify::verify_as;
use p3_field::PrimeCharacteristicRing;

use super::run::{Run, read_digest, read_flag};
use super::{MAX_DEPTH, Segment};

/// Keys of a set, unused places included.
pub const KEYS: usize = 16;

/// The digest of a set of keys.
pub fn key_set<C: Context>(context: &mut C, keys: &[Digest<C>; KEYS]) -> Digest<C> {
    sponge(context, Tag::Statement, keys.as_flattened())
}

/// Verifies up to `slots` consecutive nodes, each under a key of the shape of `key` that is one of the set.
///
/// # Errors
/// A [`Rejection`].
pub fn join<C: Context, A: Chip>(
    context: &mut C,
    key: &Key<A>,
    slots: usize,
    public: &Segment<C::Base>,
) -> Result<(), Rejection> {
    let mut keys = [[C::Base::ZERO; DIGEST]; KEYS];
    for key in &mut keys {
        *key = read_digest(context)?;
    }
    let digest = key_set(context, &keys);
    assert_equal(context, Check::Keys, &digest, &public.keys)?;

    let mut run = Run::new(public);
    for slot in 0..slots {
        let (used, (root_in, pc_in)) = run.open(context, slot)?;
        let identity = key.read_identity(context)?;
        is_one_of(context, &identity.digest, &keys)?;
        let root_out = read_digest(context)?;
        let (pc_out, shards, depth) = (context.read()?, context.read()?, context.read()?);
        // Each depth is a small number, and below that of the node: the tree ends.
        for number in [depth, public.depth - C::Base::ONE - depth] {
            context.range(Check::Depth, number, MAX_DEPTH.ilog2() as usize + 1)?;
        }
        let child = Segment {
            program_root: public.program_root,
            root_in,
            pc_in,
            root_out,
            pc_out,
            shards,
            depth,
            keys: public.keys,
        };
        verify_as(key, &identity, context, &child.values())?;
        run.close(used, &(root_out, pc_out), shards);
    }
    run.finish(context, public)
}

fn assert_equal<C: Context>(context: &mut C, check: Check, a: &Digest<C>, b: &Digest<C>) -> Result<(), Rejection> {
    a.iter().zip(b).try_for_each(|(&a, &b)| context.assert_zero_base(check, a - b))
}

/// Asserts that a digest is one of the keys: that which a flag says.
fn is_one_of<C: Context>(context: &mut C, digest: &Digest<C>, keys: &[Digest<C>; KEYS]) -> Result<(), Rejection> {
    let mut flags = C::Base::ZERO;
    let mut sum = [C::Base::ZERO; DIGEST];
    for key in keys {
        let flag = read_flag(context, Check::Keys)?;
        flags += flag;
        sum.iter_mut().zip(key).for_each(|(sum, &element)| *sum += flag * element);
    }
    // So many flags of 0 or 1 sum up to 1 only if one of them is.
    context.assert_zero_base(Check::Keys, flags - C::Base::ONE)?;
    assert_equal(context, Check::Keys, digest, &sum)
}

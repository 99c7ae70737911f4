//! A node above shards.

use hearth_chips::boundary::Public;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::verify::verify;
use p3_field::PrimeCharacteristicRing;

use super::Segment;
use super::run::{Run, read_digest};

/// Verifies up to `slots` consecutive shards under `key`.
///
/// # Errors
/// A [`Rejection`].
pub fn leaf<C: Context, A: Chip>(
    context: &mut C,
    key: &Key<A>,
    slots: usize,
    public: &Segment<C::Base>,
) -> Result<(), Rejection> {
    context.assert_zero_base(Check::Depth, public.depth)?;
    let mut run = Run::new(public);
    for slot in 0..slots {
        let (used, (root_in, pc_in)) = run.open(context, slot)?;
        let root_out = read_digest(context)?;
        let (pc_out, ts_end) = (context.read()?, context.read()?);
        let shard = Public { program_root: public.program_root, root_in, pc_in, root_out, pc_out, ts_end };
        verify(key, context, &values(shard))?;
        run.close(used, &(root_out, pc_out), C::Base::ONE);
    }
    run.finish(context, public)
}

/// The public values of a shard in the order of its key.
fn values<B>(shard: Public<B>) -> Vec<B> {
    let Public { program_root, root_in, pc_in, root_out, pc_out, ts_end } = shard;
    let numbers = [pc_out, ts_end];
    program_root.into_iter().chain(root_in).chain([pc_in]).chain(root_out).chain(numbers).collect()
}

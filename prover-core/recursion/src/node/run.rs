//! Slots of a node: consecutive parts of a run, of which the last ones may be unused.

use hearth_machine::hash::DIGEST;
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use p3_field::PrimeCharacteristicRing;

use super::Segment;

/// A state of the run: memory root and pc.
pub type State<B> = ([B; DIGEST], B);

/// The run through the slots of a node.
pub struct Run<B> {
    /// Where the used slots so far lead to.
    now: State<B>,
    /// Where the last slot began.
    last: State<B>,
    shards: B,
}

/// Reads a digest from the proof.
pub fn read_digest<C: Context>(context: &mut C) -> Result<[C::Base; DIGEST], Rejection> {
    let mut digest = [C::Base::ZERO; DIGEST];
    for element in &mut digest {
        *element = context.read()?;
    }
    Ok(digest)
}

/// Reads a number that is 0 or 1.
pub fn read_flag<C: Context>(context: &mut C, check: Check) -> Result<C::Base, Rejection> {
    let flag = context.read()?;
    context.assert_zero_base(check, flag * flag - flag)?;
    Ok(flag)
}

/// `no`, or `yes` if `flag` is 1.
fn select<B: PrimeCharacteristicRing + Copy>(flag: B, no: &State<B>, yes: &State<B>) -> State<B> {
    let of = |no: B, yes: B| no + flag * (yes - no);
    (core::array::from_fn(|i| of(no.0[i], yes.0[i])), of(no.1, yes.1))
}

impl<B: PrimeCharacteristicRing + Copy> Run<B> {
    /// The run of a node.
    pub fn new(public: &Segment<B>) -> Self {
        let start = (public.root_in, public.pc_in);
        Self { now: start, last: start, shards: B::ZERO }
    }

    /// Opens slot `number`: whether it is used, and the state in which its child begins. The first is always used; one that is
    /// not verifies what the slot before it does, and moves nothing.
    ///
    /// # Errors
    /// [`Check::Used`], and those of [`Context::read`].
    pub fn open<C: Context<Base = B>>(&mut self, context: &mut C, number: usize) -> Result<(B, State<B>), Rejection> {
        if number == 0 {
            return Ok((B::ONE, self.now));
        }
        let used = read_flag(context, Check::Used)?;
        self.last = select(used, &self.last, &self.now);
        Ok((used, self.last))
    }

    /// Closes a slot whose child leads to `end` in `shards` shards.
    pub fn close(&mut self, used: B, end: &State<B>, shards: B) {
        // Where `used` is 1 by the circuit this is `end` itself.
        self.now = select(used, &self.now, end);
        self.shards += used * shards;
    }

    /// Asserts that the node says what its slots do.
    ///
    /// # Errors
    /// [`Check::Statement`].
    pub fn finish<C: Context<Base = B>>(self, context: &mut C, public: &Segment<B>) -> Result<(), Rejection> {
        let (root, pc) = self.now;
        let said = public.root_out.into_iter().chain([public.pc_out, public.shards]);
        for (said, found) in said.zip(root.into_iter().chain([pc, self.shards])) {
            context.assert_zero_base(Check::Statement, said - found)?;
        }
        Ok(())
    }
}

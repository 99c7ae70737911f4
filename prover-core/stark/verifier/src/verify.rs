//! The verifier: the steps in the order of the prover.

use alloc::vec::Vec;

use hearth_soundness::stark::LOG_TILE;
use p3_field::PrimeCharacteristicRing;

use crate::chip::Chip;
use crate::context::Context;
use crate::error::{Check, Rejection};
use crate::field::{Extends, F};
use crate::folder::{Fingerprint, Folder, Fraction, Slots, add_fractions};
use crate::fractions;
use crate::identity::Identity;
use crate::key::Key;
use crate::merkle::read_cap;
use crate::native::Native;
use crate::opening::{self, Weight};
use crate::step::Step;
use crate::transcript::Transcript;
use crate::zerocheck;

impl<A: Chip> Key<A> {
    /// Verifies a proof for these public values.
    ///
    /// # Errors
    /// A [`Rejection`].
    pub fn verify(&self, public: &[F], proof: &[u8]) -> Result<(), Rejection> {
        if public.len() != self.public_values {
            return Err(Rejection::PublicValues { expected: self.public_values, found: public.len() });
        }
        let mut context = Native::new(proof);
        verify(self, &mut context, public)?;
        context.finish()
    }
}

/// Verifies a proof that the context reads; `public` has the key's number of elements.
///
/// # Errors
/// A [`Rejection`].
pub fn verify<C: Context, A: Chip>(key: &Key<A>, context: &mut C, public: &[C::Base]) -> Result<(), Rejection> {
    verify_as(key, &key.identity(), context, public)
}

/// [`verify`] under the key of the shape of `key` that has this identity.
///
/// # Errors
/// A [`Rejection`].
pub fn verify_as<C: Context, A: Chip>(
    key: &Key<A>,
    identity: &Identity<C::Base>,
    context: &mut C,
    public: &[C::Base],
) -> Result<(), Rejection> {
    // 1. Seed, statement, heights, stack.
    context.enter(Step::Statement);
    let mut transcript = Transcript::<C>::new(&identity.digest);
    for &value in public {
        transcript.absorb(context, value);
    }
    let heights = read_heights(key, identity, context, &mut transcript)?;
    let cap = read_cap(context, &mut transcript, key.params.log_cap(0))?;

    // 2. Fingerprints. Error: (fractions + 1) / |E|, divided by 2 to the grinding.
    context.enter(Step::Fingerprints);
    transcript.grind(context, key.params.bus_grinding)?;
    let fingerprint = draw_fingerprint(context, &mut transcript, key);
    let boundary = boundary_fraction::<C, A>(key, &fingerprint, public);

    // 3. The sum of all fractions.
    context.enter(Step::Fractions);
    let leaf = fractions::verify(context, &mut transcript, key.tree_variables(), boundary)?;

    // 4. Constraints and fractions of the rows.
    let (point, columns) = zerocheck::verify(context, &mut transcript, key, &fingerprint, &leaf)?;

    // 5. One claim on the stack.
    context.enter(Step::Claim);
    let (weight, claim) = Weight::draw(context, &mut transcript, key, point, &columns);

    // 6. Its opening.
    opening::verify(context, &mut transcript, key, &heights, [cap, identity.cap.clone()], &weight, claim)
}

/// Reads the heights in tiles: each within the rows of a table, all together within the stack. Those of fixed tables
/// are the key's (condition 17).
fn read_heights<C: Context, A: Chip>(
    key: &Key<A>,
    identity: &Identity<C::Base>,
    context: &mut C,
    transcript: &mut Transcript<C>,
) -> Result<Vec<C::Base>, Rejection> {
    let mut of_key = identity.heights.iter().copied();
    let mut heights = Vec::with_capacity(key.shapes.len());
    let mut area = C::Base::ZERO;
    for shape in &key.shapes {
        let height = match shape.fixed_rows {
            Some(_) if shape.preprocessed > 0 => of_key.next().unwrap_or(C::Base::ZERO),
            Some(rows) => C::Base::from_usize(rows >> LOG_TILE),
            None => {
                let height = transcript.read(context)?;
                at_most(context, Check::Height, height, key.tile_variables())?;
                height
            }
        };
        area += height * F::from_usize(shape.committed());
        heights.push(height);
    }
    at_most(context, Check::Area, area, key.params.log_cells - LOG_TILE)?;
    Ok(heights)
}

/// Asserts that `value <= 2^bits` as integers.
fn at_most<C: Context>(context: &mut C, check: Check, value: C::Base, bits: usize) -> Result<(), Rejection> {
    context.range(check, value, bits + 1)?;
    context.range(check, C::Base::from_usize(1 << bits) - value, bits + 1)?;
    Ok(())
}

/// Draws alpha, beta_0, beta_1, ..: all independent.
pub fn draw_fingerprint<C: Context, A: Chip>(
    context: &mut C,
    transcript: &mut Transcript<C>,
    key: &Key<A>,
) -> Fingerprint<C::Ext> {
    let alpha = transcript.challenge(context);
    let bus = transcript.challenge(context);
    let fields = transcript.challenges(context, key.message_width);
    let buses = (0..key.buses.len()).map(|id| alpha + bus * F::from_usize(id + 1)).collect();
    Fingerprint { buses, fields }
}

/// The sum of the fractions of the public values' messages.
pub fn boundary_fraction<C: Context, A: Chip>(
    key: &Key<A>,
    fingerprint: &Fingerprint<C::Ext>,
    public: &[C::Base],
) -> (C::Ext, C::Ext) {
    struct Sum<X>(X, X);
    impl<X: Extends<X>> Slots<X, X> for Sum<X> {
        fn slot(&mut self, _: usize, lookups: &[Fraction<X, X>]) {
            let (p, q) = add_fractions(lookups);
            (self.0, self.1) = (self.0 * q + p * self.1, self.1 * q);
        }
    }
    let mut sum = Sum(C::Ext::ZERO, C::Ext::ONE);
    if let Some((chip, shape)) = &key.boundary {
        let public: Vec<C::Ext> = public.iter().map(|&value| <C::Ext as Extends<C::Base>>::lift(value)).collect();
        let row = alloc::vec![C::Ext::ONE; shape.width];
        let mut fields = alloc::vec![C::Ext::ZERO; key.message_width];
        chip.eval(&mut Folder::new(&row, &public, shape, fingerprint, &[], &mut fields, &mut sum));
    }
    (sum.0, sum.1)
}

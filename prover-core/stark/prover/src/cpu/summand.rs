//! What the zerocheck sums over the rows of a chip.

use hearth_soundness::stark::MAX_DEGREE;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, Extends, F};
use hearth_stark_verifier::folder::{Fingerprint, Folder, WeightedSlots};
use hearth_stark_verifier::key::{ChipShape, Key};
use hearth_stark_verifier::zerocheck::Challenges;
use p3_field::{Algebra, PrimeCharacteristicRing};

/// Everything that folds a row of chip `chip`, over `X`.
pub struct Summand<'a, A, X> {
    chip: &'a A,
    pub shape: &'a ChipShape,
    pub fingerprint: Fingerprint<X>,
    powers: Vec<X>,
    weights: Vec<X>,
    lambda: X,
    constant: X,
}

impl<'a, A: Chip, X: PrimeCharacteristicRing + Copy> Summand<'a, A, X> {
    pub fn new(
        key: &'a Key<A>,
        index: usize,
        challenges: &Challenges<E>,
        fingerprint: &Fingerprint<E>,
        lift: impl Fn(E) -> X + Copy,
    ) -> Self {
        let shape = &key.shapes[index];
        let all = |values: &[E]| values.iter().map(|&x| lift(x)).collect::<Vec<X>>();
        let base = challenges.chips[index];
        Self {
            chip: &key.chips[index],
            shape,
            fingerprint: Fingerprint { buses: all(&fingerprint.buses), fields: all(&fingerprint.fields) },
            powers: challenges.constraints[..shape.constraints].iter().map(|&power| lift(base * power)).collect(),
            weights: all(&challenges.slots[shape.first_slot..][..shape.slots()]),
            lambda: lift(challenges.denominator),
            constant: lift(challenges.constants[index]),
        }
    }

    /// `G` on a row.
    #[inline(always)]
    pub fn of<V>(&self, row: &[V], fields: &mut [V]) -> X
    where
        V: Algebra<F> + Copy + Send + Sync,
        X: Extends<V> + Extends<X>,
    {
        let mut slots = WeightedSlots { weights: &self.weights, lambda: self.lambda, sum: X::ZERO };
        let mut folder = Folder::new(row, &[], self.shape, &self.fingerprint, &self.powers, fields, &mut slots);
        self.chip.eval(&mut folder);
        let constraints = folder.finish();
        constraints + slots.sum - self.constant
    }
}

/// `G` at 0, 2 and -1 on the line through two rows.
#[inline(always)]
pub fn points<A: Chip, X>(
    summand: &Summand<'_, A, X>,
    low: &[X],
    high: &[X],
    row: &mut [X],
    fields: &mut [X],
) -> [X; MAX_DEGREE]
where
    X: Algebra<F> + Extends<X> + Send + Sync,
{
    let t0 = summand.of(low, fields);
    for ((cell, &low), &high) in row.iter_mut().zip(low).zip(high) {
        *cell = high.double() - low;
    }
    let t2 = summand.of(row, fields);
    for ((cell, &low), &high) in row.iter_mut().zip(low).zip(high) {
        *cell = low.double() - high;
    }
    [t0, t2, summand.of(row, fields)]
}

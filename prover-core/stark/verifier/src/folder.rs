//! Constraints and messages of a row, folded into one element.
//!
//! The prover evaluates packed rows with it, the verifier the columns' values at its point: one source.

use p3_air::{AirBuilder, RowWindow};
use p3_field::{Algebra, PrimeCharacteristicRing};
use p3_lookup::{Count, InteractionBuilder};

use crate::field::{Extends, F};
use crate::key::ChipShape;
use hearth_soundness::stark::LOOKUPS_PER_SLOT;

/// A look-up of a row: `numerator / denominator`, the denominator the message's fingerprint.
pub type Fraction<V, X> = (V, X);

/// Takes the fractions of a row, slot by slot.
pub trait Slots<V, X> {
    /// The look-ups of slot `slot` of the chip.
    fn slot(&mut self, slot: usize, lookups: &[Fraction<V, X>]);
}

/// The challenges of the message fingerprints: `alpha + beta_0 bus + sum_j beta_(j+1) field_j`.
///
/// It is linear in independent challenges: two different messages, or messages on different buses, have the same
/// fingerprint with probability `1 / |E|`, and a sum of `N` fractions that does not balance is zero, or has a zero
/// denominator, with probability at most `N / |E|` over alpha, whatever the width of the messages.
#[derive(Clone, Debug)]
pub struct Fingerprint<X> {
    /// `alpha + beta_0 bus` for each bus.
    pub buses: alloc::vec::Vec<X>,
    /// `beta_1 ..` for the fields.
    pub fields: alloc::vec::Vec<X>,
}

impl<X: PrimeCharacteristicRing + Copy> Fingerprint<X> {
    /// The fingerprint of a message.
    #[inline]
    pub fn of<V>(&self, bus: usize, fields: &[V]) -> X
    where
        X: Extends<V>,
    {
        self.buses[bus].plus_products(&self.fields, fields)
    }
}

/// A builder that folds a row: `sum_k power_k constraint_k`, and its fractions into a sink.
pub struct Folder<'a, V, X, S> {
    row: &'a [V],
    public: &'a [V],
    shape: &'a ChipShape,
    fingerprint: &'a Fingerprint<X>,
    powers: &'a [X],
    sink: &'a mut S,
    sum: X,
    constraint: usize,
    lookup: usize,
    slot: usize,
    pending: [Fraction<V, X>; LOOKUPS_PER_SLOT],
    fields: &'a mut [V],
    preprocessed: RowWindow<'a, V>,
}

impl<'a, V, X, S> Folder<'a, V, X, S>
where
    V: PrimeCharacteristicRing + Copy,
    X: Extends<V>,
    S: Slots<V, X>,
{
    /// A folder of `row`, whose last columns are the preprocessed ones, with the powers of the constraints' challenge; without
    /// powers constraints are left out.
    /// `fields` has room for the widest message.
    #[inline(always)]
    pub fn new(
        row: &'a [V],
        public: &'a [V],
        shape: &'a ChipShape,
        fingerprint: &'a Fingerprint<X>,
        powers: &'a [X],
        fields: &'a mut [V],
        sink: &'a mut S,
    ) -> Self {
        let (row, preprocessed) = row.split_at(shape.width);
        Self {
            fields,
            row,
            preprocessed: RowWindow::from_two_rows(preprocessed, preprocessed),
            public,
            shape,
            fingerprint,
            powers,
            sink,
            sum: X::ZERO,
            constraint: 0,
            lookup: 0,
            slot: 0,
            pending: [(V::ZERO, X::ZERO); LOOKUPS_PER_SLOT],
        }
    }

    /// Takes a look-up whose fields are in place, and passes its slot on when it is full. Not inlined: it is long, and a
    /// chip may have hundreds.
    #[inline(never)]
    fn look_up(&mut self, count: V, width: usize) {
        let bus = self.shape.lookups[self.lookup].bus;
        let first = self.shape.slots[self.slot];
        let end = self.shape.slots[self.slot + 1];
        let place = self.lookup - first;
        self.pending[place] = (count, self.fingerprint.of(bus, &self.fields[..width]));
        self.lookup += 1;
        if self.lookup == end {
            self.sink.slot(self.slot, &self.pending[..=place]);
            self.slot += 1;
        }
    }

    /// `sum_k power_k constraint_k` of what was asserted.
    #[inline(always)]
    pub fn finish(self) -> X {
        self.sum
    }
}

impl<'a, V, X, S> AirBuilder for Folder<'a, V, X, S>
where
    V: Algebra<F> + Copy + Send + Sync,
    X: Extends<V>,
    S: Slots<V, X>,
{
    type F = F;
    type Expr = V;
    type Var = V;
    type PreprocessedWindow = RowWindow<'a, V>;
    type MainWindow = RowWindow<'a, V>;
    type PublicVar = V;
    type PeriodicVar = V;

    #[inline(always)]
    fn main(&self) -> Self::MainWindow {
        // There is no next row: only constraints of fixed columns read it, and those are not folded.
        RowWindow::from_two_rows(self.row, self.row)
    }

    fn preprocessed(&self) -> &Self::PreprocessedWindow {
        &self.preprocessed
    }

    #[inline(always)]
    fn is_first_row(&self) -> V {
        V::ZERO
    }

    #[inline(always)]
    fn is_last_row(&self) -> V {
        V::ZERO
    }

    #[inline(always)]
    fn is_transition(&self) -> V {
        V::ZERO
    }

    #[inline(always)]
    fn assert_zero<I: Into<V>>(&mut self, x: I) {
        if let Some(power) = self.powers.get(self.constraint) {
            self.sum += power.times(x.into());
        }
        self.constraint += 1;
    }

    fn public_values(&self) -> &[V] {
        self.public
    }
}

impl<V, X, S> InteractionBuilder for Folder<'_, V, X, S>
where
    V: Algebra<F> + Copy + Send + Sync,
    X: Extends<V>,
    S: Slots<V, X>,
{
    #[inline(always)]
    fn push_interaction<I: Into<V>>(
        &mut self,
        _: &str,
        fields: impl IntoIterator<Item = I>,
        count: impl Into<Count<V>>,
    ) {
        let mut width = 0;
        fields.into_iter().for_each(|field| {
            self.fields[width] = field.into();
            width += 1;
        });
        let (count, _) = count.into().into_parts();
        self.look_up(count, width);
    }

    fn push_local_interaction(&mut self, _: impl IntoIterator<Item = (alloc::vec::Vec<V>, Count<V>)>) {
        // Refused when the key is made.
    }
}

/// The sum of the fractions of a slot, as numerator and denominator.
#[inline(always)]
pub fn add_fractions<V, X: Extends<V>>(lookups: &[Fraction<V, X>]) -> (X, X)
where
    V: Copy,
{
    match *lookups {
        [(n, d)] => (X::lift(n), d),
        [(n0, d0), (n1, d1)] => (d1.times(n0) + d0.times(n1), d0 * d1),
        [(n0, d0), (n1, d1), (n2, d2)] => {
            let d12 = d1 * d2;
            (d12.times(n0) + d0 * (d2.times(n1) + d1.times(n2)), d0 * d12)
        }
        _ => unreachable!("a slot has one to three look-ups: the key is made so"),
    }
}

/// A sink that adds `sum_s weight_s (p_s + lambda q_s)`.
pub struct WeightedSlots<'a, X> {
    /// `weight_s`.
    pub weights: &'a [X],
    /// `lambda`.
    pub lambda: X,
    /// The sum.
    pub sum: X,
}

impl<V: Copy, X: Extends<V> + Extends<X>> Slots<V, X> for WeightedSlots<'_, X> {
    #[inline(always)]
    fn slot(&mut self, slot: usize, lookups: &[Fraction<V, X>]) {
        let (p, q) = add_fractions(lookups);
        self.sum += self.weights[slot] * (p + self.lambda * q);
    }
}

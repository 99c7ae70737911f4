//! Step 4: one sumcheck for all constraints and for the claim on the leaves of the fractions' tree.
//!
//! At the leaf claim's own row point `z`: `sum_i eq(z, i) G(i) = lambda (p + lambda' (q - constants))` with
//! `G(i) = sum_c gamma^c sum_k alpha^k constraint_(c,k)(i) + lambda sum_s eq(z, s) (p_s + lambda' (q_s - constant_s))(i)`.
//! `G` vanishes on zero rows, so it needs no selector and no height.

use alloc::vec::Vec;

use hearth_soundness::stark::{LOG_LANES, LOG_SKIP, LOG_TILE, MAX_DEGREE};
use p3_field::PrimeCharacteristicRing;

use crate::chip::{Chip, FixedColumn};
use crate::context::Context;
use crate::error::{Check, Rejection};
use crate::field::Extends;
use crate::folder::{Fingerprint, Folder, WeightedSlots};
use crate::fractions::LeafClaim;
use crate::key::{ChipShape, Key};
use crate::poly::{eq_table, lagrange, powers};
use crate::step::Step;
use crate::sumcheck::eq_round;
use crate::transcript::Transcript;

/// Rows that the first message binds at once: nodes `0 .. SKIP`.
pub const SKIP: usize = 1 << LOG_SKIP;
/// Values of the first message: of a polynomial of degree `3 (SKIP - 1)`, at the nodes `0, 1, ..`.
pub const SKIP_VALUES: usize = MAX_DEGREE * (SKIP - 1) + 1;

/// The challenges of the step.
pub struct Challenges<X> {
    /// Powers of alpha, for the constraints of a chip.
    pub constraints: Vec<X>,
    /// Powers of gamma, for the chips.
    pub chips: Vec<X>,
    /// `lambda eq(z, s)` for all slots.
    pub slots: Vec<X>,
    /// `lambda'`.
    pub denominator: X,
    /// `lambda' sum_s lambda eq(z, s) constant_s` over each chip's slots.
    pub constants: Vec<X>,
    /// The claim.
    pub claim: X,
}

impl<X> Challenges<X> {
    /// Draws the challenges and forms the claim.
    ///
    /// Errors: alpha, (constraints of a chip) / |E|; gamma, chips / |E|; lambda and lambda', 1 / |E| each; all divided
    /// by 2 to the grinding before them.
    ///
    /// # Errors
    /// [`Check::Grinding`], and those of [`Context::read`].
    pub fn draw<C: Context<Ext = X>, A: Chip>(
        context: &mut C,
        transcript: &mut Transcript<C>,
        key: &Key<A>,
        fingerprint: &Fingerprint<X>,
        leaf: &LeafClaim<X>,
    ) -> Self
    where
        X: PrimeCharacteristicRing + Copy + Extends<C::Base>,
    {
        let [alpha, gamma, lambda, denominator] = [0; 4].map(|_| transcript.challenge(context));
        let point = &leaf.point[LOG_SKIP + key.tile_variables()..][..key.log_slots];
        let slots = eq_table(point, lambda);
        let mut constants = Vec::with_capacity(key.shapes.len());
        let mut used = X::ZERO;
        let mut all = X::ZERO;
        for shape in &key.shapes {
            let mut sum = X::ZERO;
            for slot in 0..shape.slots() {
                let weight = slots[shape.first_slot + slot];
                used += weight;
                sum += weight * slot_constant::<C>(shape, slot, fingerprint);
            }
            all += sum;
            constants.push(denominator * sum);
        }
        // Slots that no chip has are 0/1.
        all += lambda - used;
        let most = key.shapes.iter().map(|shape| shape.constraints).max().unwrap_or(0);
        Self {
            constraints: powers(alpha, most),
            chips: powers(gamma, key.shapes.len()),
            claim: lambda * leaf.p + denominator * (lambda * leaf.q - all),
            slots,
            denominator,
            constants,
        }
    }
}

/// The denominator of a slot on the zero row.
pub fn slot_constant<C: Context>(shape: &ChipShape, slot: usize, fingerprint: &Fingerprint<C::Ext>) -> C::Ext {
    shape.lookups[shape.slots[slot]..shape.slots[slot + 1]]
        .iter()
        .map(|lookup| {
            lookup
                .at_zero
                .iter()
                .fold(fingerprint.buses[lookup.bus], |sum, &(field, value)| sum + fingerprint.fields[field] * value)
        })
        .product()
}

/// A point of the row variables: the skip variables as one, tiles and lanes.
pub struct RowPoint<X> {
    /// Of the polynomial through the nodes `0 .. SKIP`.
    pub skip: X,
    /// Tile variables.
    pub tile: Vec<X>,
    /// Lane variables.
    pub lane: Vec<X>,
}

impl<X: PrimeCharacteristicRing + Copy> RowPoint<X> {
    /// The value of a fixed column of `2^log_rows` rows; beyond them it is 0.
    ///
    /// Row `i` is `lane + 2^LOG_LANES skip + 2^LOG_TILE tile`. The polynomial through the nodes that is `skip` at each
    /// is the identity, so its bits are only available together.
    fn fixed_column(&self, column: FixedColumn, log_rows: usize) -> X {
        let (shift, end) = (column.shift, column.shift + column.bits);
        let lanes = self.lane.iter().enumerate().map(|(i, &bit)| (i, bit));
        let tiles = self.tile.iter().enumerate().map(|(i, &bit)| (i + LOG_TILE, bit));
        let mut sum: X = lanes
            .chain(tiles)
            .filter(|(i, _)| (shift..end).contains(i))
            .map(|(i, bit)| bit.mul_2exp_u64((i - shift) as u64))
            .sum();
        if shift <= LOG_LANES && LOG_TILE <= end {
            sum += self.skip.mul_2exp_u64((LOG_LANES - shift) as u64);
        }
        let beyond: X = self.tile[log_rows - LOG_TILE..].iter().map(|&bit| X::ONE - bit).product();
        sum * beyond
    }
}

/// A point, and the columns' values there: the committed ones chip after chip, then the preprocessed ones.
pub type Columns<X> = (RowPoint<X>, Vec<X>);

/// Verifies the sumcheck; returns its point with the columns.
///
/// Errors: the first message, 3 (SKIP - 1) / |E|; each round, 3 / |E|.
///
/// # Errors
/// A [`Rejection`].
pub fn verify<C: Context, A: Chip>(
    context: &mut C,
    transcript: &mut Transcript<C>,
    key: &Key<A>,
    fingerprint: &Fingerprint<C::Ext>,
    leaf: &LeafClaim<C::Ext>,
) -> Result<Columns<C::Ext>, Rejection> {
    // 4.1 Challenges.
    context.enter(Step::ZerocheckRounds);
    transcript.grind(context, key.params.constraint_grinding)?;
    let challenges = Challenges::draw(context, transcript, key, fingerprint, leaf);

    // 4.2 The skip variables at once.
    let values = transcript.read_exts(context, SKIP_VALUES)?;
    let weights = eq_table(&leaf.point[..LOG_SKIP], C::Ext::ONE);
    let sum: C::Ext = weights.iter().zip(&values).map(|(&weight, &value)| weight * value).sum();
    context.assert_zero(Check::ZerocheckSkip, sum - challenges.claim)?;
    let skip = transcript.challenge(context);
    let mut claim: C::Ext = lagrange(SKIP_VALUES, skip).into_iter().zip(values).map(|(l, value)| l * value).sum();

    // 4.3 The tile and lane variables, one by one.
    let tiles = key.tile_variables();
    let lanes = &leaf.point[LOG_SKIP + tiles + key.log_slots..];
    let mut rounds = Vec::with_capacity(tiles + LOG_LANES);
    for &z in leaf.point[LOG_SKIP..][..tiles].iter().chain(lanes) {
        let (reduced, r) = eq_round(context, transcript, MAX_DEGREE, z, claim)?;
        claim = reduced;
        rounds.push(r);
    }
    let lane = rounds.split_off(tiles);
    let point = RowPoint { skip, tile: rounds, lane };

    // 4.4 The columns at the point, and the summand from them.
    context.enter(Step::Chips);
    let columns = transcript.read_exts(context, key.columns() + key.preprocessed_columns())?;
    let (mut committed, mut preprocessed) = columns.split_at(key.columns());
    let mut sum = C::Ext::ZERO;
    for (i, (chip, shape)) in key.chips.iter().zip(&key.shapes).enumerate() {
        let [of_trace, of_key] = [(&mut committed, shape.committed()), (&mut preprocessed, shape.preprocessed)]
            .map(|(rest, count)| rest.split_off(..count).unwrap_or_default());
        let log_rows = shape.fixed_rows.map_or(key.params.log_rows, |rows| rows.ilog2() as usize);
        let fixed = shape.fixed.iter().map(|&column| point.fixed_column(column, log_rows));
        let row: Vec<C::Ext> = fixed.chain(of_trace.iter().chain(of_key).copied()).collect();
        let mut slots = WeightedSlots {
            weights: &challenges.slots[shape.first_slot..],
            lambda: challenges.denominator,
            sum: C::Ext::ZERO,
        };
        let powers = &challenges.constraints[..shape.constraints];
        let mut fields = alloc::vec![C::Ext::ZERO; key.message_width];
        let mut folder = Folder::new(&row, &[], shape, fingerprint, powers, &mut fields, &mut slots);
        chip.eval(&mut folder);
        let constraints = folder.finish();
        sum += challenges.chips[i] * constraints + slots.sum - challenges.constants[i];
    }
    context.assert_zero(Check::ZerocheckEnd, claim - sum)?;
    Ok((point, columns))
}

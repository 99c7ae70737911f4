//! Step 4: the sumcheck of constraints and leaves; mirrors [`hearth_stark_verifier::zerocheck`].

use hearth_soundness::stark::{LOG_SKIP, MAX_DEGREE};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::poly::{horner, lagrange};
use hearth_stark_verifier::step::Step;
use hearth_stark_verifier::zerocheck::{Challenges, Columns, RowPoint, SKIP_VALUES};
use p3_field::{Field, PrimeCharacteristicRing};

use crate::device::Device;
use crate::progress::{Failure, Progress};
use crate::prove::Prover;
use crate::writer::Writer;

impl<D: Device, A: Chip, W: Progress> Prover<'_, D, A, W> {
    /// Proves the sumcheck; returns its point and the columns' values there.
    pub async fn zerocheck(
        &mut self,
        trace: &D::Trace<'_>,
        leaves: D::Leaves,
        fingerprint: &Fingerprint<E>,
        leaf: &LeafClaim<E>,
    ) -> Result<Columns<E>, Failure<D, W>> {
        self.enter(Step::ZerocheckRounds).await?;
        let (key, device) = (self.key, self.device);
        // 4.1 Challenges.
        self.grind(key.params.constraint_grinding).await?;
        let (context, transcript) = self.writer.parts();
        let challenges = Challenges::draw(context, transcript, key, fingerprint, leaf);

        // 4.2 The skip variables at once.
        let (mut sumcheck, values) = device.zerocheck(key, trace, leaves, fingerprint, leaf, challenges).await?;
        self.writer.send_exts(&values);
        let skip = self.writer.challenge();
        let mut claim: E = lagrange(SKIP_VALUES, skip).into_iter().zip(values).map(|(l, value)| l * value).sum();

        // 4.3 The tile and lane variables, one by one.
        let (z_tile, rest) = leaf.point[LOG_SKIP..].split_at(key.tile_variables());
        let z_lane = &rest[key.log_slots..];
        let mut rounds = Vec::with_capacity(z_tile.len() + z_lane.len());
        let mut bound = skip;
        for &z in z_tile.iter().chain(z_lane) {
            self.enter(Step::ZerocheckRounds).await?;
            let message = device.zerocheck_round(key, trace, &mut sumcheck, bound).await?;
            bound = round(&mut self.writer, z, &mut claim, message);
            rounds.push(bound);
        }
        let lane = rounds.split_off(z_tile.len());

        // 4.4 The columns at the point.
        self.enter(Step::Chips).await?;
        let mut columns = device.zerocheck_end(key, sumcheck, bound).await?;
        // Of a device that gives fewer no proof is accepted, but what follows relies on their number.
        columns.resize(key.columns() + key.preprocessed_columns(), E::ZERO);
        self.writer.send_exts(&columns);
        Ok((RowPoint { skip, tile: rounds, lane }, columns))
    }
}

/// Sends a round of degree 3 by its values at 0, 2 and -1 and draws the challenge.
fn round(writer: &mut Writer, z: E, claim: &mut E, [t0, t2, t_1]: [E; MAX_DEGREE]) -> E {
    let inverse = z.try_inverse().expect("a challenge is 0 with probability 2^-154");
    let t1 = (*claim - (E::ONE - z) * t0) * inverse;
    let half = F::TWO.inverse();
    let square = (t1 + t_1) * half - t0;
    let odd = (t1 - t_1) * half;
    let cube = ((t2 - t0 - square.double().double()) * half - odd) * F::from_u8(3).inverse();
    let linear = odd - cube;
    writer.send_exts(&[linear, square, cube]);
    let r = writer.challenge();
    *claim = horner(&[t0, linear, square, cube], r);
    r
}

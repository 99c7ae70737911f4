//! Step 3: the GKR protocol on the tree of fractions; mirrors [`hearth_stark_verifier::fractions`].

use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::E;
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::step::Step;
use p3_field::PrimeCharacteristicRing;

use crate::device::Device;
use crate::progress::{Failure, Progress};
use crate::prove::Prover;
use crate::writer::Writer;

impl<D: Device, A: Chip, W: Progress> Prover<'_, D, A, W> {
    /// Proves the sum of all fractions.
    pub async fn fractions(&mut self, leaves: &D::Leaves) -> Result<LeafClaim<E>, Failure<D, W>> {
        self.enter(Step::Fractions).await?;
        let (mut tree, [mut p, mut q]) = self.device.tree(self.key, leaves).await?;
        self.writer.send_exts(&[p, q]);

        let mut point: Vec<E> = Vec::with_capacity(self.key.tree_variables());
        for number in (0..self.key.tree_variables()).rev() {
            self.enter(Step::Fractions).await?;
            // 3.1 Batch numerator and denominator.
            let lambda = self.writer.challenge();
            let mut claim = p + lambda * q;
            let mut layer = self.device.layer(self.key, &mut tree, number, &point, lambda).await?;
            // 3.2 Sumcheck over the layer's variables.
            let mut next = Vec::with_capacity(point.len() + 1);
            let mut bound = None;
            for &z in &point {
                let message = self.device.layer_round(&mut layer, bound).await?;
                let r = round(&mut self.writer, z, &mut claim, message);
                next.push(r);
                bound = Some(r);
            }
            // 3.3 The two halves of the layer below.
            let [p0, p1, q0, q1] = self.device.layer_end(layer, bound).await?;
            self.writer.send_exts(&[p0, p1, q0, q1]);
            // 3.4 Fold the halves.
            let r = self.writer.challenge();
            p = p0 + r * (p1 - p0);
            q = q0 + r * (q1 - q0);
            next.insert(0, r);
            point = next;
        }
        Ok(LeafClaim { p, q, point })
    }
}

/// Sends `t` by its linear and its square coefficient, and draws the challenge.
fn round(writer: &mut Writer, z: E, claim: &mut E, [t0, square]: [E; 2]) -> E {
    let inverse = z.try_inverse().expect("a challenge is 0 with probability 2^-154");
    let t1 = (*claim - (E::ONE - z) * t0) * inverse;
    let linear = t1 - t0 - square;
    writer.send_exts(&[linear, square]);
    let r = writer.challenge();
    *claim = t0 + r * (linear + r * square);
    r
}

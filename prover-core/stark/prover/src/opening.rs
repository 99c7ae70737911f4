//! Step 6: the opening of the claim on the stack; mirrors [`hearth_stark_verifier::opening`].

use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{DEGREE, E, Extends, F, Quintic};
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::poly::{eq_table, horner};
use hearth_stark_verifier::step::Step;
use p3_field::{PrimeCharacteristicRing, PrimeField32, TwoAdicField};

use crate::device::{Device, Opened, PointClaim};
use crate::progress::{Failure, Progress};
use crate::prove::Prover;

impl<D: Device, A: Chip, W: Progress> Prover<'_, D, A, W> {
    /// Opens `sum_x T(x) W(x) = claim`, or `sum_x T(x) W(x) + G(x) W'(x) = claim` with the preprocessed columns' stack.
    pub async fn open(
        &mut self,
        trace: &D::Trace<'_>,
        mut oracle: D::Oracle,
        weight: &Weight<E>,
        mut claim: E,
    ) -> Result<(), Failure<D, W>> {
        self.enter(Step::Folds).await?;
        let (key, device) = (self.key, self.device);
        let params = &key.params;
        let mut opening = device.opening(key, trace, weight, claim).await?;
        let mut bound = None;
        // 6.0 Bind the variable that tells trace and key apart.
        let mut joint = None;
        if key.is_joint() {
            let message = device.opening_round(&mut opening, bound).await?;
            joint = Some(self.product_round(&mut claim, message, params.fold_grinding).await?);
            bound = joint;
        }
        for k in 0..params.oracles() {
            // 6.1 Bind the next variables.
            self.enter(Step::Folds).await?;
            let mut last = E::ZERO;
            let mut challenges = Vec::with_capacity(params.folds[k]);
            for _ in 0..params.folds[k] {
                let message = device.opening_round(&mut opening, bound).await?;
                last = self.product_round(&mut claim, message, params.fold_grinding).await?;
                challenges.push(last);
                bound = Some(last);
            }
            bound = None;
            let fold = eq_table(&challenges, E::ONE);
            // 6.2 The next oracle, or what is left in the clear.
            let next = if k + 1 < params.oracles() {
                let (next, cap) = device.fold(key, trace, &mut opening, k + 1, last).await?;
                self.writer.send(cap.as_flattened());
                Some(next)
            } else {
                self.writer.send_exts(&device.last_fold(key, trace, &mut opening, last).await?);
                None
            };
            // 6.3 Queries.
            self.enter(Step::Queries).await?;
            self.grind(params.query_grinding).await?;
            let mask = (1 << params.log_domain(k)) - 1;
            let indexes: Vec<usize> =
                (0..params.queries[k]).map(|_| self.writer.squeeze().as_canonical_u32() as usize & mask).collect();
            let of_oracle = device.open(&oracle, &indexes).await?;
            let mut values = self.write_opened(&of_oracle, &fold, k == 0);
            if let Some(b) = joint.filter(|_| k == 0) {
                let of_key = device.open_preprocessed(trace, &indexes).await?;
                let of_key = self.write_opened(&of_key, &fold, true);
                values.iter_mut().zip(of_key).for_each(|(value, of_key)| *value += b * (of_key - *value));
            }
            // 6.4 Batch their claims with the one that is left.
            self.enter(Step::QueryBatching).await?;
            let gamma = self.writer.challenge();
            let mut weight = gamma;
            let mut claims = Vec::with_capacity(indexes.len());
            for (index, value) in indexes.into_iter().zip(values) {
                claim += weight * value;
                claims.push(PointClaim { point: domain_point(index, params.log_domain(k)), value, weight });
                weight *= gamma;
            }
            device.add_claims(&mut opening, &claims).await?;
            if let Some(next) = next {
                oracle = next;
            }
        }

        // 6.5 All claims on the last polynomial become one.
        self.enter(Step::LastRounds).await?;
        for _ in 0..params.variables(params.oracles()) {
            let message = device.opening_round(&mut opening, bound).await?;
            bound = Some(self.product_round(&mut claim, message, 0).await?);
        }
        Ok(())
    }

    /// Sends a product round and draws its challenge. The message is the constant and the square coefficient.
    async fn product_round(&mut self, claim: &mut E, [c0, c2]: [E; 2], grinding: usize) -> Result<E, Failure<D, W>> {
        self.writer.send_exts(&[c0, c2]);
        self.grind(grinding).await?;
        let r = self.writer.challenge();
        let c1 = *claim - c0 - c0 - c2;
        *claim = horner(&[c0, c1, c2], r);
        Ok(r)
    }

    /// Writes leaves and paths; returns what the leaves fold to. The first oracle's are of the base field.
    fn write_opened(&mut self, opened: &[Opened], fold: &[E], is_first: bool) -> Vec<E> {
        let folded = opened.iter().map(|Opened { leaf, path }| {
            self.writer.write(leaf);
            self.writer.write(path.as_flattened());
            if is_first { fold_base(fold, leaf) } else { fold_extension(fold, leaf) }
        });
        folded.collect()
    }
}

fn fold_base(fold: &[E], leaf: &[F]) -> E {
    fold.iter().zip(leaf).map(|(weight, &cell)| weight.times(cell)).sum()
}

/// What a leaf of extension elements folds to.
pub(crate) fn fold_extension(fold: &[E], leaf: &[F]) -> E {
    let cells = leaf.chunks_exact(DEGREE).map(|cell| Quintic(core::array::from_fn(|i| cell[i])));
    fold.iter().zip(cells).map(|(&weight, cell)| weight * cell).sum()
}

/// The point of leaf `index`: the domain's generator to the power of the reversed number.
pub(crate) fn domain_point(index: usize, log_domain: usize) -> F {
    let exponent = index.reverse_bits() >> (usize::BITS as usize - log_domain);
    F::two_adic_generator(log_domain).exp_u64(exponent as u64)
}

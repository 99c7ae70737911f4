//! A product sumcheck over packed values.

use hearth_stark_verifier::field::{E, Extends, Quintic};
use p3_field::PrimeCharacteristicRing;
use p3_maybe_rayon::prelude::*;

use crate::device::PointClaim;
use crate::lanes::{Lanes, add_all};

/// The constant and the square coefficient of a round that binds the lowest variable of `sum_x f(x) w(x)`.
pub fn product_message(f: &[E], w: &[E]) -> [E; 2] {
    f.chunks_exact(2)
        .zip(w.chunks_exact(2))
        .fold([E::ZERO; 2], |[c0, c2], (f, w)| [c0 + f[0] * w[0], c2 + (f[1] - f[0]) * (w[1] - w[0])])
}

/// A multilinear polynomial by its values; element `i` of lane `l` is number `l length + i`.
pub struct Packed<P> {
    values: Vec<Quintic<P>>,
    /// Once there are fewer values than lanes.
    few: Vec<E>,
}

impl<P: Lanes> Packed<P> {
    pub fn new(values: Vec<E>) -> Self {
        let length = values.len() / P::WIDTH;
        if length == 0 {
            return Self { values: Vec::new(), few: values };
        }
        let packed =
            (0..length).into_par_iter().map(|i| Quintic::from_lanes(|lane| values[lane * length + i])).collect();
        Self { values: packed, few: Vec::new() }
    }

    pub fn to_vec(&self) -> Vec<E> {
        if self.values.is_empty() {
            return self.few.clone();
        }
        (0..P::WIDTH).flat_map(|lane| self.values.iter().map(move |value| value.lane(lane))).collect()
    }

    pub fn fold(&mut self, r: E) {
        if self.values.len() == 1 {
            self.few = self.to_vec();
            self.values.clear();
        }
        let half = self.values.len() / 2;
        let packed = Quintic::broadcast(r);
        for i in 0..half {
            self.values[i] = self.values[2 * i] + packed * (self.values[2 * i + 1] - self.values[2 * i]);
        }
        self.values.truncate(half);
        self.few = self.few.chunks_exact(2).map(|pair| pair[0] + r * (pair[1] - pair[0])).collect();
    }

    /// Adds `sum weight point^x` over the claims at all `x`.
    pub fn add_powers(&mut self, claims: &[PointClaim]) {
        let length = self.values.len();
        if length == 0 {
            for (x, value) in self.few.iter_mut().enumerate() {
                *value += claims.iter().map(|claim| claim.weight * claim.point.exp_u64(x as u64)).sum::<E>();
            }
            return;
        }
        const TASK: usize = 256;
        self.values.par_chunks_mut(TASK).enumerate().for_each(|(task, values)| {
            for &PointClaim { point, weight, .. } in claims {
                let far = point.exp_u64(length as u64);
                let mut power = point.exp_u64((task * TASK) as u64);
                let mut start = P::ZERO;
                for lane in start.as_slice_mut() {
                    *lane = power;
                    power *= far;
                }
                let (weight, point) = (Quintic::<P>::broadcast(weight), P::from(point));
                for value in values.iter_mut() {
                    *value += weight.times(start);
                    start *= point;
                }
            }
        });
    }
}

/// Values and weights of a product sumcheck.
pub struct Pair<P> {
    pub values: Packed<P>,
    pub weights: Packed<P>,
}

impl<P: Lanes> Pair<P> {
    pub fn message(&self) -> [E; 2] {
        if self.values.values.len() < 2 {
            let (values, weights) = (self.values.to_vec(), self.weights.to_vec());
            return product_message(&values, &weights);
        }
        let sums = self
            .values
            .values
            .par_chunks(2)
            .zip(self.weights.values.par_chunks(2))
            .map(|(f, w)| vec![f[0] * w[0], (f[1] - f[0]) * (w[1] - w[0])])
            .par_fold_reduce(|| vec![Quintic::<P>::ZERO; 2], add_all, add_all);
        let total = |sum: Quintic<P>| (0..P::WIDTH).map(|lane| sum.lane(lane)).sum();
        [total(sums[0]), total(sums[1])]
    }

    pub fn fold(&mut self, r: E) {
        self.values.fold(r);
        self.weights.fold(r);
    }

    /// Makes a false claim true by one number added to all values. Of the polynomial's codeword this changes as few places
    /// as can be: `1 + y + y^2 + ..` is zero at all roots of unity of its length but 1.
    #[cfg(feature = "forge")]
    pub fn repair(&mut self, claim: E) {
        let (values, weights) = (self.values.to_vec(), self.weights.to_vec());
        let found: E = values.iter().zip(&weights).map(|(&value, &weight)| value * weight).sum();
        let all: E = weights.iter().copied().sum();
        let lie = (claim - found) * all.try_inverse().expect("a sum of challenges is 0 with probability 2^-154");
        self.values = Packed::new(values.into_iter().map(|value| value + lie).collect());
    }
}

//! Oracles: Reed-Solomon codewords under Merkle trees.

use hearth_machine::hash::{BLOCK, DIGEST, Digest, RATE, Tag, WIDTH};
use hearth_soundness::stark::StarkParams;
use hearth_stark_verifier::field::{DEGREE, F};
use p3_dft::{Radix2DitParallel, TwoAdicSubgroupDft};
use p3_field::{PackedValue, PrimeCharacteristicRing};
use p3_matrix::Matrix;
use p3_matrix::bitrev::BitReversibleMatrix;
use p3_matrix::dense::RowMajorMatrix;
use p3_maybe_rayon::prelude::*;

use crate::device::Opened;
use crate::lanes::Lanes;

/// A committed codeword. Leaf `i` is the row of values at the domain's generator to the power of `i` reversed.
pub struct Oracle {
    codeword: RowMajorMatrix<F>,
    /// Digests of the leaves, of their parents, ... up to the cap.
    layers: Vec<Vec<Digest>>,
}

impl Oracle {
    /// Oracle `number` of a proof: encodes `message`, whose rows of the leaves' width are coefficients, and hashes the codeword up
    /// to a cap.
    pub fn new<P: Lanes>(dft: &Radix2DitParallel<F>, message: &[F], params: &StarkParams, number: usize) -> Self {
        let degree = if number == 0 { 1 } else { DEGREE };
        let mut values = F::zero_vec(message.len() << params.log_inv_rates[number]);
        values[..message.len()].copy_from_slice(message);
        let padded = RowMajorMatrix::new(values, degree << params.folds[number]);
        let codeword = dft.dft_batch(padded).bit_reverse_rows().to_row_major_matrix();
        let permutation = P::permutation();
        let mut layers = vec![hash_leaves::<P>(&permutation, &codeword)];
        while layers[layers.len() - 1].len() > 1 << params.log_cap(number) {
            let parents = hash_nodes::<P>(&permutation, layers.len(), &layers[layers.len() - 1]);
            layers.push(parents);
        }
        Self { codeword, layers }
    }

    /// The oracle, and the nodes of its cap.
    pub fn with_cap(self) -> (Self, Vec<Digest>) {
        let cap = self.cap().to_vec();
        (self, cap)
    }

    /// The nodes of the cap.
    pub fn cap(&self) -> &[Digest] {
        &self.layers[self.layers.len() - 1]
    }

    /// Leaves with their paths.
    pub fn open(&self, indexes: &[usize]) -> Vec<Opened> {
        let width = self.codeword.width;
        let below_cap = &self.layers[..self.layers.len() - 1];
        let opened = indexes.iter().map(|&index| Opened {
            leaf: self.codeword.values[index * width..][..width].to_vec(),
            path: below_cap.iter().enumerate().map(|(level, layer)| layer[index >> level ^ 1]).collect(),
        });
        opened.collect()
    }
}

/// Digests of all rows, as many at a time as there are lanes.
fn hash_leaves<P: Lanes>(permutation: &P::Permutation, codeword: &RowMajorMatrix<F>) -> Vec<Digest> {
    let width = codeword.width;
    let mut digests = vec![[F::ZERO; DIGEST]; codeword.height()];
    digests.par_chunks_mut(P::WIDTH).zip(codeword.values.par_chunks(P::WIDTH * width)).for_each(|(digests, rows)| {
        let mut state = [P::ZERO; WIDTH];
        state[RATE] = P::from(F::from_u8(Tag::OracleLeaf as u8));
        state[RATE + 1] = P::from(F::from_usize(width));
        for first in (0..width).step_by(RATE) {
            for (i, element) in state[..RATE].iter_mut().enumerate() {
                let column = first + i;
                *element = if column < width {
                    P::from_fn(|lane| rows[(lane * width + column) % rows.len()])
                } else {
                    P::ZERO
                };
            }
            P::permute(permutation, &mut state);
        }
        store(&state, digests);
    });
    digests
}

/// Digests of the parents of `children`, which are of level `level - 1`.
fn hash_nodes<P: Lanes>(permutation: &P::Permutation, level: usize, children: &[Digest]) -> Vec<Digest> {
    let mut digests = vec![[F::ZERO; DIGEST]; children.len() / 2];
    digests.par_chunks_mut(P::WIDTH).zip(children.par_chunks(2 * P::WIDTH)).for_each(|(digests, children)| {
        let mut state = [P::ZERO; WIDTH];
        for (i, element) in state[..BLOCK].iter_mut().enumerate() {
            let (side, place) = (i / DIGEST, i % DIGEST);
            *element = P::from_fn(|lane| children[(2 * lane + side) % children.len()][place]);
        }
        state[BLOCK] = P::from(F::from_u8(Tag::OracleNode as u8));
        state[BLOCK + 1] = P::from(F::from_usize(level));
        P::permute(permutation, &mut state);
        store(&state, digests);
    });
    digests
}

fn store<P: PackedValue<Value = F>>(state: &[P; WIDTH], digests: &mut [Digest]) {
    for (lane, digest) in digests.iter_mut().enumerate() {
        for (element, packed) in digest.iter_mut().zip(state) {
            *element = packed.as_slice()[lane];
        }
    }
}

//! The processor: vectors of the target, and several threads where there are any.
//!
//! | module | step | data |
//! |---|---|---|
//! | `commit` | 1, 6 | codewords and their trees |
//! | `nonce` | 2, 4, 6 | none |
//! | `leaves`, `tree` | 3 | fractions and their sums |
//! | `layer` | 3 | the sumcheck of a layer; `halves` are its passes over packed fractions |
//! | `zerocheck`, `skip`, `summand` | 4 | rows of all tables; the first message; what is summed over a row |
//! | `memory` | all | how much of it there can be |
//! | `opening`, `strips`, `packed` | 6 | the stack under its weights; what is left of it |

mod commit;
mod halves;
mod layer;
mod leaves;
mod memory;
mod nonce;
pub(crate) mod opening;
pub(crate) mod packed;
mod skip;
mod strips;
mod summand;
mod tree;
mod zerocheck;

use core::convert::Infallible;
use core::marker::PhantomData;
use std::sync::Arc;

use hearth_machine::hash::Digest;
use hearth_soundness::stark::MAX_DEGREE;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::zerocheck::{Challenges, SKIP_VALUES};
use p3_dft::Radix2DitParallel;
use tracing::info_span;

pub use self::commit::Oracle;
use self::layer::Layer;
use self::leaves::SlotLayer;
use self::opening::Opening;
use self::tree::Tree;
use self::zerocheck::Zerocheck;
use crate::device::{Device, NonceSearch, Opened, PointClaim};
use crate::lanes::Lanes;
use crate::stack::Stack;

/// The processor, computing with the packing `P`. It never waits: its futures are ready at once, and each operation takes the
/// time that it takes.
pub struct CpuDevice<P> {
    /// Keeps its roots of unity from one proof to the next.
    dft: Radix2DitParallel<F>,
    packing: PhantomData<fn() -> P>,
}

impl<P> Default for CpuDevice<P> {
    fn default() -> Self {
        Self { dft: Radix2DitParallel::default(), packing: PhantomData }
    }
}

impl<P: Lanes> Device for CpuDevice<P> {
    type Error = Infallible;
    type Trace<'s> = &'s Stack;
    type Oracle = Oracle;
    type Leaves = Arc<Vec<SlotLayer<P>>>;
    type Tree = Tree<P>;
    type Layer = Layer<P>;
    type Zerocheck = Zerocheck<P>;
    type Opening = Opening<P>;

    async fn load<'s, A: Chip>(&self, _: &Key<A>, stack: &'s Stack) -> Result<&'s Stack, Infallible> {
        Ok(stack)
    }

    async fn commit<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
    ) -> Result<(Oracle, Vec<Digest>), Infallible> {
        Ok(Oracle::new::<P>(&self.dft, trace.trace(), &key.params, 0).with_cap())
    }

    async fn grind(&self, search: &NonceSearch) -> Result<u32, Infallible> {
        Ok(nonce::find::<P>(search))
    }

    async fn leaves<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        fingerprint: &Fingerprint<E>,
    ) -> Result<Self::Leaves, Infallible> {
        Ok(Arc::new(leaves::leaves(key, trace, fingerprint)))
    }

    async fn tree<A: Chip>(&self, key: &Key<A>, leaves: &Self::Leaves) -> Result<(Tree<P>, [E; 2]), Infallible> {
        let tree = info_span!("tree").in_scope(|| Tree::new(leaves.clone(), key.tile_variables(), key.log_slots));
        let root = tree.root();
        Ok((tree, root))
    }

    async fn layer<A: Chip>(
        &self,
        key: &Key<A>,
        tree: &mut Tree<P>,
        number: usize,
        point: &[E],
        lambda: E,
    ) -> Result<Layer<P>, Infallible> {
        Ok(Layer::new(key, tree, number, point, lambda))
    }

    async fn layer_round(&self, layer: &mut Layer<P>, bound: Option<E>) -> Result<[E; 2], Infallible> {
        Ok(layer.round(bound))
    }

    async fn layer_end(&self, layer: Layer<P>, bound: Option<E>) -> Result<[E; 4], Infallible> {
        Ok(layer.end(bound))
    }

    async fn zerocheck<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        leaves: Self::Leaves,
        fingerprint: &Fingerprint<E>,
        leaf: &LeafClaim<E>,
        challenges: Challenges<E>,
    ) -> Result<(Zerocheck<P>, [E; SKIP_VALUES]), Infallible> {
        Ok(Zerocheck::new(key, trace, leaves, fingerprint, leaf, challenges))
    }

    async fn zerocheck_round<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        zerocheck: &mut Zerocheck<P>,
        bound: E,
    ) -> Result<[E; MAX_DEGREE], Infallible> {
        Ok(zerocheck.round(key, trace, bound))
    }

    async fn zerocheck_end<A: Chip>(
        &self,
        key: &Key<A>,
        zerocheck: Zerocheck<P>,
        bound: E,
    ) -> Result<Vec<E>, Infallible> {
        Ok(zerocheck.end(key, bound))
    }

    async fn opening<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        weight: &Weight<E>,
        _claim: E,
    ) -> Result<Opening<P>, Infallible> {
        Ok(Opening::new(key, trace, weight))
    }

    async fn opening_round(&self, opening: &mut Opening<P>, bound: Option<E>) -> Result<[E; 2], Infallible> {
        Ok(opening.round(bound))
    }

    async fn fold<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        opening: &mut Opening<P>,
        number: usize,
        bound: E,
    ) -> Result<(Oracle, Vec<Digest>), Infallible> {
        let left = opening.fold(trace, bound);
        Ok(self.commit_extension(key, number, &left.values.to_vec()))
    }

    async fn last_fold<A: Chip>(
        &self,
        _: &Key<A>,
        trace: &Self::Trace<'_>,
        opening: &mut Opening<P>,
        bound: E,
    ) -> Result<Vec<E>, Infallible> {
        Ok(opening.fold(trace, bound).values.to_vec())
    }

    async fn open(&self, oracle: &Oracle, indexes: &[usize]) -> Result<Vec<Opened>, Infallible> {
        Ok(oracle.open(indexes))
    }

    async fn open_preprocessed(&self, trace: &Self::Trace<'_>, indexes: &[usize]) -> Result<Vec<Opened>, Infallible> {
        Ok(trace.preprocessed.as_ref().map_or_else(Vec::new, |preprocessed| preprocessed.oracle.open(indexes)))
    }

    async fn add_claims(&self, opening: &mut Opening<P>, claims: &[PointClaim]) -> Result<(), Infallible> {
        opening.add_claims(claims);
        Ok(())
    }
}

impl<P: Lanes> CpuDevice<P> {
    /// Makes oracle `number` of coefficients in the extension field.
    pub(crate) fn commit_extension<A: Chip>(&self, key: &Key<A>, number: usize, values: &[E]) -> (Oracle, Vec<Digest>) {
        let message: Vec<F> = values.iter().flat_map(|value| value.0).collect();
        Oracle::new::<P>(&self.dft, &message, &key.params, number).with_cap()
    }
}
